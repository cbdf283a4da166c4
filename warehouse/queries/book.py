"""The account book beside the shelves."""

from dataclasses import dataclass

from core.models import Party
from warehouse.domain.book import Counters, Reconciliation
from warehouse.models import BookItem
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
    """Each item of the account books of an operator's pools beside the shelves. Six queries."""
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
