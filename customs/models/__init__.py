"""The tables of the declaring stage."""

from customs.models.batches import DeclarationBatch
from customs.models.declarations import Attempt, CustomsReceipt, Declaration, DeclarationLine
from customs.models.orders import (
    AnnualUse,
    ConsumerOrder,
    ConsumerOrderLine,
    PaymentRecord,
    Waybill,
)

__all__ = [
    "AnnualUse",
    "Attempt",
    "ConsumerOrder",
    "ConsumerOrderLine",
    "CustomsReceipt",
    "Declaration",
    "DeclarationBatch",
    "DeclarationLine",
    "PaymentRecord",
    "Waybill",
]
