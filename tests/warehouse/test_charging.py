"""Charges accrued by the day, posted by the month, and never rewritten."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.models import Fact
from imports.models import TariffRow
from tests.fx_settlement.tariffs import ROWS
from warehouse import services
from warehouse.domain.charges import Basis, ChargeKind, PeriodClosed
from warehouse.models import ChargeLine, ChargePeriod
from warehouse.queries import charging

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
