"""Reads of plan and buy: plain rows, never querysets."""

from imports.queries.orders import (
    ChargeRow,
    ConsignmentRow,
    OrderLineRow,
    OrderRow,
    RoundRow,
    ShareRow,
    charges_of,
    consignments_of,
    order_lines,
    order_row,
    orders_of,
    rounds,
    shares_of,
)
from imports.queries.plans import (
    AskRow,
    PlanRow,
    UploadRow,
    asks,
    catalogue,
    offers,
    plan_of,
    uploads_of,
)
from imports.queries.tariffs import tariff_book, terms

__all__ = [
    "AskRow",
    "ChargeRow",
    "ConsignmentRow",
    "OrderLineRow",
    "OrderRow",
    "PlanRow",
    "RoundRow",
    "ShareRow",
    "UploadRow",
    "asks",
    "catalogue",
    "charges_of",
    "consignments_of",
    "offers",
    "order_lines",
    "order_row",
    "orders_of",
    "plan_of",
    "rounds",
    "shares_of",
    "tariff_book",
    "terms",
    "uploads_of",
]
