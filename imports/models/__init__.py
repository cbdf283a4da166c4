"""Tables of plan and buy."""

from imports.models.catalogue import PriceTier, Product, SupplierOffer, SupplierRebate
from imports.models.consignments import Consignment, ConsignmentCharge, ConsignmentLine
from imports.models.drafts import DraftLine
from imports.models.forecasts import ForecastLine, ForecastUpload
from imports.models.orders import OrderShare, PurchaseOrder, PurchaseOrderLine, Round
from imports.models.records import (
    GoodsImage,
    GoodsRecord,
    GtinRegistration,
    ProductFamily,
    Variant,
)
from imports.models.rounds import BuyUpTried, PlanningTerms, RoundPlan, RoundShare
from imports.models.rules import GoodsWord, PositiveListLine, TradeMeasureLine
from imports.models.staging import StagedLine
from imports.models.tariffs import TariffRow

__all__ = [
    "BuyUpTried",
    "Consignment",
    "ConsignmentCharge",
    "ConsignmentLine",
    "DraftLine",
    "ForecastLine",
    "ForecastUpload",
    "GoodsImage",
    "GoodsRecord",
    "GoodsWord",
    "GtinRegistration",
    "OrderShare",
    "PlanningTerms",
    "PositiveListLine",
    "PriceTier",
    "Product",
    "ProductFamily",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Round",
    "RoundPlan",
    "RoundShare",
    "StagedLine",
    "SupplierOffer",
    "SupplierRebate",
    "TariffRow",
    "TradeMeasureLine",
    "Variant",
]
