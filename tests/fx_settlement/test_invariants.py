"""The laws hold over a settled trade, and each notices what it is there to notice."""

import pytest

from core import invariants
from fx_settlement import services
from fx_settlement.models import ChargeShare, Conversion, Obligation, Payment, SettlementBatch


def broken():
    return {finding.name for finding in invariants.check_all("fx.") if not finding.holds}


@pytest.fixture
def settled(closed, owed):
    services.fund_shortfalls(
        owed.pool, services.charges_needed(owed.consignment), reference="charges"
    )
    services.share_charges(owed.consignment)
    return closed


def test_every_law_holds_over_a_settled_trade(settled):
    assert broken() == set()
    assert len([law for law in invariants.registry if law.startswith("fx.")]) == 8


@pytest.mark.parametrize(
    ("model", "change", "law"),
    [
        (Conversion, {"cny_minor": 850_231}, "fx.conversion_is_shared_whole"),
        (Obligation, {"fee_minor": 1}, "fx.fees_are_shared_whole"),
        (Payment, {"amount_minor": 117_501}, "fx.payments_are_their_obligations"),
        (SettlementBatch, {"foreign_minor": 1}, "fx.batches_are_their_payments"),
        (Obligation, {"currency": "EUR"}, "fx.obligations_wait_or_are_in_one_batch"),
        (ChargeShare, {"amount_minor": 1}, "fx.charges_are_shared_whole"),
    ],
)
def test_a_row_that_was_tampered_with_breaks_its_law(settled, model, change, law):
    model.objects.update(**change)

    assert law in broken()


def test_an_obligation_that_vanished_is_missed(settled):
    Obligation.objects.filter(kind="credit_note").delete()

    assert "fx.obligations_are_the_orders" in broken()


def test_something_left_on_a_closed_exchange_is_found(approved):
    SettlementBatch.objects.filter(pk=approved.pk).update(state="closed")
    services.books.ledger.transfer(
        key="stray",
        debit=services.books.bank("USD"),
        credit=services.books.position(approved, "USD"),
        amount_minor=1,
        code="fx-conversion",
    )

    assert "fx.exchange_is_even" in broken()
