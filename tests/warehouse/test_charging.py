"""Charges accrued by the day, posted by the month, and never rewritten."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import clock, invariants
from core.domain.calendar import add_months
from core.models import Fact
from imports.models import TariffRow
from tests.fx_settlement.tariffs import ROWS
from tests.warehouse import goods
from warehouse import services
from warehouse.domain.charges import SCALE, Basis, ChargeKind, PeriodClosed
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import ChargeLine, ChargePeriod, Lot
from warehouse.queries import charging
from warehouse.services import moving

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)


@pytest.fixture
def tariffs(db):
    TariffRow.objects.bulk_create(TariffRow(**row) for row in ROWS)


def bill(owner, month):
    lines = ChargeLine.objects.filter(owner_id=owner.pk, period__month=month)
    return {line.rate.kind: line.amount_minor for line in lines.select_related("rate")}


def rate(kind, basis, price, **more):
    fields = {"valid_from": date(2025, 1, 1), "source": "price list 2025", **more}
    return services.RateTerms(ChargeKind(kind), Basis(basis), Decimal(price), **fields)


def test_accruing_again_changes_nothing_and_the_next_day_goes_on(shelf, tariffs):
    services.accrue(shelf.pool, before=date(2025, 3, 20))
    first = list(ChargeLine.objects.order_by("pk").values_list("pk", "amount_minor"))

    assert services.accrue(shelf.pool, before=date(2025, 3, 20)) == 0
    assert list(ChargeLine.objects.order_by("pk").values_list("pk", "amount_minor")) == first
    services.accrue(shelf.pool, before=date(2025, 3, 21))

    # 60 units of 2,400 cm3 for 11 days at CNY 1.50
    assert bill(shelf.importer, MARCH) == {"storage": 238}


def test_each_line_says_lot_days_room_rate_and_source(shelf, tariffs):
    services.accrue(shelf.pool, before=APRIL)

    (line,) = charging.bill_lines(charging.own_lines(shelf.importer, MARCH))

    assert (line.lot_no, line.first_on, line.days) == ("L-1", date(2025, 3, 10), 22)
    assert (line.m3_days, line.price, line.source) == (
        Decimal("3.168"),
        Decimal("1.5"),
        "tariff BW_STORAGE",
    )
    assert line.amount_minor == 475


def test_a_posted_month_is_never_rewritten_whatever_comes_later(shelf, tariffs):
    with clock.at(date(2025, 4, 1)):
        posted = services.post_month(shelf.pool, MARCH)
        services.enter_rate(shelf.pool, rate("storage", "m3_day", "99", valid_from=MARCH))
        services.accrue(shelf.pool, before=date(2025, 4, 2))

        assert [line.amount_minor for line in services.post_month(shelf.pool, MARCH)] == [475, 238]
    for change in (
        lambda: ChargeLine.objects.filter(pk=posted[0].pk).update(amount_minor=1),
        lambda: ChargeLine.objects.filter(pk=posted[0].pk).delete(),
        lambda: ChargePeriod.objects.filter(month=MARCH).update(posted_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert bill(shelf.importer, APRIL) == {"storage": 1426}
    told = Fact.objects.get(name="warehouse.charges.posted").data
    assert (told["month"], told["lines"], told["amount_minor"]) == ("2025-03-01", 2, 713)


def test_months_are_posted_in_turn_and_after_they_ended(shelf, tariffs):
    with clock.at(date(2025, 4, 29)):
        services.accrue(shelf.pool, before=APRIL)
        for month in (APRIL, MAY):
            with pytest.raises(PeriodClosed):
                services.post_month(shelf.pool, month)

    assert not ChargePeriod.objects.filter(posted_at__isnull=False).exists()


def test_handling_is_charged_and_what_no_rate_covers_is_listed(shelf):
    for terms in (
        rate("storage", "m3_day", "0"),
        rate("handling", "unit", "0.35", touch="pick"),
    ):
        services.enter_rate(shelf.pool, terms)
    held = services.reserve(shelf.importer, shelf.product, 3, "order-1")
    order = services.dispatch(shelf.importer, "order-1", held)
    services.ship(services.pick(order))

    services.accrue(shelf.pool, before=APRIL)

    assert bill(shelf.importer, MARCH) == {"storage": 0, "handling": 105}
    (missing,) = charging.unbilled(shelf.pool, first=MARCH, before=APRIL)
    assert (missing.kind, missing.touches, missing.units) == ("ship", 1, 3)


def test_the_pool_s_buffer_is_not_charged(shelf, tariffs, operator):
    services.accrue(shelf.pool, before=APRIL)

    assert bill(operator, MARCH) == {}


def test_a_job_is_priced_before_it_is_done(shelf, tariffs):
    made = services.estimate_job(shelf.pool, shelf.product, 1000, 45)

    assert (made.by_kind["storage"], made.unbilled) == (162_00, ())


def test_a_pool_s_charges_begin_with_its_year(shelf, tariffs):
    shelf.pool.year = 2026
    shelf.pool.save()

    services.accrue(shelf.pool, before=date(2026, 2, 1))

    assert list(ChargePeriod.objects.values_list("month", flat=True)) == [date(2026, 1, 1)]
    assert bill(shelf.importer, date(2026, 1, 1)) == {"storage": 670}


def corrected(owner, month):
    lines = ChargeLine.objects.filter(owner_id=owner.pk, corrects=month).order_by("pk")
    return [(line.period.month, line.unit_days, line.amount_minor) for line in lines]


def test_what_is_entered_late_into_a_posted_month_is_charged_in_the_open_one(
    shelf, tariffs, supplier, product
):
    with clock.at(APRIL):
        services.post_month(shelf.pool, MARCH)
    with clock.at(date(2025, 4, 10)):
        line = goods.ordered(shelf.pool, supplier, {product: {shelf.importer: 100}})[0]
        brought = goods.consigned(shelf.pool, [line])
        count = [goods.counted(line, good=100, lot_no="LATE")]
        services.allocate(services.receive(brought, count, on=date(2025, 3, 22)))
        services.accrue(shelf.pool, before=date(2025, 4, 10))
        assert services.accrue(shelf.pool, before=date(2025, 4, 10)) == 0

    # 100 units of 2,400 cm3 for 10 days of March at CNY 1.50
    assert corrected(shelf.importer, MARCH) == [(APRIL, 1000, 360)]
    assert bill(shelf.importer, MARCH) == {"storage": 475}
    with clock.at(MAY):
        services.post_month(shelf.pool, APRIL)
        services.accrue(shelf.pool, before=date(2025, 6, 1))
    assert corrected(shelf.importer, MARCH) == [(APRIL, 1000, 360)]


def destroyed(owner, units, on):
    lot = Lot.objects.get()
    way = [Place.BONDED, Place.QUARANTINE, Place.DESTROYED]
    for kind, here, there in zip(["quarantine", "destroy"], way[:2], way[1:], strict=True):
        spots = (moving.Spot(owner.pk, here), moving.Spot(owner.pk, there))
        moving.record([moving.Move(MovementKind(kind), lot.pk, units, *spots, kind)], on=on)


def test_what_left_earlier_than_the_bill_says_is_given_back_and_no_bill_is_below_nothing(
    shelf, tariffs
):
    with clock.at(APRIL):
        services.post_month(shelf.pool, MARCH)
    with clock.at(date(2025, 4, 2)):
        destroyed(shelf.importer, 60, on=date(2025, 3, 11))
        services.accrue(shelf.pool, before=MAY)

    assert bill(shelf.importer, APRIL) == {}
    assert corrected(shelf.importer, MARCH) == []

    with clock.at(MAY):
        services.post_month(shelf.pool, APRIL)
        receipt = goods.consigned(
            shelf.pool,
            goods.ordered(shelf.pool, shelf.supplier, {shelf.product: {shelf.importer: 30}}),
        )
        line = receipt.lines.get().order_line
        services.allocate(services.receive(receipt, [goods.counted(line, good=30)], on=MAY))
        for month in (MAY, date(2025, 6, 1)):
            services.accrue(shelf.pool, before=add_months(month, 1))
            with clock.at(add_months(month, 1)):
                services.post_month(shelf.pool, month)

    # 60 units × 21 days too many in March; 30 units lie for 31 and 30 days from May on
    given = corrected(shelf.importer, MARCH)
    assert [month for month, *_ in given] == [MAY, date(2025, 6, 1)]
    assert sum(units for _, units, _ in given) == -60 * 21
    assert sum(fen for *_, fen in given) == -454


def test_a_rate_entered_after_a_month_was_posted_corrects_nothing_of_it(
    shelf, tariffs, supplier, product
):
    with clock.at(APRIL):
        services.post_month(shelf.pool, MARCH)
    with clock.at(date(2025, 4, 10)):
        services.enter_rate(shelf.pool, rate("storage", "m3_day", "99", valid_from=MARCH))
        line = goods.ordered(shelf.pool, supplier, {product: {shelf.importer: 100}})[0]
        brought = goods.consigned(shelf.pool, [line])
        late = [goods.counted(line, good=100, lot_no="LATE")]
        services.allocate(services.receive(brought, late, on=date(2025, 3, 22)))
        services.accrue(shelf.pool, before=date(2025, 4, 2))

    # the late units at the rate that was known when March was posted, not at 99
    assert corrected(shelf.importer, MARCH) == [(APRIL, 1000, 360)]
    april = ChargeLine.objects.get(lot__number="LATE", corrects=None)
    assert april.rate.price == 99
    found = charging.bill_lines(charging.own_lines(shelf.importer, APRIL))
    assert {line.corrects for line in found} == {None, MARCH}


def test_a_correction_is_billed_whole_and_its_months_add_up(shelf, tariffs, supplier, product):
    with clock.at(APRIL):
        services.post_month(shelf.pool, MARCH)
    with clock.at(date(2025, 4, 10)):
        for day, number in ((12, "A"), (25, "B")):
            line = goods.ordered(shelf.pool, supplier, {product: {shelf.importer: 7}})[0]
            count = [goods.counted(line, good=7, lot_no=number)]
            brought = goods.consigned(shelf.pool, [line])
            services.allocate(services.receive(brought, count, on=date(2025, 3, day)))
    with clock.at(MAY):
        services.post_month(shelf.pool, APRIL)

    laws = [law for law in invariants.check_all(only="warehouse.") if not law.holds]
    assert laws == []
    lines = ChargeLine.objects.filter(owner_id=shelf.importer.pk)
    exact = sum(lines.values_list("exact", flat=True))
    assert sum(lines.values_list("amount_minor", flat=True)) == round(exact / SCALE)
    assert sum(lines.filter(corrects=MARCH).values_list("unit_days", flat=True)) == 7 * (20 + 7)
