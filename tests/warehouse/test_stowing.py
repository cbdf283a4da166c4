"""Shelves and pallets: put away, moved, taken down, and never more than is there."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core import invariants
from core.models import Fact
from tests.warehouse import goods
from tests.warehouse.shelves import lies, location, waits, zone
from warehouse import services
from warehouse.domain.stowing import NotInThere, NotOnTheFloor, NoUnitsToStow, Stowed, take_downs
from warehouse.models import (
    AccountBook,
    BookItem,
    Location,
    Lot,
    StowMove,
)
from warehouse.services.stowing import LocationFull, SameKeyOtherMove, WrongZone

pytestmark = pytest.mark.django_db


def holds():
    return [found for found in invariants.check_all("warehouse.") if not found.holds]


def test_what_was_received_waits_on_the_floor_until_it_is_put_away(lot, house):
    a, b = location(house, "A-01"), location(house, "B-01")

    services.stow(lot, 70, target=a, request_key="k1")
    services.stow(lot, 25, source=a, target=b, request_key="k2")

    assert (waits(lot), lies(lot)) == (30, {"A-01": 45, "B-01": 25})
    assert holds() == []


def test_the_same_key_carries_once_and_another_load_under_it_is_refused(lot, house):
    a = location(house, "A-01")

    first = services.stow(lot, 70, target=a, request_key="k1")

    assert services.stow(lot, 70, target=a, request_key="k1") == first
    with pytest.raises(SameKeyOtherMove):
        services.stow(lot, 71, target=a, request_key="k1")
    assert lies(lot) == {"A-01": 70}


def test_no_more_is_carried_than_lies_where_it_is_taken(lot, house):
    a, b = location(house, "A-01"), location(house, "B-01")
    services.stow(lot, 90, target=a, request_key="k1")

    with pytest.raises(NotOnTheFloor) as floor:
        services.stow(lot, 11, target=b, request_key="k2")
    with pytest.raises(NotInThere) as shelf:
        services.stow(lot, 91, source=a, target=b, request_key="k3")
    with pytest.raises(NoUnitsToStow):
        services.stow(lot, 0, target=b, request_key="k4")

    assert (floor.value.params["waiting"], shelf.value.params["units"]) == (10, 90)
    assert StowMove.objects.count() == 1


def test_a_full_shelf_says_how_much_room_is_left(lot, house):
    a = location(house, "A-01", room_cm3=2400 * 40 + 100)
    services.stow(lot, 30, target=a, request_key="k1")

    with pytest.raises(LocationFull) as refused:
        services.stow(lot, 11, target=a, request_key="k2")

    assert refused.value.params == {"location": "A-01", "room": 24_100, "needed": 26_400}


def test_what_leaves_is_taken_down_from_the_nearest_shelf_by_itself(lot, house, shelf):
    near, far = location(house, "A-01", walk=1), location(house, "B-01", walk=2)
    services.stow(lot, 60, target=far, request_key="k1")
    services.stow(lot, 35, target=near, request_key="k2")
    held = services.reserve(shelf.importer, shelf.product, 45, "order-1")

    services.pick(services.dispatch(shelf.importer, "order-1", held))

    assert (waits(lot), waits(lot, "packed"), lies(lot)) == (0, 45, {"B-01": 55})
    assert holds() == []


def test_a_shelf_of_another_zone_takes_no_bonded_goods(lot, house):
    bonded = location(house, "A-01")
    quarantine = location(house, "Q-01", place="quarantine")
    services.stow(lot, 10, target=bonded, request_key="k1")

    with pytest.raises(NotOnTheFloor):
        services.stow(lot, 10, target=quarantine, request_key="k2")
    with pytest.raises(WrongZone):
        services.stow(lot, 10, source=bonded, target=quarantine, request_key="k3")


def test_a_pallet_is_carried_with_all_that_is_on_it(lot, house):
    shelf_a, shelf_b = location(house, "A-01", walk=5), location(house, "B-01", walk=9)
    pallet = services.new_pallet(zone(house, "bonded"), company_prefix="9421902", stands_in=shelf_a)
    services.stow(lot, 48, target=pallet, request_key="k1")

    services.move_pallet(pallet, shelf_b)

    assert (pallet.stands_in, pallet.walk, lies(lot)) == (shelf_b, 9, {pallet.code: 48})
    assert len(pallet.code) == 18
    services.stow(lot, 8, source=pallet, target=shelf_b, request_key="k2")
    told = Fact.objects.filter(name__startswith="warehouse.pallet.").order_by("pk")
    assert [(f.name.rpartition(".")[2], f.data) for f in told] == [
        (step, {"pallet": pallet.code, "lot": lot.pk, "units": units})
        for step, units in (("loaded", 48), ("unloaded", 8))
    ]
    with pytest.raises(WrongZone):
        services.move_pallet(pallet, location(house, "Q-01", place="quarantine"))


def test_the_database_itself_refuses_more_than_is_there_and_mixed_zones(lot, house):
    a = location(house, "A-01")
    apart = Location.objects.create(
        zone=zone(house, "bonded", code="TM", is_trade_measure=True), code="T-01"
    )
    quarantine = location(house, "Q-01", place="quarantine")
    services.stow(lot, 90, target=a, request_key="k0")
    bare = {"lot": lot, "made_at": lot.receipt_line.receipt.received_on.isoformat() + "T00:00Z"}

    for number, (units, source, target) in enumerate(
        [(11, None, a), (91, a, None), (5, None, apart), (5, a, quarantine), (5, None, quarantine)]
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StowMove.objects.create(
                units=units,
                from_location=source,
                to_location=target,
                request_key=f"raw{number}",
                **bare,
            )

    assert (waits(lot), lies(lot)) == (10, {"A-01": 90})


def test_a_lot_under_trade_measures_is_never_entered_among_others(lot, pool, product):
    book = AccountBook.objects.create(
        pool=pool,
        number="T3105W000009",
        keeper=pool.keeper,
        kind="trade_measure",
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
    )
    apart = BookItem.objects.create(book=book, item_no=1, product=product)

    for change in ({"book_item": apart}, {"is_trade_measure": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lot.objects.filter(pk=lot.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountBook.objects.filter(pk=book.pk).update(kind="general")
    Lot.objects.filter(pk=lot.pk).update(book_item=apart, is_trade_measure=True)

    assert Lot.objects.get(pk=lot.pk).book_item == apart


def test_goods_under_measures_are_received_into_their_own_book_only(
    pool, supplier, importer, stock_up
):
    measured = goods.product("9400569000019", "Beef broth", is_trade_measure=True)
    services.open_book(
        pool=pool,
        number="T3105W000002",
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
        kind="trade_measure",
    )

    stock_up(measured, 10)

    assert Lot.objects.get(product=measured).book_item.book.number == "T3105W000002"


def test_the_floor_serves_first_then_the_walk():
    stowed = [Stowed(1, "bonded", 8, 40, 2), Stowed(1, "bonded", 9, 10, 1)]

    downs = take_downs({(1, "bonded"): 25}, {(1, "bonded"): 5}, stowed)

    assert [(down.location_id, down.units) for down in downs] == [(9, 10), (8, 10)]
