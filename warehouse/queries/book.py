"""The account book beside the shelves."""

from dataclasses import dataclass

from django.db.models import F, Sum

from core.models import Party
from warehouse.domain.book import BookStep, Counters, Reconciliation
from warehouse.models import BookItem, BookMovement, Receipt
from warehouse.reconciling import reconciled


@dataclass(frozen=True)
class BookPosition:
    """One item of an account book beside the shelves."""

    item_id: int
    book: str
    item_no: int
    gtin: str
    product: str
    product_zh: str
    reconciliation: Reconciliation

    @property
    def counters(self) -> Counters:
        """The item's four counters."""
        return self.reconciliation.counters


def book_positions(operator: Party) -> list[BookPosition]:
    """Each item of the account books of an operator's pools beside the shelves. Four queries."""
    items = BookItem.objects.select_related("book", "product").filter(
        book__pool__operator_id=operator.pk
    )
    return [
        BookPosition(
            item_id=item.pk,
            book=item.book.number,
            item_no=item.item_no,
            gtin=item.product.gtin,
            product=item.product.name,
            product_zh=item.product.name_zh,
            reconciliation=row,
        )
        for item, row in reconciled(items.order_by("book__number", "item_no"))
    ]


@dataclass(frozen=True)
class Entry:
    """Units of a counted consignment: announced ones that came, and those in the account book."""

    came: int
    entered: int

    @property
    def is_open(self) -> bool:
        """Whether units came that customs has not accepted."""
        return self.came > self.entered


def entry_of(receipt: Receipt) -> Entry:
    """How much of a receipt the account book has. Two queries."""
    number = receipt.consignment.number
    rows = BookMovement.objects.filter(reference=number, step=BookStep.ACTUAL_IN)
    came = receipt.lines.aggregate(came=Sum(F("expected") - F("short")))["came"]
    return Entry(came or 0, rows.aggregate(units=Sum("units"))["units"] or 0)
