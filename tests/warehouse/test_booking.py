"""The account book: promised out, written off, given back, once per reference."""

from datetime import date

import pytest

from warehouse import services
from warehouse.domain.book import (
    BookStep,
    Counters,
    NotEnoughInBook,
    NothingExpected,
    NoUnitsToBook,
)
from warehouse.models import BookItem, BookMovement

pytestmark = pytest.mark.usefixtures("as_operator")


def counters(product):
    return BookItem.objects.get(product=product).counters


def test_a_declared_parcel_is_promised_out_and_then_written_off(shelf):
    services.book_expect_out(shelf.product, 3, "parcel-1")
    assert counters(shelf.product) == Counters(actual_in=100, expected_out=3)

    services.book_actual_out(shelf.product, 3, "parcel-1")
    assert counters(shelf.product) == Counters(actual_in=100, actual_out=3)


def test_a_refused_parcel_gives_its_units_back(shelf):
    services.book_expect_out(shelf.product, 3, "parcel-1")

    services.book_release_out(shelf.product, 3, "parcel-1")

    assert counters(shelf.product) == Counters(actual_in=100)


def test_a_parcel_may_be_written_off_in_part_and_freed_for_the_rest(shelf):
    services.book_expect_out(shelf.product, 3, "parcel-1")

    services.book_actual_out(shelf.product, 2, "parcel-1")
    services.book_release_out(shelf.product, 1, "parcel-1")

    assert counters(shelf.product) == Counters(actual_in=100, actual_out=2)


@pytest.mark.parametrize(
    "step",
    [services.book_expect_out, services.book_actual_out, services.book_release_out],
)
def test_the_same_booking_delivered_twice_is_booked_once(shelf, step):
    services.book_expect_out(shelf.product, 3, "parcel-1")

    first = step(shelf.product, 3, "parcel-1")
    second = step(shelf.product, 3, "parcel-1")

    assert first == second
    assert BookMovement.objects.filter(reference="parcel-1", step=first[0].step).count() == 1


def test_a_reference_that_returns_with_other_units_is_refused(shelf):
    services.book_expect_out(shelf.product, 3, "parcel-1")

    with pytest.raises(services.SameReferenceOtherUnits) as refusal:
        services.book_expect_out(shelf.product, 4, "parcel-1")

    assert refusal.value.params == {"reference": "parcel-1", "earlier": 3, "units": 4}


def test_more_than_the_book_carries_is_refused_and_changes_nothing(shelf):
    services.book_expect_out(shelf.product, 98, "parcel-1")

    with pytest.raises(NotEnoughInBook) as refusal:
        services.book_expect_out(shelf.product, 3, "parcel-2")

    assert refusal.value.params == {"asked": 3, "free": 2}
    assert counters(shelf.product) == Counters(actual_in=100, expected_out=98)


def test_nothing_is_written_off_that_was_not_promised_under_the_reference(shelf):
    services.book_expect_out(shelf.product, 3, "parcel-1")

    with pytest.raises(NothingExpected) as refusal:
        services.book_actual_out(shelf.product, 1, "parcel-2")

    assert refusal.value.params == {"asked": 1, "expected": 0}


def test_a_booking_of_no_units_is_refused(shelf):
    with pytest.raises(NoUnitsToBook):
        services.book_expect_out(shelf.product, 0, "parcel-1")


def test_the_oldest_cycle_of_the_book_is_emptied_first(shelf, pool, stock_up):
    newer = services.open_book(
        pool=pool,
        number="T3105W000009",
        cycle_from=date(2025, 3, 1),
        cycle_before=date(2026, 3, 1),
    )
    stock_up(shelf.product, 20, lot_no="L-2")

    services.book_expect_out(shelf.product, 105, "parcel-1")

    rows = BookItem.objects.order_by("book__cycle_from").values_list("book__number", "expected_out")
    assert list(rows) == [("T3105W000001", 100), (newer.number, 5)]


def test_a_book_is_opened_once_per_number(pool, account_book):
    again = services.open_book(
        pool=pool,
        number=account_book.number,
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
    )

    assert again == account_book


def test_many_parcels_are_booked_at_once_all_or_none(shelf, django_assert_num_queries):
    bookings = [services.Booking(shelf.product.pk, 3, f"parcel-{n}") for n in range(10)]

    with django_assert_num_queries(5):
        booked = services.book_many(BookStep.EXPECT_OUT, bookings)

    assert [row.units for rows in booked for row in rows] == [3] * 10
    assert counters(shelf.product) == Counters(actual_in=100, expected_out=30)

    too_many = [services.Booking(shelf.product.pk, 40, f"large-{n}") for n in range(2)]
    with pytest.raises(NotEnoughInBook) as refusal:
        services.book_many(BookStep.EXPECT_OUT, too_many)

    assert refusal.value.params == {"asked": 40, "free": 30}
    assert counters(shelf.product) == Counters(actual_in=100, expected_out=30)


def test_of_many_parcels_those_booked_before_are_not_booked_again(shelf):
    services.book_expect_out(shelf.product, 3, "parcel-1")
    both = [services.Booking(shelf.product.pk, 3, f"parcel-{n}") for n in (1, 2)]

    booked = services.book_many(BookStep.EXPECT_OUT, both)

    assert [rows[0].reference for rows in booked] == ["parcel-1", "parcel-2"]
    assert counters(shelf.product) == Counters(actual_in=100, expected_out=6)
