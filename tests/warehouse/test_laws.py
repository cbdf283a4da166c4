"""What the database itself refuses, and what the checks of the books find."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core import invariants
from tests.intruder import change_by_sql
from warehouse import invariants as laws
from warehouse import services
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import (
    BookItem,
    BookMovement,
    Holding,
    Lot,
    Movement,
    Reservation,
    UnitIdentity,
)
from warehouse.services.moving import Move, Spot, record

pytestmark = pytest.mark.usefixtures("as_operator")


@pytest.fixture
def traded(shelf):
    """A shelf from which one parcel has left and was written off, and one is promised."""
    lot = Lot.objects.get()
    services.commission_units(lot, [bytes([n]) * 32 for n in range(1, 4)])
    sent = services.dispatch(
        shelf.importer,
        "parcel-1",
        services.reserve(shelf.importer, shelf.product, 2, "order-1"),
    )
    services.book_expect_out(shelf.product, 2, "parcel-1")
    services.ship(services.pick(sent, [b"\x01" * 32, b"\x02" * 32]))
    services.reserve(shelf.stranger, shelf.product, 5, "order-2")
    return shelf


def violations(law):
    return list(law())


def broken():
    return [f.name for f in invariants.check_all(only="warehouse.") if not f.holds]


def test_every_law_holds_from_receipt_to_parcel(traded):
    assert broken() == []

    services.book_actual_out(traded.product, 2, "parcel-1")

    assert broken() == []


@pytest.mark.parametrize("table", [Movement, BookMovement])
def test_records_of_movement_are_neither_changed_nor_removed(traded, table):
    row = table.objects.order_by("pk").first()

    for attempt in (
        lambda: table.objects.filter(pk=row.pk).update(units=1),
        lambda: table.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            attempt()

    assert table.objects.get(pk=row.pk).units == row.units


def test_units_of_a_holding_are_not_changed_by_hand(traded):
    with pytest.raises(DatabaseError, match="by movements only"), transaction.atomic():
        Holding.objects.filter(owner=traded.importer, place="bonded").update(units=500)


def test_counters_of_the_book_are_not_changed_by_hand(traded):
    with pytest.raises(DatabaseError, match="by its movements only"), transaction.atomic():
        BookItem.objects.update(actual_out=1)


def test_a_holding_never_falls_below_zero(traded):
    move = Move(
        kind=MovementKind.PICK,
        lot_id=Lot.objects.get().pk,
        units=61,
        source=Spot(traded.importer.pk, Place.BONDED),
        target=Spot(traded.importer.pk, Place.PACKED),
        request_key="too-many",
    )

    with pytest.raises(IntegrityError, match="never_negative"), transaction.atomic():
        record([move])


def test_promised_units_do_not_leave_the_shelf(traded):
    move = Move(
        kind=MovementKind.PICK,
        lot_id=Lot.objects.get().pk,
        units=26,
        source=Spot(traded.stranger.pk, Place.BONDED),
        target=Spot(traded.stranger.pk, Place.PACKED),
        request_key="promised",
    )

    with pytest.raises(IntegrityError, match="no_more_is_reserved"), transaction.atomic():
        record([move])


def test_a_movement_that_follows_no_route_is_refused_by_the_database(traded):
    row = Movement.objects.filter(kind="pick").get()
    row.pk, row.request_key, row.to_place = None, "astray", Place.DESTROYED

    with pytest.raises(IntegrityError, match="follows_a_route"), transaction.atomic():
        row.save(force_insert=True)


def test_the_same_movement_is_not_made_twice(traded):
    row = Movement.objects.filter(kind="pick").get()
    row.pk = None

    with pytest.raises(IntegrityError, match="request_key"), transaction.atomic():
        row.save(force_insert=True)


def test_the_surplus_of_the_book_never_falls_below_zero(traded):
    row = BookMovement.objects.filter(step="expect_out").get()
    row.pk, row.reference, row.units = None, "parcel-9", 99

    with pytest.raises(IntegrityError, match="surplus_is_never_negative"), transaction.atomic():
        row.save(force_insert=True)


def test_units_conjured_onto_a_shelf_are_found(traded):
    change_by_sql("UPDATE warehouse_holding SET units = units + 1 WHERE place = 'bonded'")

    assert broken() == [
        "warehouse.owners_equal_physical",
        "warehouse.holdings_equal_movements",
        "warehouse.book_equals_shelves",
        "warehouse.shelves_equal_holdings",
    ]


def test_units_stowed_that_nobody_carried_are_found(traded):
    change_by_sql(
        "UPDATE warehouse_lotatplace SET stowed_units = stowed_units + 1 WHERE place = 'bonded'"
    )

    assert broken() == ["warehouse.stowed_equals_moves"]


def test_units_that_changed_owners_behind_the_books_are_found(traded):
    change_by_sql(
        "UPDATE warehouse_holding SET units = units + CASE owner_id "
        f"WHEN {traded.importer.pk} THEN 5 WHEN {traded.stranger.pk} THEN -5 ELSE 0 END "
        "WHERE place = 'bonded'"
    )

    assert broken() == ["warehouse.holdings_equal_movements"]


def test_a_promise_without_a_reservation_is_found(traded):
    Reservation.objects.filter(request_key="order-2").update(state="released")

    assert len(violations(laws.reserved_equals_reservations)) == 1


def test_a_counter_that_moved_by_itself_is_found(traded):
    change_by_sql("UPDATE warehouse_bookitem SET actual_out = 1")

    assert broken() == ["warehouse.counters_equal_book_movements", "warehouse.book_equals_shelves"]


def test_units_written_off_for_no_parcel_are_found(traded):
    services.book_expect_out(traded.product, 3, "parcel-unknown")
    services.book_actual_out(traded.product, 3, "parcel-unknown")

    assert broken() == ["warehouse.book_equals_shelves"]


def test_a_unit_released_without_a_parcel_that_left_is_found(traded):
    UnitIdentity.objects.filter(state="released").update(state="applied")

    assert len(violations(laws.released_units_left)) == 2


def test_a_lot_that_expires_before_it_was_made_is_refused(traded):
    with pytest.raises(IntegrityError, match="made_before_it_expires"), transaction.atomic():
        Lot.objects.update(expires_on=date(2020, 1, 1))
