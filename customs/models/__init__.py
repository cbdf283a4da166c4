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
from customs.models.sheets import OrderSheet
from customs.models.tariff import TariffMeasure

__all__ = [
    "AnnualUse",
    "Attempt",
    "ConsumerOrder",
    "ConsumerOrderLine",
    "CustomsReceipt",
    "Declaration",
    "DeclarationBatch",
    "DeclarationLine",
    "OrderSheet",
    "PaymentRecord",
    "TariffMeasure",
    "Waybill",
]
