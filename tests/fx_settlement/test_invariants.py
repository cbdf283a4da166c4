"""The laws hold over a settled trade, and each notices what it is there to notice."""

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F, ProtectedError

from core import invariants
from fx_settlement import services
from fx_settlement.models import ChargeShare, Conversion, Obligation, Quote, SettlementBatch
from tests.intruder import change_by_sql


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
    assert len([law for law in invariants.registry if law.startswith("fx.")]) >= 12


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("conversion SET cny_minor = 850231", "fx.conversion_is_shared_whole"),
        ("obligation SET fee_minor = 1", "fx.fees_are_shared_whole"),
        ("payment SET amount_minor = 117501", "fx.payments_are_their_obligations"),
        ("settlementbatch SET foreign_minor = 1", "fx.batches_are_their_payments"),
        ("obligation SET currency = 'EUR'", "fx.obligations_wait_or_are_in_one_batch"),
        ("chargeshare SET amount_minor = 1", "fx.charges_are_shared_whole"),
    ],
)
def test_a_row_that_was_tampered_with_breaks_its_law(settled, change, law):
    change_by_sql(f"UPDATE fx_settlement_{change}")

    assert law in broken()


def test_a_charge_that_came_after_the_sharing_is_missed(settled, owed):
    late = owed.consignment.charges.order_by("pk").first()
    late.pk = None
    late.save(force_insert=True)

    assert broken() == {"fx.charges_are_shared_whole"}


@pytest.mark.parametrize("model", [Quote, Conversion, ChargeShare])
def test_what_was_quoted_converted_or_charged_is_never_changed(settled, model):
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        model.objects.update(id=F("id"))
    row = model.objects.first()
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        row.delete()


def test_an_obligation_that_vanished_is_missed(owed):
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
