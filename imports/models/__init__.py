"""Tables of plan and buy."""

from imports.models.catalogue import PriceTier, Product, SupplierOffer
from imports.models.consignments import Consignment, ConsignmentCharge, ConsignmentLine
from imports.models.drafts import DraftLine
from imports.models.forecasts import ForecastLine, ForecastUpload
from imports.models.orders import OrderShare, PurchaseOrder, PurchaseOrderLine, Round
from imports.models.tariffs import TariffRow

__all__ = [
    "Consignment",
    "ConsignmentCharge",
    "ConsignmentLine",
    "DraftLine",
    "ForecastLine",
    "ForecastUpload",
    "OrderShare",
    "PriceTier",
    "Product",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Round",
    "SupplierOffer",
    "TariffRow",
]
