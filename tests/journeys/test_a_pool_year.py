"""A small pool year, from the first forecast to the last scan, told as facts that must hold."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db.models import Count, F, Q, Sum

from core import facts, invariants
from core.domain.chart import AccountCode
from core.models import Account, Fact, Person
from customs.models import ConsumerOrder, ConsumerOrderLine, Declaration
from fx_settlement.models import ChargeShare, Obligation, Payment, SettlementBatch
from imports.models import (
    ConsignmentCharge,
    ForecastLine,
    ForecastUpload,
    OrderShare,
    PurchaseOrder,
    PurchaseOrderLine,
)
from portal.demo.figures import Outcome
from tests.journeys.playing import SMALL, played
from traceability.models import EpcisEvent, ScanRecord
from warehouse.models import (
    AllocationShare,
    BookItem,
    DispatchOrder,
    Holding,
    Receipt,
    ReceiptLine,
    UnitIdentity,
)


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Outcome]:
    """One year for all stories of this file; they only read."""
    with django_db_blocker.unblock():
        yield from played(SMALL)


def test_every_law_of_the_books_holds_at_the_end_of_the_year(year):
    assert [found.name for found in invariants.check_all() if not found.holds] == []
    assert year.figures.invariants_checked == len(invariants.registry)
    assert year.figures.invariants_broken == 0
    assert year.broken == []


def test_every_fen_found_its_owner(year):
    assert year.figures.unallocated_minor_units == 0
    shared = ChargeShare.objects.filter(charge__isnull=False).aggregate(s=Sum("amount_minor"))
    charged = ConsignmentCharge.objects.aggregate(s=Sum("amount_cny_minor"))
    assert shared == charged
    rounding = Account.objects.filter(code=AccountCode.ROUNDING)
    assert not rounding.exclude(debits_posted=F("credits_posted")).exists()


def test_forecasts_with_faults_came_back_with_the_reason_in_the_cell(year):
    sent_back = ForecastUpload.objects.filter(state="invalid").order_by("pk")

    faults = [[(e["column"], e["code"]) for e in upload.errors] for upload in sent_back]

    assert faults == [
        [("SKU", "forecast-product-unknown"), ("Mar", "forecast-units-not-whole")],
        [("SKU", "liquid-milk")],
    ]


def test_the_four_rounds_bought_every_month_that_was_planned_once(year):
    months = [f"m{month:02d}" for month in range(1, 13)]
    planned = ForecastLine.objects.filter(version_before=None).aggregate(
        **{month: Sum(month) for month in months}
    )

    asked = PurchaseOrderLine.objects.aggregate(s=Sum("asked_units"))["s"]

    assert asked == sum(planned.values())
    assert year.figures.forecast_lines == ForecastLine.objects.count() == 24


def test_shares_add_up_to_what_was_ordered_and_to_what_it_cost(year):
    lines = PurchaseOrderLine.objects.annotate(
        given=Sum("shares__units"), cost=Sum("shares__cost_minor")
    )

    assert lines.count() > 0
    assert not lines.exclude(given=F("units"), cost=F("amount_minor")).exists()
    assert OrderShare.objects.count() >= lines.count()


def test_each_order_travelled_once_was_received_once_and_paid_in_one_wire(year):
    counts = year.figures

    assert counts.purchase_orders == PurchaseOrder.objects.filter(state="arrived").count()
    assert counts.receipts == Receipt.objects.count() == counts.purchase_orders
    assert counts.payments == Payment.objects.filter(state="settled").count()
    assert counts.payments == counts.purchase_orders
    assert set(SettlementBatch.objects.values_list("state", flat=True)) == {"closed"}


def test_one_line_came_short_and_one_damaged_and_both_were_credited(year):
    mishaps = ReceiptLine.objects.filter(Q(short__gt=0) | Q(damaged__gt=0))
    assert sorted(mishaps.values_list("short", "damaged")) == sorted(
        (line.short, line.damaged) for line in mishaps
    )
    assert mishaps.filter(short__gt=0, damaged=0).count() == 1
    assert mishaps.filter(short=0, damaged__gt=0).count() == 1

    credited = Obligation.objects.filter(kind="credit_note").aggregate(s=Sum("amount_minor"))["s"]

    assert -credited == sum(
        (line.short + line.damaged) * line.order_line.unit_price_minor
        for line in mishaps.select_related("order_line")
    )


def test_what_was_allocated_is_what_arrived_in_good_order(year):
    good = ReceiptLine.objects.aggregate(s=Sum("good"))["s"]
    held = Holding.objects.filter(place__in=["bonded", "packed", "consumer"])

    assert held.aggregate(s=Sum("units"))["s"] == good
    granted = AllocationShare.objects.aggregate(s=Sum("units"))["s"]
    buffered = held.filter(owner__kind="operator").aggregate(s=Sum("units"))["s"] or 0
    assert granted + buffered == good


def test_every_order_was_declared_and_each_released_parcel_left_with_coded_units(year):
    orders = ConsumerOrder.objects.values_list("state").annotate(Count("pk"))
    assert sum(count for _, count in orders) == SMALL.orders
    released = Declaration.objects.filter(state="released")
    units = ConsumerOrderLine.objects.filter(order__declaration__in=released)

    shipped = DispatchOrder.objects.filter(state="shipped").count()
    left = UnitIdentity.objects.filter(state="released").count()

    assert shipped == released.count()
    assert left == units.aggregate(s=Sum("units"))["s"]
    assert year.figures.declarations >= SMALL.orders
    assert year.figures.codes == UnitIdentity.objects.count()


def test_the_account_book_wrote_off_what_consumers_received(year):
    gone = Holding.objects.filter(place="consumer").aggregate(s=Sum("units"))["s"]

    book = BookItem.objects.aggregate(out=Sum("actual_out"), promised=Sum("expected_out"))

    assert book == {"out": gone, "promised": 0}


def test_a_buyer_is_kept_once_in_the_vault_and_nowhere_else(year):
    buyers = ConsumerOrder.objects.values("buyer").distinct().count()

    assert buyers <= SMALL.buyers
    assert Person.objects.count() == buyers + SMALL.orders
    assert not Fact.objects.filter(data__icontains="模拟买家").exists()


def test_every_fact_has_its_place_under_the_signed_head_and_events_follow(year):
    head = facts.head()

    assert head is not None
    assert year.figures.facts == head.size == Fact.objects.count()
    commissioned = Fact.objects.filter(name="warehouse.units.commissioned").count()
    assert EpcisEvent.objects.filter(kind="commissioned").count() == commissioned
    assert ScanRecord.objects.exists()


def test_money_is_told_as_decimal_strings_and_the_pool_costs_less_than_alone(year):
    told = year.figures.as_json()

    pooled, alone = Decimal(told["pooled_cost_cny"]), Decimal(told["standalone_cost_cny"])

    assert pooled.as_tuple().exponent == alone.as_tuple().exponent == -2
    assert pooled < alone
    assert set(told) == {
        "importers", "products", "suppliers", "forecast_lines", "purchase_orders", "receipts",
        "allocations", "obligations", "payments", "declarations", "codes", "facts",
        "pooled_cost_cny", "standalone_cost_cny", "unallocated_minor_units",
        "invariants_checked", "invariants_broken", "seconds",
    }  # fmt: skip


def test_what_is_simulated_is_said(year):
    said = " ".join(year.simulated)

    assert "Answers of customs: simulated" in said
    assert "assumed" in said
