"""Importers are told what payments wait for."""

import pytest

from core import notices
from core.models import Notice
from fx_settlement import services
from fx_settlement.models import FundingRequest
from tests.fx_settlement.conftest import RECEIVED


@pytest.fixture
def draft(owed):
    return services.open_batch(owed.pool, "USD", RECEIVED)


def told_to(user, party):
    return [(row.what, row.do) for row in notices.of(user, [party.pk])]


def test_an_importer_is_told_how_much_is_missing_for_which_payments(draft, owed, importer_user):
    services.tell_missing(draft)

    assert told_to(importer_user, owed.a) == [
        (
            "Payments of Mar 2025 in USD wait for CN¥6,088.68 on your account.",
            (
                "Pay the amount in with the reference FR-2025-000001; "
                "suppliers are paid once it is there."
            ),
        )
    ]


def test_a_part_paid_in_changes_what_is_told_and_the_rest_settles_it(draft, owed, importer_user):
    services.fund(owed.a, owed.pool, 600_000, reference="part")
    services.tell_missing(draft)

    assert [what for what, _ in told_to(importer_user, owed.a)] == [
        "Payments of Mar 2025 in USD wait for CN¥88.68 on your account."
    ]

    services.fund(owed.a, owed.pool, 8_868, reference="rest")
    services.tell_missing(draft)

    assert told_to(importer_user, owed.a) == []


def test_nothing_is_missing_any_more_once_the_batch_is_locked(draft, owed, maker):
    services.fund_shortfalls(owed.pool, services.deposits_needed(draft), reference="all")

    services.lock(draft, by=maker)

    assert Notice.objects.filter(settled_at=None).count() == 0


def test_what_arrives_under_its_reference_settles_the_notice(draft, owed, importer_user):
    asked = FundingRequest.objects.get(batch=draft, importer_id=owed.a.pk)

    services.receive(asked, asked.amount_minor, reference="bank")

    assert told_to(importer_user, owed.a) == []
