"""Tables of plan and buy."""

from imports.models.catalogue import PriceTier, Product, SupplierOffer, SupplierRebate
from imports.models.commitments import (
    Commitment,
    Departure,
    LotSeen,
    RoundMember,
    UnitsDrawn,
)
from imports.models.consignments import Consignment, ConsignmentCharge, ConsignmentLine
from imports.models.demand import PlanScore
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
from imports.models.shipping import (
    ExpectedArrival,
    NoticeContainer,
    OrderAmendment,
    OrderAmendmentLine,
    ShippingNotice,
    ShippingNoticeLine,
    ShippingPaper,
)
from imports.models.staging import StagedLine
from imports.models.supplier_links import SupplierContact, SupplierLink
from imports.models.supply import (
    BlanketAgreement,
    Certificate,
    Quote,
    QuoteAward,
    QuoteInvitation,
    QuoteRequest,
    QuoteRequestLine,
    QuoteTier,
    SupplierAddress,
)
from imports.models.tariff_revisions import TariffRevision
from imports.models.tariffs import TariffRow

__all__ = [
    "BlanketAgreement",
    "BuyUpTried",
    "Certificate",
    "Commitment",
    "Consignment",
    "ConsignmentCharge",
    "ConsignmentLine",
    "Departure",
    "DraftLine",
    "ExpectedArrival",
    "ForecastLine",
    "ForecastUpload",
    "GoodsImage",
    "GoodsRecord",
    "GoodsWord",
    "GtinRegistration",
    "LotSeen",
    "NoticeContainer",
    "OrderAmendment",
    "OrderAmendmentLine",
    "OrderShare",
    "PlanScore",
    "PlanningTerms",
    "PositiveListLine",
    "PriceTier",
    "Product",
    "ProductFamily",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Quote",
    "QuoteAward",
    "QuoteInvitation",
    "QuoteRequest",
    "QuoteRequestLine",
    "QuoteTier",
    "Round",
    "RoundMember",
    "RoundPlan",
    "RoundShare",
    "ShippingNotice",
    "ShippingNoticeLine",
    "ShippingPaper",
    "StagedLine",
    "SupplierAddress",
    "SupplierContact",
    "SupplierLink",
    "SupplierOffer",
    "SupplierRebate",
    "TariffRevision",
    "TariffRow",
    "TradeMeasureLine",
    "UnitsDrawn",
    "Variant",
]
