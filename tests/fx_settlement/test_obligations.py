"""What a receipt makes importers owe, and what shortages give back."""

from decimal import Decimal

import pytest

from core import ledger
from core.models import Fact
from fx_settlement import services
from fx_settlement.models import Obligation
from fx_settlement.services import NotAllocatedYet, books
from warehouse.models import AllocationShare


def amounts(party):
    rows = Obligation.objects.filter(importer_id=party.pk).order_by("kind")
    return {row.kind: row.amount_minor for row in rows}


def test_each_importer_owes_its_share_and_is_credited_for_what_is_missing(trade):
    services.raise_obligations(trade.receipt)

    assert amounts(trade.a) == {"invoice": 83_333, "credit_note": -5_000}
    assert amounts(trade.b) == {"invoice": 41_667, "credit_note": -2_500}


def test_obligations_add_up_to_the_order_less_what_is_missing(owed):
    total = sum(Obligation.objects.values_list("amount_minor", flat=True))

    assert total == owed.line.amount_minor - 6 * owed.line.unit_price_minor


def test_the_benchmark_is_the_mid_of_the_day_of_the_order(owed):
    row = Obligation.objects.first()

    assert (row.benchmark_rate, row.benchmark_on) == (Decimal("7.2"), owed.line.order.ordered_on)


def test_the_ledger_shows_what_the_supplier_is_due_and_who_owes_it(owed):
    assert ledger.balance(books.supplier_payable(owed.supplier, "USD")) == 117_500
    assert ledger.balance(books.importer_due(owed.a, "USD")) == -78_333
    assert ledger.balance(books.importer_due(owed.b, "USD")) == -39_167


def test_raising_twice_raises_once(owed):
    facts = Fact.objects.filter(name="fx.obligation.raised").count()

    again = services.raise_obligations(owed.receipt)

    assert len(again) == 4
    assert Obligation.objects.count() == 4
    assert Fact.objects.filter(name="fx.obligation.raised").count() == facts == 4
    assert ledger.balance(books.supplier_payable(owed.supplier, "USD")) == 117_500


def test_a_receipt_that_was_not_shared_out_is_not_charged(trade):
    AllocationShare.objects.all().delete()

    with pytest.raises(NotAllocatedYet) as refused:
        services.raise_obligations(trade.receipt)

    assert refused.value.params == {"receipt": trade.receipt.pk}
    assert not Obligation.objects.exists()
