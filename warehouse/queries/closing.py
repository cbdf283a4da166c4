"""What an account book's close rests on: the cycle's lists, and what is behind differences."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, QuerySet, Sum

from core.models import Party
from warehouse.domain.book import BookStep
from warehouse.domain.closing import Cause, CauseKind, Outcome, outcome
from warehouse.domain.stock import MovementKind
from warehouse.models import (
    AccountBook,
    BookClose,
    BookItem,
    BookMovement,
    CloseLine,
    DispatchOrder,
    Lot,
    Movement,
)
from warehouse.models.papers import BookDocument
from warehouse.models.receipts import ARRIVED

_OUT = (
    MovementKind.SHIP,
    MovementKind.DESTROY,
    MovementKind.SEND_ABROAD,
    MovementKind.SAMPLE,
    MovementKind.LEAVE_ZONE,
)


def causes(item_ids: list[int]) -> dict[int, list[Cause]]:
    """By book item: every movement that shelf and book do not share, with its day. Six queries."""
    found: dict[int, list[Cause]] = defaultdict(list)
    for item_id, cause in (*_left(item_ids), *_counted(item_ids), *_arrived(item_ids)):
        found[item_id].append(cause)
    return found


def _left(item_ids: list[int]) -> list[tuple[int, Cause]]:
    """Parcels and documents that left and were not written off alike, either way."""
    moved = Movement.objects.filter(lot__book_item__in=item_ids, kind__in=_OUT).order_by()
    left = {
        (item_id, reference): (units, on, first)
        for item_id, reference, units, on, first in moved.values_list(
            "lot__book_item_id", "reference"
        ).annotate(Sum("units"), Min("moved_on"), Min("pk"))
    }
    booked = BookMovement.objects.filter(item__in=item_ids, step=BookStep.ACTUAL_OUT).order_by()
    off = {
        (item_id, reference): (units, on)
        for item_id, reference, units, on in booked.values_list("item_id", "reference").annotate(
            Sum("units"), Min("booked_on")
        )
    }
    rows = []
    for key in sorted(left.keys() | off.keys()):
        gone, on, movement_id = left.get(key, (0, None, None))
        written, booked_on = off.get(key, (0, None))
        if gone > written:
            kind = CauseKind.LEFT_NOT_WRITTEN_OFF
            rows.append((key[0], Cause(kind, written - gone, on, key[1], movement_id)))
        elif written > gone:
            kind = CauseKind.WRITTEN_OFF_NOT_LEFT
            rows.append((key[0], Cause(kind, written - gone, booked_on, key[1], movement_id)))
    return rows


def _counted(item_ids: list[int]) -> list[tuple[int, Cause]]:
    """Units that counts of the cycle missed or found."""
    kinds = {
        MovementKind.MISS: (CauseKind.MISSED_AT_A_COUNT, -1),
        MovementKind.FIND: (CauseKind.FOUND_AT_A_COUNT, 1),
    }
    rows = Movement.objects.filter(lot__book_item__in=item_ids, kind__in=kinds).order_by("pk")
    found = []
    for pk, item_id, kind, units, on, reference in rows.values_list(
        "pk", "lot__book_item_id", "kind", "units", "moved_on", "reference"
    ):
        name, sign = kinds[MovementKind(kind)]
        found.append((item_id, Cause(name, sign * units, on, reference, pk)))
    return found


def _arrived(item_ids: list[int]) -> list[tuple[int, Cause]]:
    """Units of a consignment that came and are not booked, or are booked and did not come."""
    rows = Lot.objects.filter(book_item__in=item_ids).order_by()
    came = {
        (item_id, number): (units, on)
        for item_id, number, units, on in rows.values_list(
            "book_item_id", "receipt_line__receipt__consignment__number"
        ).annotate(came=Sum(ARRIVED), first=Min("received_on"))
    }
    back = Movement.objects.filter(lot__book_item__in=item_ids, kind=MovementKind.RETURN).order_by()
    for item_id, reference, units, on in back.values_list(
        "lot__book_item_id", "reference"
    ).annotate(Sum("units"), Min("moved_on")):
        before, first = came.get((item_id, reference), (0, on))
        came[item_id, reference] = (before + units, first)
    booked = BookMovement.objects.filter(item__in=item_ids, step=BookStep.ACTUAL_IN).order_by()
    written = {
        (item_id, reference): (units, on)
        for item_id, reference, units, on in booked.values_list("item_id", "reference").annotate(
            Sum("units"), Min("booked_on")
        )
    }
    found = []
    for key in sorted(came.keys() | written.keys()):
        units, on = came.get(key, (0, None))
        known, booked_on = written.get(key, (0, None))
        if units != known:
            cause = Cause(CauseKind.ARRIVED_NOT_BOOKED, units - known, on or booked_on, key[1])
            found.append((key[0], cause))
    return found


@dataclass(frozen=True)
class ListRow:
    """One list of the cycle as the book knows it: units of an item, in or out, under a number."""

    on: date
    reference: str
    item_no: int
    gtin: str
    step: str
    units: int


def lists_of(book: AccountBook) -> list[ListRow]:
    """Every list by which units were entered or deducted in a book's cycle. One query."""
    rows = BookMovement.objects.filter(
        item__book=book, step__in=(BookStep.ACTUAL_IN, BookStep.ACTUAL_OUT)
    ).order_by("booked_on", "pk")
    return [
        ListRow(*row)
        for row in rows.values_list(
            "booked_on", "reference", "item__item_no", "item__product__gtin", "step", "units"
        )
    ]


@dataclass(frozen=True)
class LossRow:
    """Units that were destroyed in a cycle, with the document behind it."""

    on: date | None
    number: str
    item_no: int
    gtin: str
    units: int
    reason: str


def losses_of(book: AccountBook) -> list[LossRow]:
    """What was destroyed of a book's items, by document. One query."""
    rows = BookDocument.objects.filter(
        lot__book_item__book=book, kind="destruction", executed_on__isnull=False
    ).order_by("executed_on", "pk")
    return [
        LossRow(*row)
        for row in rows.values_list(
            "executed_on",
            "number",
            "lot__book_item__item_no",
            "lot__product__gtin",
            "units",
            "reason",
        )
    ]


@dataclass(frozen=True)
class CloseRow:
    """One item of a close; numbers of the book are empty until the count is in."""

    line_id: int
    item_no: int
    gtin: str
    product: str
    product_zh: str
    counted_units: int | None
    book_units: int | None
    reason: str
    tax_minor: int | None
    assessed_minor: int | None
    tax_because: str
    causes: tuple[Cause, ...]

    @property
    def difference(self) -> int:
        """Units counted beyond the book."""
        return (self.counted_units or 0) - (self.book_units or 0)

    @property
    def outcome(self) -> Outcome:
        """What customs does with it."""
        return outcome(self.difference, self.reason)


def close_rows(close: BookClose) -> list[CloseRow]:
    """The items of a close with the causes of their differences. Two queries."""
    behind: dict[int, list[Cause]] = defaultdict(list)
    lines = CloseLine.objects.filter(close=close).select_related("item__product")
    for line in lines.prefetch_related("causes"):
        for cause in line.causes.all():
            behind[line.pk].append(
                Cause(
                    CauseKind(cause.kind),
                    cause.units,
                    cause.on,
                    cause.reference,
                    cause.movement_id,
                )
            )
    return [
        CloseRow(
            line_id=line.pk,
            item_no=line.item.item_no,
            gtin=line.item.product.gtin,
            product=line.item.product.name,
            product_zh=line.item.product.name_zh,
            counted_units=line.counted_units,
            book_units=line.book_units,
            reason=line.reason,
            tax_minor=line.tax_minor,
            assessed_minor=line.assessed_minor,
            tax_because=line.tax_because,
            causes=tuple(sorted(behind[line.pk], key=lambda each: (each.on, each.reference))),
        )
        for line in lines.order_by("item__item_no")
    ]


def books_of(operator: Party) -> QuerySet[AccountBook]:
    """The account books of an operator's pools: the gate in front of every close."""
    return AccountBook.objects.filter(pool__operator_id=operator.pk)


def closes_of(operator: Party) -> QuerySet[BookClose]:
    """The closes of an operator's pools."""
    return BookClose.objects.filter(book__pool__operator_id=operator.pk).select_related("book")


def shortages_of(operator: Party) -> QuerySet[CloseLine]:
    """Lines of an operator's counted closes that lack units: the gate in front of their tax."""
    rows: QuerySet[CloseLine] = CloseLine.objects.filter(
        close__in=closes_of(operator), counted_units__lt=F("book_units")
    )
    return rows.select_related("close__book__pool", "item__product").order_by(
        "-close_id", "item__item_no"
    )


def items_of(book: AccountBook) -> QuerySet[BookItem]:
    """The items of a book, by number."""
    return BookItem.objects.filter(book=book).order_by("item_no")


def open_parcels(operator: Party) -> int:
    """Parcels picked and not shipped, which a closing count should not meet. One query."""
    return DispatchOrder.objects.filter(
        state="picked", lines__lot__book_item__book__pool__operator_id=operator.pk
    ).count()
