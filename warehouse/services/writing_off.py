"""The way out of the account book: promised, written off, or given back, once per reference."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core import clock
from core.domain.errors import Refusal
from imports.models import Product
from warehouse.domain.book import (
    BookStep,
    Counters,
    NotEnoughInBook,
    NothingExpected,
    NoUnitsToBook,
    after,
)
from warehouse.models import BookItem, BookMovement
from warehouse.services.booking import movement_of

_CLOSING = (BookStep.ACTUAL_OUT, BookStep.RELEASE_OUT)


class SameReferenceOtherUnits(Refusal):
    """Raised when a reference took the same step before, with another number of units."""

    code = "same-reference-other-units"
    reason = "“{reference}” was booked before with {earlier} units, now {units} were asked for."
    remedy = "Give a further booking a reference of its own."


@dataclass(frozen=True)
class Booking:
    """Units of a product that take a step under a reference, such as a declaration's number."""

    product_id: int
    units: int
    reference: str


def book_expect_out(
    product: Product, units: int, reference: str, *, on: date | None = None
) -> list[BookMovement]:
    """Promise units of a product to leave: expected out (预减), oldest cycle first.

    Called again with the same reference it returns the first result and writes nothing. Give
    the reference of the dispatch order, so that book and shelves are compared parcel by parcel.

    Raises:
        NoUnitsToBook: fewer than one unit.
        NotEnoughInBook: the surplus of all the product's items is smaller.
        SameReferenceOtherUnits: the reference promised another number before.
    """
    return book_many(BookStep.EXPECT_OUT, [Booking(product.pk, units, reference)], on=on)[0]


def book_actual_out(
    product: Product, units: int, reference: str, *, on: date | None = None
) -> list[BookMovement]:
    """Write promised units off: actual out (实减), when customs approves the exit list.

    Called again with the same reference it returns the first result and writes nothing.

    Raises:
        NothingExpected: the reference has fewer units promised.
        SameReferenceOtherUnits: the reference wrote off another number before.
    """
    return book_many(BookStep.ACTUAL_OUT, [Booking(product.pk, units, reference)], on=on)[0]


def book_release_out(
    product: Product, units: int, reference: str, *, on: date | None = None
) -> list[BookMovement]:
    """Give promised units back to the surplus, when a declaration is refused or withdrawn.

    Called again with the same reference it returns the first result and writes nothing.

    Raises:
        NothingExpected: the reference has fewer units promised.
        SameReferenceOtherUnits: the reference gave back another number before.
    """
    return book_many(BookStep.RELEASE_OUT, [Booking(product.pk, units, reference)], on=on)[0]


@transaction.atomic
def book_many(
    step: BookStep, bookings: Sequence[Booking], *, on: date | None = None
) -> list[list[BookMovement]]:
    """Take one step for many products and references, all or none; the movements of each.

    What was booked before under its reference is returned and not written again. The book's
    items are locked once, in primary-key order. Three queries, whatever the number.

    Raises:
        NoUnitsToBook, NotEnoughInBook, NothingExpected, SameReferenceOtherUnits: as for one.
    """
    shelf = _Book(bookings)
    fresh: list[BookMovement] = []
    booked = []
    for booking in bookings:
        rows = shelf.earlier(step, booking)
        if not rows:
            rows = [
                movement_of(item, step, units, reference=booking.reference, on=on or clock.today())
                for item, units in shelf.take(step, booking)
            ]
            fresh += rows
        booked.append(rows)
    BookMovement.objects.bulk_create(fresh)
    return booked


class _Book:
    """The locked items of the products in some bookings, as the bookings go on."""

    def __init__(self, bookings: Sequence[Booking]) -> None:
        product_ids = {booking.product_id for booking in bookings}
        self.items: defaultdict[int, list[BookItem]] = defaultdict(list)
        locked = BookItem.objects.select_for_update(of=("self",)).select_related("book")
        for item in locked.filter(product_id__in=product_ids).order_by("pk"):
            self.items[item.product_id].append(item)
        for items in self.items.values():
            items.sort(key=lambda item: (item.book.cycle_from, item.pk))
        self.counters: dict[int, Counters] = {
            item.pk: item.counters for items in self.items.values() for item in items
        }
        self.steps: defaultdict[tuple[int, str, str], list[BookMovement]] = defaultdict(list)
        rows = BookMovement.objects.select_related("item").filter(
            reference__in={booking.reference for booking in bookings},
            item__product_id__in=product_ids,
        )
        for row in rows.order_by("pk"):
            self.steps[row.item.product_id, row.reference, row.step].append(row)

    def earlier(self, step: BookStep, booking: Booking) -> list[BookMovement]:
        """What took the step before under the booking's reference; none means that it is new."""
        rows = self.steps.get((booking.product_id, booking.reference, step), [])
        units = sum(row.units for row in rows)
        if rows and units != booking.units:
            raise SameReferenceOtherUnits(
                reference=booking.reference, earlier=units, units=booking.units
            )
        return rows

    def take(self, step: BookStep, booking: Booking) -> list[tuple[BookItem, int]]:
        """Units by item, oldest cycle first, that take the step."""
        if booking.units < 1:
            raise NoUnitsToBook(asked=booking.units)
        limits = self._limits(step, booking)
        available = sum(limits.values())
        if booking.units > available:
            if step is BookStep.EXPECT_OUT:
                raise NotEnoughInBook(asked=booking.units, free=available)
            raise NothingExpected(asked=booking.units, expected=available)
        missing = booking.units
        taken = []
        for item in self.items[booking.product_id]:
            units = min(missing, limits.get(item.pk, 0))
            if units:
                self.counters[item.pk] = after(self.counters[item.pk], step, units)
                taken.append((item, units))
            missing -= units
        return taken

    def _limits(self, step: BookStep, booking: Booking) -> Mapping[int, int]:
        """Units that may take the step, by item."""
        if step is BookStep.EXPECT_OUT:
            items = self.items[booking.product_id]
            return {item.pk: self.counters[item.pk].surplus_units for item in items}
        product_id, reference = booking.product_id, booking.reference
        promised = self.steps.get((product_id, reference, BookStep.EXPECT_OUT), [])
        left = {row.item_id: row.units for row in promised}
        for closing in _CLOSING:
            for row in self.steps.get((product_id, reference, closing), []):
                left[row.item_id] -= row.units
        return left
