"""Reservations: first to expire first, once per request, and never more than there is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock, tenancy
from core.domain.transitions import StepNotAllowed
from tests.warehouse import goods
from tests.warehouse.conftest import ARRIVED
from warehouse import services
from warehouse.domain.fefo import NotEnoughStock, NoUnitsAsked
from warehouse.models import Holding, Reservation

pytestmark = pytest.mark.usefixtures("as_operator")


def reserved(importer):
    rows = Holding.objects.filter(owner=importer, place="bonded").order_by("lot_id")
    return list(rows.values_list("units", "reserved_units"))


def test_reserved_units_are_no_longer_free(shelf):
    made = services.reserve(shelf.importer, shelf.product, 25, "order-1")

    assert [(row.units, row.state) for row in made] == [(25, "held")]
    assert reserved(shelf.importer) == [(60, 25)]


def test_a_request_takes_from_the_lots_that_expire_first(importer, product, stock_up):
    stock_up(product, 10, lot_no="LATE", expires_on=date(2026, 9, 1))
    stock_up(product, 10, lot_no="EARLY", expires_on=date(2026, 3, 1))

    made = services.reserve(importer, product, 12, "order-1")

    assert [(row.lot.number, row.units) for row in made] == [("EARLY", 10), ("LATE", 2)]


def test_what_does_not_live_long_enough_for_the_channel_is_not_taken(importer, product, stock_up):
    stock_up(product, 10, lot_no="EARLY", expires_on=date(2025, 6, 1))
    stock_up(product, 10, lot_no="LATE", expires_on=date(2026, 9, 1))

    made = services.reserve(importer, product, 5, "order-1", minimum_expiry=date(2025, 9, 1))

    assert [(row.lot.number, row.units) for row in made] == [("LATE", 5)]


def test_expired_goods_are_never_promised(importer, product, stock_up):
    stock_up(product, 10, expires_on=date(2025, 6, 1))

    with clock.at(date(2025, 6, 2)), pytest.raises(NotEnoughStock) as refusal:
        services.reserve(importer, product, 1, "order-1")

    assert refusal.value.params == {"asked": 1, "free": 0}


def test_a_refused_request_leaves_the_stock_untouched(importer, product, stock_up):
    stock_up(product, 10, lot_no="A")
    stock_up(product, 10, lot_no="B")

    with pytest.raises(NotEnoughStock) as refusal:
        services.reserve(importer, product, 21, "order-1")

    assert refusal.value.params == {"asked": 21, "free": 20}
    assert reserved(importer) == [(10, 0), (10, 0)]
    assert not Reservation.objects.exists()


def test_a_request_for_no_units_is_refused(shelf):
    with pytest.raises(NoUnitsAsked):
        services.reserve(shelf.importer, shelf.product, 0, "order-1")


def test_the_same_request_delivered_twice_reserves_once(shelf):
    first = services.reserve(shelf.importer, shelf.product, 25, "order-1")
    second = services.reserve(shelf.importer, shelf.product, 25, "order-1")

    assert first == second
    assert reserved(shelf.importer) == [(60, 25)]


def test_a_request_key_that_returns_with_other_units_is_refused(shelf):
    services.reserve(shelf.importer, shelf.product, 25, "order-1")

    with pytest.raises(services.SameRequestOtherGoods):
        services.reserve(shelf.importer, shelf.product, 26, "order-1")

    assert reserved(shelf.importer) == [(60, 25)]


def test_two_importers_may_use_the_same_request_key(shelf):
    services.reserve(shelf.importer, shelf.product, 1, "order-1")
    services.reserve(shelf.stranger, shelf.product, 2, "order-1")

    assert reserved(shelf.importer) == [(60, 1)]
    assert reserved(shelf.stranger) == [(30, 2)]


def test_an_importer_cannot_reserve_another_importers_units(shelf):
    with tenancy.acting_for(shelf.stranger), pytest.raises(NotEnoughStock) as refusal:
        services.reserve(shelf.importer, shelf.product, 1, "order-1")

    assert refusal.value.params == {"asked": 1, "free": 0}


def test_quarantined_units_are_not_promised(account_book, pool, supplier, importer, product):
    line = goods.ordered(pool, supplier, {product: {importer: 10}})[0]
    count = goods.counted(line, good=6, damaged=4)
    receipt = goods.received(goods.consigned(pool, [line]), [count], on=ARRIVED)
    services.allocate(receipt)

    with pytest.raises(NotEnoughStock) as refusal:
        services.reserve(importer, product, 7, "order-1")

    assert refusal.value.params == {"asked": 7, "free": 6}


def test_units_that_others_took_meanwhile_are_looked_for_in_the_next_lot(
    importer, product, stock_up, monkeypatch
):
    stock_up(product, 10, lot_no="A", expires_on=date(2026, 3, 1))
    stock_up(product, 10, lot_no="B", expires_on=date(2026, 9, 1))
    look = services.reserving.__dict__["_on_hand"]
    raced = []

    def look_then_lose(owner, wanted):
        seen = look(owner, wanted)
        if not raced:
            raced.append(True)
            first = Holding.objects.filter(owner=owner, lot__number="A", place="bonded")
            first.update(reserved_units=10)
        return seen

    monkeypatch.setattr(services.reserving, "_on_hand", look_then_lose)
    made = services.reserve(importer, product, 4, "order-1")

    assert [(row.lot.number, row.units) for row in made] == [("A", 4)]


def test_a_request_that_loses_every_time_is_refused_and_reserves_nothing(shelf, monkeypatch):
    monkeypatch.setattr(
        services.reserving,
        "grip",
        lambda owner, lot, units: (_ for _ in ()).throw(services.TakenMeanwhile(lot=lot)),
    )

    with pytest.raises(services.TakenMeanwhile):
        services.reserve(shelf.importer, shelf.product, 1, "order-1")

    assert reserved(shelf.importer) == [(60, 0)]


def test_a_released_reservation_gives_its_units_back_once(shelf):
    made = services.reserve(shelf.importer, shelf.product, 25, "order-1")[0]

    services.release_reservation(made)
    again = services.release_reservation(made)

    assert again.state == "released"
    assert reserved(shelf.importer) == [(60, 0)]


def test_units_in_an_open_dispatch_are_released_by_cancelling_it_only(shelf):
    made = services.reserve(shelf.importer, shelf.product, 25, "order-1")
    services.dispatch(shelf.importer, "parcel-1", made)

    with pytest.raises(StepNotAllowed):
        services.release_reservation(made[0])

    assert reserved(shelf.importer) == [(60, 25)]


def test_what_was_held_too_long_is_freed_before_a_request_is_refused(shelf):
    start = datetime(2025, 3, 10, 4, tzinfo=UTC)
    services.reserve(
        shelf.importer, shelf.product, 60, "idle", expires_at=start + timedelta(hours=1)
    )

    with clock.at(start + timedelta(hours=2)):
        made = services.reserve(shelf.importer, shelf.product, 10, "order-1")

    assert [row.units for row in made] == [10]
    assert reserved(shelf.importer) == [(60, 10)]


def test_reservations_expire_oldest_first_and_dispatched_ones_do_not(shelf):
    start = datetime(2025, 3, 10, 4, tzinfo=UTC)
    for key, hours in (("short", 1), ("long", 48), ("sent", 1)):
        services.reserve(
            shelf.importer, shelf.product, 5, key, expires_at=start + timedelta(hours=hours)
        )
    sent = Reservation.objects.filter(request_key="sent")
    services.dispatch(shelf.importer, "parcel-1", list(sent))

    released = services.expire_reservations(start + timedelta(hours=2))

    assert released == 1
    assert services.expire_reservations(start + timedelta(hours=2)) == 0
    states = dict(Reservation.objects.values_list("request_key", "state"))
    assert states == {"short": "released", "long": "held", "sent": "held"}
    assert reserved(shelf.importer) == [(60, 10)]
