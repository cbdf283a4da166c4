"""The warehouse's tables."""

from warehouse.models.book import AccountBook, BookItem, BookMovement
from warehouse.models.dispatch import DispatchLine, DispatchOrder, Reservation, UnitIdentity
from warehouse.models.ownership import OwnershipTransfer
from warehouse.models.papers import BookDocument
from warehouse.models.receipts import AllocationShare, Lot, Receipt, ReceiptLine
from warehouse.models.stock import Holding, Movement

__all__ = [
    "AccountBook",
    "AllocationShare",
    "BookDocument",
    "BookItem",
    "BookMovement",
    "DispatchLine",
    "DispatchOrder",
    "Holding",
    "Lot",
    "Movement",
    "OwnershipTransfer",
    "Receipt",
    "ReceiptLine",
    "Reservation",
    "UnitIdentity",
]
