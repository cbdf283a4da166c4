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
    review_draft,
    save_draft,
    submit_draft,
)
from imports.services.filling import FillRow, fill_of
from imports.services.fitness import eligible_products
from imports.services.forecasts import (
    UploadAlreadyPublished,
    UploadNeedsFixing,
    UploadStillRead,
    publish,
    read_sheet,
    send_forecast,
    sheet_of,
    take_sheet,
    template_rows,
    upload_forecast,
)
from imports.services.lists import load_lists
from imports.services.planning import plan_purchase
from imports.services.records import (
    GtinTaken,
    NotAnImage,
    ReasonMissing,
    RecordWaits,
    SkuTaken,
    UnitUnknown,
    add_image,
    confirm_record,
    register_gtin,
    register_product,
    return_record,
    submit_record,
)
from imports.services.rounds import (
    MonthsAlreadyInRound,
    PlansChangedMeanwhile,
    consolidate_round,
    open_round,
    place_orders,
)
from imports.services.tariffs import load_tariffs

__all__ = [
    "DraftChangedMeanwhile",
    "FillRow",
    "GtinTaken",
    "MonthsAlreadyInRound",
    "NotAnImage",
    "NothingToSubmit",
    "PlansChangedMeanwhile",
    "PriceInOtherCurrency",
    "ReasonMissing",
    "RecordWaits",
    "Review",
    "RowEdit",
    "RowSaved",
    "SkuTaken",
    "UnitUnknown",
    "UploadAlreadyPublished",
    "UploadNeedsFixing",
    "UploadStillRead",
    "add_image",
    "add_offer",
    "add_product",
    "arrive",
    "confirm_record",
    "consolidate_round",
    "discard_draft",
    "eligible_products",
    "fill_of",
    "load_lists",
    "load_tariffs",
    "open_round",
    "place_orders",
    "plan_purchase",
    "publish",
    "read_sheet",
    "register_gtin",
    "register_product",
    "return_record",
    "review_draft",
    "save_draft",
    "send_forecast",
    "sheet_of",
    "ship_order",
    "submit_draft",
    "submit_record",
    "take_sheet",
    "template_rows",
    "upload_forecast",
]
