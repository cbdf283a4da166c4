"""The account book: opening it, its items, and writing steps in it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Max

from core import clock, tenancy
from core.domain.errors import Refusal
from core.models import Party, Pool
from warehouse.domain.book import BookStep
from warehouse.domain.closing import check_length
from warehouse.models import AccountBook, BookItem, BookMovement


class NoAccountBook(Refusal):
    """Raised when the pool has no account book for the day and kind of goods."""

    code = "no-account-book"
    reason = "Pool {pool} has no account book of kind “{kind}” in force on {on}."
    remedy = "Open the account book of this cycle first."


def open_book(
    *,
    pool: Pool,
    number: str,
    cycle_from: date,
    cycle_before: date,
    keeper: Party | None = None,
    kind: str = AccountBook.Kind.GENERAL,
    storage_months: int | None = 24,
) -> AccountBook:
    """The pool's account book of a cycle; opened once per number. The keeper is the pool's.

    Raises:
        CycleTooLong: the cycle is longer than a year.
    """
    check_length(number, cycle_from, cycle_before)
    book, _ = AccountBook.objects.get_or_create(
        number=number,
        defaults={
            "pool": pool,
            "keeper": keeper or pool.keeper,
            "kind": kind,
            "cycle_from": cycle_from,
            "cycle_before": cycle_before,
            "storage_months": storage_months,
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


def book(
    steps: Iterable[tuple[BookItem, BookStep, int]], *, reference: str, on: date, part: int = 1
) -> list[BookMovement]:
    """Write steps under one reference, in order; those of no units are left out."""
    return BookMovement.objects.bulk_create(
        movement_of(item, step, units, reference=reference, on=on, part=part)
        for item, step, units in steps
        if units
    )


def movement_of(
    item: BookItem, step: BookStep, units: int, *, reference: str, on: date, part: int = 1
) -> BookMovement:
    """A step to be written, by whoever acts now."""
    return BookMovement(
        item=item,
        step=step,
        units=units,
        reference=reference,
        part=part,
        booked_on=on,
        made_at=clock.now(),
        actor=tenancy.actor(),
    )
