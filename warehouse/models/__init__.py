"""The warehouse's tables."""

from warehouse.models.book import AccountBook, BookItem, BookMovement
from warehouse.models.dispatch import DispatchLine, DispatchOrder, Reservation, UnitIdentity
from warehouse.models.receipts import AllocationShare, Lot, Receipt, ReceiptLine
from warehouse.models.stock import Holding, Movement

__all__ = [
    "AccountBook",
    "AllocationShare",
    "BookItem",
    "BookMovement",
    "DispatchLine",
    "DispatchOrder",
    "Holding",
    "Lot",
    "Movement",
    "Receipt",
    "ReceiptLine",
    "Reservation",
    "UnitIdentity",
]
