"""The operator sees background work, how far it is, and sets parked work going again."""

import pytest

from core import clock
from core.models import Job

WORK = "/work/"


@pytest.fixture
def parked(db):
    return Job.objects.create(
        key="k", task="test.paint", state="parked", failure="out of paint", ordered_at=clock.now()
    )


def test_without_work_the_page_says_what_would_be_here(as_operator):
    assert "No background work yet" in as_operator.get(WORK).content.decode()


def test_parked_work_is_shown_with_the_reason(as_operator, parked):
    page = as_operator.get(WORK).content.decode()

    assert "out of paint" in page
    assert "Try again" in page
    assert "every 3s" not in page


def test_parked_work_can_be_set_going_again(as_operator, parked):
    answer = as_operator.post(f"/work/{parked.pk}/again/")

    parked.refresh_from_db()
    assert (answer.status_code, parked.state) == (302, "queued")


def test_work_that_is_not_parked_cannot_be_set_going_again(as_operator, parked):
    Job.objects.update(state="done")

    assert as_operator.post(f"/work/{parked.pk}/again/").status_code == 404


def test_running_work_shows_how_far_it_is_and_is_followed(as_operator, parked):
    Job.objects.update(state="running", done=120, total=1500, failure="")

    page = as_operator.get(WORK).content.decode()

    assert "120 of 1,500" in page
    assert "every 3s" in page


@pytest.mark.parametrize("rows", [1, 40])
def test_the_page_costs_the_same_whatever_the_number_of_jobs(
    as_operator, rows, django_assert_num_queries
):
    Job.objects.bulk_create(
        Job(key=str(n), task="test.paint", ordered_at=clock.now()) for n in range(rows)
    )

    with django_assert_num_queries(5):
        as_operator.get(WORK)


@pytest.mark.parametrize("who", ["as_importer", "as_broker"])
def test_strangers_to_the_work_find_nothing_there(request, who, parked):
    client = request.getfixturevalue(who)

    assert client.get(WORK).status_code == 404
    assert client.post(f"/work/{parked.pk}/again/").status_code == 404
