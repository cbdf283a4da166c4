"""The steps of rounds, purchase orders and consignments."""

from core.domain.transitions import StateTable

ROUND_STEPS = StateTable(
    {
        "open": {"fill": "filling", "lock": "locked", "consolidate": "consolidated"},
        "filling": {"lock": "locked", "consolidate": "consolidated"},
        "locked": {"consolidate": "consolidated"},
        "consolidated": {"place": "ordered"},
    }
)
ORDER_STEPS = StateTable(
    {"draft": {"place": "placed"}, "placed": {"ship": "shipped"}, "shipped": {"arrive": "arrived"}}
)
CONSIGNMENT_STEPS = StateTable({"departed": {"arrive": "arrived"}})
QUOTE_REQUEST_STEPS = StateTable({"open": {"award": "awarded", "close": "closed"}})
AMENDMENT_STEPS = StateTable({"proposed": {"accept": "accepted", "decline": "declined"}})
RECORD_STEPS = StateTable(
    {
        "submitted": {"confirm": "confirmed", "return": "returned"},
        "confirmed": {"supersede": "superseded"},
    }
)
