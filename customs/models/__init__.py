"""The tables of the declaring stage."""

from customs.models.batches import DeclarationBatch
from customs.models.corrections import Correction, CorrectionAnswer, CorrectionLine, TaxBill
from customs.models.credit import CreditGrade
from customs.models.declarations import Attempt, CustomsReceipt, Declaration, DeclarationLine
from customs.models.guard import GuardCase, OrderTrace, PersonQuantity
from customs.models.inspection import InspectionGrant
from customs.models.mending import Mending
from customs.models.orders import (
    AnnualUse,
    ConsumerOrder,
    ConsumerOrderLine,
    PaymentRecord,
    Waybill,
)
from customs.models.payments import PaperAnswer, PaymentLeg, PaymentSplit, PaymentStep
from customs.models.sheets import OrderSheet
from customs.models.tariff import TariffMeasure
from customs.models.zone import ListedGoods, Load, ZonePaper

__all__ = [
    "AnnualUse",
    "Attempt",
    "ConsumerOrder",
    "ConsumerOrderLine",
    "Correction",
    "CorrectionAnswer",
    "CorrectionLine",
    "CreditGrade",
    "CustomsReceipt",
    "Declaration",
    "DeclarationBatch",
    "DeclarationLine",
    "GuardCase",
    "InspectionGrant",
    "ListedGoods",
    "Load",
    "Mending",
    "OrderSheet",
    "OrderTrace",
    "PaperAnswer",
    "PaymentLeg",
    "PaymentRecord",
    "PaymentSplit",
    "PaymentStep",
    "PersonQuantity",
    "TariffMeasure",
    "TaxBill",
    "Waybill",
    "ZonePaper",
]
