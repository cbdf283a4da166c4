"""What customs accepts of a consignment: expected in, actually in, or taken back.

The count at the door is one fact, customs' acceptance another, and either may come first. Both
bear the consignment's number, so what lies between them is named unit by unit. Announcements bear
the number of their list after it, for a list may be deleted and written anew.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from core import facts
from core.domain.errors import Refusal
from imports.models import Consignment, Product
from warehouse.domain.book import BookStep
from warehouse.models import AccountBook, BookItem, BookMovement, Lot, ReceiptLine
from warehouse.services import booking


class EntryExpectedOtherwise(Refusal):
    """Raised when a consignment was announced to the account book with other units."""

    code = "entry-expected-otherwise"
    reason = "Consignment {consignment} is in the account book with other units than now."
    remedy = "Have customs take the first announcement back before another is made."


class NotCountedYet(Refusal):
    """Raised when counted units are to be entered and nobody has counted."""

    code = "not-counted-yet"
    reason = "Consignment {consignment} has not been counted."
    remedy = "Count it at the door first."


def items_of(
    consignment: Consignment, products: Iterable[Product], on: date
) -> dict[int, BookItem]:
    """The account book's items of a consignment's products; those it stands in already first.

    Raises:
        NoAccountBook: the pool has no book in force for these goods.
    """
    wanted = {product.pk: product for product in products}
    found = _known(consignment, wanted)
    by_kind: dict[str, set[int]] = defaultdict(set)
    for pk, product in wanted.items():
        if pk not in found:
            by_kind[_book_kind(product)].add(pk)
    for kind, product_ids in sorted(by_kind.items()):
        book = booking.book_in_force(pool=consignment.pool, kind=kind, on=on)
        found.update(booking.items_for(book, product_ids))
    return found


def _known(consignment: Consignment, wanted: Iterable[int]) -> dict[int, BookItem]:
    """Items in which the consignment was announced or counted. Two queries."""
    lots = Lot.objects.filter(receipt_line__receipt__consignment=consignment)
    steps = _movements(consignment).filter(step=BookStep.EXPECT_IN)
    ids = {*lots.values_list("book_item_id", flat=True), *steps.values_list("item_id", flat=True)}
    rows = BookItem.objects.filter(pk__in=ids, product_id__in=list(wanted))
    return {item.product_id: item for item in rows.order_by("pk")}


def _book_kind(product: Product) -> str:
    kinds = AccountBook.Kind
    return kinds.TRADE_MEASURE if product.is_trade_measure else kinds.GENERAL


@transaction.atomic
def expect_entry(
    consignment: Consignment, units: Mapping[int, int], on: date, *, list_no: str = ""
) -> int:
    """Announce units of products in the account book (预增), when customs approves their list.

    Called again with the same units it writes nothing. Gives the number of units announced now.

    Raises:
        EntryExpectedOtherwise: other units were announced under this list before.
        NoAccountBook: the pool has no book in force for these goods.
    """
    Consignment.objects.select_for_update().get(pk=consignment.pk)
    wanted = {product: count for product, count in units.items() if count}
    if not wanted:
        return 0
    reference = _reference(consignment, list_no)
    rows = BookMovement.objects.filter(reference=reference, step=BookStep.EXPECT_IN)
    earlier = dict(rows.values_list("item__product_id", "units"))
    if earlier:
        if earlier != wanted:
            raise EntryExpectedOtherwise(consignment=consignment.number)
        return 0
    items = items_of(consignment, Product.objects.filter(pk__in=wanted), on)
    booking.book(
        [(items[pk], BookStep.EXPECT_IN, count) for pk, count in wanted.items()],
        reference=reference,
        on=on,
    )
    return _tell(consignment, "expected", sum(wanted.values()))


@transaction.atomic
def enter_expected(
    consignment: Consignment,
    on: date,
    *,
    list_no: str = "",
    passed: Mapping[int, int] | None = None,
) -> int:
    """Book what a list announced as actually in (实增); how many units were.

    Called when customs counts the list, or its goods passed the gate; again writes nothing.
    ``passed`` are the units by product that passed so far, where vehicles bring the list in parts:
    the book then holds as many of it as in, and no more than were announced.
    """
    Consignment.objects.select_for_update().get(pk=consignment.pk)
    wanted = _reference(consignment, list_no)
    left = {
        item: units
        for (item, reference), units in _open(consignment).items()
        if reference == wanted
    }
    if passed is not None:
        left = _as_far_as_passed(left, _announced(consignment, wanted), passed)
    return _enter(consignment, left, on)


def _announced(consignment: Consignment, reference: str) -> Counter[BookItem]:
    """Units that stand announced under a reference, entered or not, by item. One query."""
    found: Counter[BookItem] = Counter()
    signs = {BookStep.EXPECT_IN: 1, BookStep.RELEASE_IN: -1}
    for row in _movements(consignment).filter(reference=reference).select_related("item__book"):
        found[row.item] += signs.get(BookStep(row.step), 0) * row.units
    return found


def _as_far_as_passed(
    left: Mapping[BookItem, int], announced: Mapping[BookItem, int], passed: Mapping[int, int]
) -> dict[BookItem, int]:
    """What of the open units is to be entered so that as many are in as passed the gate."""
    due = {
        item: passed.get(item.product_id, 0) - (announced[item] - units)
        for item, units in left.items()
    }
    return {item: min(units, left[item]) for item, units in due.items() if units > 0}


@transaction.atomic
def take_entry_back(consignment: Consignment, on: date, *, list_no: str = "") -> int:
    """Take back what a list announced and nobody entered, when customs deletes it; units."""
    Consignment.objects.select_for_update().get(pk=consignment.pk)
    wanted = _reference(consignment, list_no)
    left = _open(consignment)
    freed = {item: units for (item, reference), units in left.items() if reference == wanted}
    booking.book(
        [(item, BookStep.RELEASE_IN, units) for item, units in freed.items()],
        reference=wanted,
        on=on,
    )
    return _tell(consignment, "withdrawn", sum(freed.values()))


@transaction.atomic
def accept_entry(consignment: Consignment, on: date) -> int:
    """Enter a counted consignment at once, where customs accepted it outside of the messages.

    What was announced and did not come is freed; what came over and above stays unapproved, for
    customs does not know of it. Called again it writes nothing. Gives the units entered now.

    Raises:
        NotCountedYet: nothing was counted.
        NoAccountBook: the pool has no book in force for these goods.
    """
    Consignment.objects.select_for_update().get(pk=consignment.pk)
    announced, came = _counted(consignment)
    if not announced:
        raise NotCountedYet(consignment=consignment.number)
    known = set(_movements(consignment).values_list("item__product_id", flat=True))
    expect_entry(consignment, {k: v for k, v in announced.items() if k not in known}, on)
    entered: Counter[BookItem] = Counter()
    for (item, reference), units in _open(consignment).items():
        taken = min(units, came[item.product_id] - entered[item])
        entered[item] += taken
        freed = [(item, BookStep.RELEASE_IN, units - taken)]
        booking.book(freed, reference=reference, on=on)
    return _enter(consignment, entered, on)


def _reference(consignment: Consignment, list_no: str) -> str:
    return f"{consignment.number}/{list_no}" if list_no else consignment.number


def _movements(consignment: Consignment) -> QuerySet[BookMovement]:
    """Everything that the account book has of a consignment, whichever list announced it."""
    number = consignment.number
    return BookMovement.objects.filter(
        Q(reference=number) | Q(reference__startswith=f"{number}/")
    ).order_by("pk")


def _counted(consignment: Consignment) -> tuple[Counter[int], Counter[int]]:
    """Units announced, and of these units that came, by product. One query."""
    announced: Counter[int] = Counter()
    came: Counter[int] = Counter()
    rows = ReceiptLine.objects.filter(receipt__consignment=consignment)
    for row in rows.select_related("order_line"):
        announced[row.order_line.product_id] += row.expected
        came[row.order_line.product_id] += row.expected - row.short
    return announced, came


def _open(consignment: Consignment) -> dict[tuple[BookItem, str], int]:
    """Units announced, and neither entered nor taken back, by item and announcement. One query.

    Units are entered under the consignment's own number: they close its latest announcement.
    """
    found: dict[tuple[BookItem, str], int] = {}
    entered: Counter[BookItem] = Counter()
    for row in _movements(consignment).select_related("item__book"):
        if row.step == BookStep.ACTUAL_IN:
            entered[row.item] += row.units
        else:
            sign = 1 if row.step == BookStep.EXPECT_IN else -1
            key = (row.item, row.reference)
            found[key] = found.get(key, 0) + sign * row.units
    for (item, reference), units in reversed(list(found.items())):
        found[item, reference] = units - min(units, entered[item])
        entered[item] -= min(units, entered[item])
    return {key: units for key, units in found.items() if units}


def _enter(consignment: Consignment, units: Mapping[BookItem, int], on: date) -> int:
    if any(units.values()):
        booking.book(
            [(item, BookStep.ACTUAL_IN, count) for item, count in units.items()],
            reference=consignment.number,
            on=on,
            part=_next_part(consignment),
        )
    return _tell(consignment, "accepted", sum(units.values()))


def _next_part(consignment: Consignment) -> int:
    """Which part of a consignment enters now; its goods may come on several vehicles. One query."""
    entered = BookMovement.objects.filter(reference=consignment.number, step=BookStep.ACTUAL_IN)
    return (entered.aggregate(most=Max("part"))["most"] or 0) + 1


def _tell(consignment: Consignment, what: str, units: int) -> int:
    if units:
        facts.append(
            f"warehouse.entry.{what}",
            subject=f"consignment:{consignment.pk}",
            data={"consignment": consignment.pk, "units": units},
        )
    return units
