"""The operator sees whether every law holds, and the head that others can verify."""

import pytest

from core import facts, invariants, jobs
from core.models import Job

BOOKS = "/books/"


@pytest.fixture
def laws(monkeypatch):
    """A registry of two laws, of which the second is broken."""
    registry = {}
    monkeypatch.setattr(invariants, "registry", registry)
    invariants.invariant("test.holds", "Every crate has a lid")(list)
    invariants.invariant("test.broken", "Every lid has a crate")(lambda: ["lid 7 has no crate"])
    return registry


def test_before_the_first_check_the_page_says_what_to_do(as_operator):
    page = as_operator.get(BOOKS).content.decode()

    assert "Nothing was checked yet" in page
    assert "Nothing has happened yet" in page


def test_asking_twice_orders_one_check(as_operator):
    as_operator.post(BOOKS)
    as_operator.post(BOOKS)

    assert Job.objects.count() == 1


def test_a_check_under_way_is_shown_and_followed(as_operator):
    as_operator.post(BOOKS)

    page = as_operator.get(BOOKS).content.decode()

    assert "A check is under way" in page
    assert 'hx-trigger="every 2s"' in page


def test_a_broken_law_is_named_first_with_what_breaks_it(as_operator, laws):
    as_operator.post(BOOKS)
    jobs.run_until_idle()

    page = as_operator.get(BOOKS).content.decode()

    assert "1 law is broken" in page
    assert "lid 7 has no crate" in page
    assert page.index("Every lid has a crate") < page.index("Every crate has a lid")
    assert "every 2s" not in page


def test_after_a_check_another_can_be_ordered(as_operator, laws):
    for _ in range(2):
        as_operator.post(BOOKS)
        jobs.run_until_idle()

    assert [job.state for job in Job.objects.order_by("pk")] == ["done", "done"]


def test_the_signed_head_is_shown_with_its_size_root_and_key(as_operator, monkeypatch):
    monkeypatch.setitem(facts.registry, "test.happened", frozenset({"id"}))
    facts.append("test.happened", subject="test:1", data={"id": 1})
    facts.sequence()
    head = facts.head()

    page = as_operator.get(BOOKS).content.decode()

    assert bytes(head.root).hex() in page
    assert facts.log_verifier_key() in page
