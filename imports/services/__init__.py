"""Writes of plan and buy, in the order in which goods are planned, bought and shipped."""

from imports.services.calendar import (
    lock_round,
    move_rounds,
    start_filling,
)
from imports.services.catalogue import (
    PriceInOtherCurrency,
    add_offer,
    add_product,
)
from imports.services.certificates import (
    certificate,
    certificate_job,
    order_certificate,
)
from imports.services.commitments import (
    AlreadySubmitted,
    NotInRound,
    NotSubmittedYet,
    band_of,
    join_round,
    revise,
    state_on,
    submit_round,
    top_up,
)
from imports.services.consignments import (
    arrive,
    ship_order,
)
from imports.services.departing import (
    LeftAlready,
    depart,
)
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
from imports.services.effects import (
    Effect,
    effect_of,
)
from imports.services.exposure import (
    limit_of,
)
from imports.services.filling import (
    ContainerRow,
    FillRow,
    containers_of,
    fill_of,
    own_fillings,
)
from imports.services.fitness import (
    eligible_products,
)
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
from imports.services.lists import (
    load_lists,
)
from imports.services.planning import (
    plan_purchase,
)
from imports.services.quotes import (
    LineAwarded,
    NothingToQuote,
    QuoteTerms,
    RequestIsOver,
    answer_quotes,
    ask_quotes,
    award_quote,
    invitation_of,
    is_open,
    latest_terms,
    quote_address,
)
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
    NotLockedYet,
    PlansChangedMeanwhile,
    consolidate_round,
    open_round,
    place_orders,
)
from imports.services.scoring import (
    score_rounds,
)
from imports.services.suggesting import (
    ProductSuggestion,
    Suggested,
    accept_suggestions,
    score_plans,
    suggestions,
)
from imports.services.supply import (
    NotAPaper,
    OfferNotLater,
    add_supplier,
    agree,
    enter_offer,
    keep_certificate,
    keep_paper,
    set_address,
)
from imports.services.tariffs import (
    load_tariffs,
)

__all__ = [
    "AlreadySubmitted",
    "ContainerRow",
    "DraftChangedMeanwhile",
    "Effect",
    "FillRow",
    "GtinTaken",
    "LeftAlready",
    "LineAwarded",
    "MonthsAlreadyInRound",
    "NotAPaper",
    "NotAnImage",
    "NotInRound",
    "NotLockedYet",
    "NotSubmittedYet",
    "NothingToQuote",
    "NothingToSubmit",
    "OfferNotLater",
    "PlansChangedMeanwhile",
    "PriceInOtherCurrency",
    "ProductSuggestion",
    "QuoteTerms",
    "ReasonMissing",
    "RecordWaits",
    "RequestIsOver",
    "Review",
    "RowEdit",
    "RowSaved",
    "SkuTaken",
    "Suggested",
    "UnitUnknown",
    "UploadAlreadyPublished",
    "UploadNeedsFixing",
    "UploadStillRead",
    "accept_suggestions",
    "add_image",
    "add_offer",
    "add_product",
    "add_supplier",
    "agree",
    "answer_quotes",
    "arrive",
    "ask_quotes",
    "award_quote",
    "band_of",
    "certificate",
    "certificate_job",
    "confirm_record",
    "consolidate_round",
    "containers_of",
    "depart",
    "discard_draft",
    "effect_of",
    "eligible_products",
    "enter_offer",
    "fill_of",
    "invitation_of",
    "is_open",
    "join_round",
    "keep_certificate",
    "keep_paper",
    "latest_terms",
    "limit_of",
    "load_lists",
    "load_tariffs",
    "lock_round",
    "move_rounds",
    "open_round",
    "order_certificate",
    "own_fillings",
    "place_orders",
    "plan_purchase",
    "publish",
    "quote_address",
    "read_sheet",
    "register_gtin",
    "register_product",
    "return_record",
    "review_draft",
    "revise",
    "save_draft",
    "score_plans",
    "score_rounds",
    "send_forecast",
    "set_address",
    "sheet_of",
    "ship_order",
    "start_filling",
    "state_on",
    "submit_draft",
    "submit_record",
    "submit_round",
    "suggestions",
    "take_sheet",
    "template_rows",
    "top_up",
    "upload_forecast",
]
