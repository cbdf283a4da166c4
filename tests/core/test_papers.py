"""Members are told in time that a paper expires, once a day at most, until it is renewed."""

from datetime import date

import pytest

from core import clock, jobs, notices, onboarding
from core.models import Job
from core.models.proof import Proof

TODAY = date(2026, 3, 2)


@pytest.fixture
def licence(importer):
    return Proof.objects.create(
        party=importer,
        kind="licence",
        number="HK-1",
        valid_until=date(2026, 4, 1),
        checked_at=clock.now(),
    )


def told_to(importer, importer_user):
    return [(row.what, row.due_on) for row in notices.of(importer_user, [importer.pk])]


def test_a_paper_that_expires_soon_is_told_once_and_settled_by_its_successor(
    licence, importer, importer_user
):
    onboarding.tell_expiring(TODAY)
    onboarding.tell_expiring(TODAY)

    assert told_to(importer, importer_user) == [
        ("Your business licence holds until 1 Apr 2026.", date(2026, 4, 1))
    ]

    Proof.objects.create(
        party=importer,
        kind="licence",
        number="HK-2",
        valid_until=date(2028, 4, 1),
        checked_at=clock.now(),
    )
    onboarding.tell_expiring(TODAY)

    assert told_to(importer, importer_user) == []


def test_papers_are_looked_at_once_a_day(licence, importer, importer_user):
    with clock.at(TODAY):
        jobs.order_daily()
        jobs.order_daily()
        jobs.run_until_idle()

    assert Job.objects.filter(task="core.look_at_papers").count() == 1
    papers = [what for what, due_on in told_to(importer, importer_user) if due_on]
    assert papers == ["Your business licence holds until 1 Apr 2026."]
