"""The account book: opening it, and announcing, booking and taking back units."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max

from core import clock, tenancy
from core.domain.errors import Refusal
from core.models import Party, Pool
from imports.models import Product
from warehouse.domain.book import BookStep, NotEnoughInBook, NothingExpected, NoUnitsToBook, after
from warehouse.models import AccountBook, BookItem, BookMovement

_CLOSING = (BookStep.ACTUAL_OUT, BookStep.RELEASE_OUT)


class NoAccountBook(Refusal):
    """Raised when the pool has no account book for the day and kind of goods."""

    code = "no-account-book"
    reason = "Pool {pool} has no account book of kind “{kind}” in force on {on}."
    remedy = "Open the account book of this cycle first."


class SameReferenceOtherUnits(Refusal):
    """Raised when a reference took the same step before, with another number of units."""

    code = "same-reference-other-units"
    reason = "“{reference}” was booked before with {earlier} units, now {units} were asked for."
    remedy = "Give a further booking a reference of its own."


def open_book(
    *,
    pool: Pool,
    number: str,
    cycle_from: date,
    cycle_before: date,
    keeper: Party | None = None,
    kind: str = AccountBook.Kind.GENERAL,
) -> AccountBook:
    """The pool's account book of a cycle; opened once per number. The keeper is the pool's."""
    book, _ = AccountBook.objects.get_or_create(
        number=number,
        defaults={
            "pool": pool,
            "keeper": keeper or pool.keeper,
            "kind": kind,
            "cycle_from": cycle_from,
            "cycle_before": cycle_before,
        },
    )
    return book


def book_in_force(*, pool: Pool, kind: str, on: date) -> AccountBook:
    """The account book in which goods of a kind are entered on a day.

    Raises:
        NoAccountBook: the pool has none.
    """
    rows = AccountBook.objects.filter(pool=pool, kind=kind, cycle_from__lte=on, cycle_before__gt=on)
    book = rows.order_by("-cycle_from", "pk").first()
    if book is None:
        raise NoAccountBook(pool=pool.code, kind=kind, on=on.isoformat())
    return book


def items_for(book: AccountBook, product_ids: Iterable[int]) -> dict[int, BookItem]:
    """The book's items of products, by product; new products get the next item numbers."""
    wanted = sorted(set(product_ids))
    AccountBook.objects.select_for_update().get(pk=book.pk)
    known = set(book.items.filter(product_id__in=wanted).values_list("product_id", flat=True))
    last = book.items.aggregate(last=Max("item_no"))["last"] or 0
    fresh = [product_id for product_id in wanted if product_id not in known]
    BookItem.objects.bulk_create(
        BookItem(book=book, product_id=product_id, item_no=item_no)
        for item_no, product_id in enumerate(fresh, start=last + 1)
    )
    return {item.product_id: item for item in book.items.filter(product_id__in=wanted)}


def book_in(
    *,
    expected: Mapping[BookItem, int],
    arrived: Mapping[BookItem, int],
    reference: str,
    on: date,
) -> list[BookMovement]:
    """Enter a consignment: announced units expected in, arrived ones actual, missing ones freed."""
    steps = [(item, BookStep.EXPECT_IN, units) for item, units in expected.items()]
    steps += [(item, BookStep.ACTUAL_IN, units) for item, units in arrived.items()]
    steps += [
        (item, BookStep.RELEASE_IN, units - arrived.get(item, 0))
        for item, units in expected.items()
    ]
    return _write([step for step in steps if step[2]], reference=reference, on=on)


@transaction.atomic
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
    earlier = _earlier(product, reference)
    if BookStep.EXPECT_OUT in earlier.steps:
        return earlier.same(BookStep.EXPECT_OUT, units)
    items = _locked_items(product)
    surplus = {item.pk: item.counters.surplus_units for item in items}
    if units > sum(surplus.values()):
        raise NotEnoughInBook(asked=units, free=sum(surplus.values()))
    return _spread(items, surplus, BookStep.EXPECT_OUT, units, reference, on)


@transaction.atomic
def book_actual_out(
    product: Product, units: int, reference: str, *, on: date | None = None
) -> list[BookMovement]:
    """Write promised units off: actual out (实减), when customs approves the exit list.

    Called again with the same reference it returns the first result and writes nothing.

    Raises:
        NothingExpected: the reference has fewer units promised.
        SameReferenceOtherUnits: the reference wrote off another number before.
    """
    return _close(BookStep.ACTUAL_OUT, product, units, reference, on)


@transaction.atomic
def book_release_out(
    product: Product, units: int, reference: str, *, on: date | None = None
) -> list[BookMovement]:
    """Give promised units back to the surplus, when a declaration is refused or withdrawn.

    Called again with the same reference it returns the first result and writes nothing.

    Raises:
        NothingExpected: the reference has fewer units promised.
        SameReferenceOtherUnits: the reference gave back another number before.
    """
    return _close(BookStep.RELEASE_OUT, product, units, reference, on)


class _Earlier:
    """What a reference has booked for a product so far."""

    def __init__(self, rows: Iterable[BookMovement], reference: str) -> None:
        self.reference = reference
        self.steps: dict[str, list[BookMovement]] = {}
        for row in rows:
            self.steps.setdefault(row.step, []).append(row)

    def same(self, step: BookStep, units: int) -> list[BookMovement]:
        """The rows of a step that was taken before with the same units."""
        rows = self.steps[step]
        earlier = sum(row.units for row in rows)
        if earlier != units:
            raise SameReferenceOtherUnits(reference=self.reference, earlier=earlier, units=units)
        return rows

    def open_units(self) -> dict[int, int]:
        """Units promised and neither written off nor given back, by item."""
        left = {row.item_id: row.units for row in self.steps.get(BookStep.EXPECT_OUT, [])}
        for step in _CLOSING:
            for row in self.steps.get(step, []):
                left[row.item_id] -= row.units
        return left


def _earlier(product: Product, reference: str) -> _Earlier:
    rows = BookMovement.objects.filter(reference=reference, item__product=product)
    return _Earlier(rows.order_by("pk"), reference)


def _locked_items(product: Product) -> list[BookItem]:
    rows = BookItem.objects.select_for_update(of=("self",)).select_related("book")
    items = list(rows.filter(product=product).order_by("pk"))
    return sorted(items, key=lambda item: (item.book.cycle_from, item.pk))


def _close(
    step: BookStep, product: Product, units: int, reference: str, on: date | None
) -> list[BookMovement]:
    items = _locked_items(product)
    earlier = _earlier(product, reference)
    if step in earlier.steps:
        return earlier.same(step, units)
    open_units = earlier.open_units()
    if units > sum(open_units.values()):
        raise NothingExpected(asked=units, expected=sum(open_units.values()))
    return _spread(items, open_units, step, units, reference, on)


def _spread(
    items: list[BookItem],
    limits: Mapping[int, int],
    step: BookStep,
    units: int,
    reference: str,
    on: date | None,
) -> list[BookMovement]:
    """Take a step over several items of a product, in their order, each up to its limit."""
    if units < 1:
        raise NoUnitsToBook(asked=units)
    steps: list[tuple[BookItem, BookStep, int]] = []
    for item in items:
        taken = min(units, limits.get(item.pk, 0))
        if taken:
            after(item.counters, step, taken)
            steps.append((item, step, taken))
        units -= taken
    return _write(steps, reference=reference, on=on or clock.today())


def _write(
    steps: Iterable[tuple[BookItem, BookStep, int]], *, reference: str, on: date
) -> list[BookMovement]:
    now = clock.now()
    return BookMovement.objects.bulk_create(
        BookMovement(
            item=item,
            step=step,
            units=units,
            reference=reference,
            booked_on=on,
            made_at=now,
            actor=tenancy.actor(),
        )
        for item, step, units in steps
    )
