"""Writes of plan and buy, in the order in which goods are planned, bought and shipped."""

from imports.services.catalogue import PriceInOtherCurrency, add_offer, add_product
from imports.services.consignments import arrive, ship_order
from imports.services.drafts import (
    DraftChangedMeanwhile,
    NothingToSubmit,
    Review,
    RowEdit,
    RowSaved,
    discard_draft,
    eligible_products,
    review_draft,
    save_draft,
    submit_draft,
)
from imports.services.forecasts import (
    UploadAlreadyPublished,
    UploadNeedsFixing,
    publish,
    send_forecast,
    template_rows,
    upload_forecast,
)
from imports.services.rounds import (
    FillRow,
    MonthsAlreadyInRound,
    consolidate_round,
    fill_of,
    open_round,
    place_orders,
)
from imports.services.tariffs import load_tariffs

__all__ = [
    "DraftChangedMeanwhile",
    "FillRow",
    "MonthsAlreadyInRound",
    "NothingToSubmit",
    "PriceInOtherCurrency",
    "Review",
    "RowEdit",
    "RowSaved",
    "UploadAlreadyPublished",
    "UploadNeedsFixing",
    "add_offer",
    "add_product",
    "arrive",
    "consolidate_round",
    "discard_draft",
    "eligible_products",
    "fill_of",
    "load_tariffs",
    "open_round",
    "place_orders",
    "publish",
    "review_draft",
    "save_draft",
    "send_forecast",
    "ship_order",
    "submit_draft",
    "template_rows",
    "upload_forecast",
]
