"""The steps of a settlement batch, from its first draft to its close."""

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

BATCH_STEPS = StateTable(
    {
        "draft": {"lock": "locked", "void": "void"},
        "locked": {"quote": "quoted", "void": "void"},
        "quoted": {"quote": "quoted", "approve": "approved", "void": "void"},
        "approved": {"convert": "converted", "quote": "quoted", "void": "void"},
        "converted": {"settle": "settled"},
        "settled": {"allocate": "allocated"},
        "allocated": {"close": "closed"},
    }
)
"""Once currency is bought there is no way back: mistakes are corrected by further transfers.
A new quote on an approved batch takes the approval away."""

BATCH_ORDER = (
    "draft", "locked", "quoted", "approved", "converted", "settled", "allocated", "closed",
)  # fmt: skip

LIVE_STATES = BATCH_ORDER[:-1]


class MakerIsChecker(Refusal):
    """Raised when a batch would be approved by the one who locked it."""

    code = "maker-is-checker"
    reason = "Batch {batch} was locked by the same person who now approves it."
    remedy = "Ask a second person to approve it."


class BatchChangedMeanwhile(Refusal):
    """Raised when somebody else moved the batch since it was read."""

    code = "batch-changed-meanwhile"
    reason = "Batch {batch} was changed by somebody else since you looked at it."
    remedy = "Open the batch again and repeat the step if it still makes sense."


class NothingToPay(Refusal):
    """Raised when no supplier is owed anything after its credit notes."""

    code = "nothing-to-pay"
    reason = "Nothing is due in {currency}: no supplier's invoices exceed its credit notes."
    remedy = "Wait for the next receipt, or pay another currency."


class QuoteExpired(Refusal):
    """Raised when a rate is used after the bank stopped holding it."""

    code = "quote-expired"
    reason = "The quote for batch {batch} was held until {valid_before}."
    remedy = "Ask for a new quote and have it approved."


def has_reached(state: str, target: str) -> bool:
    """Whether a batch has already been through ``target``, so that repeating the step is idle."""
    if state not in BATCH_ORDER:
        return False
    return BATCH_ORDER.index(state) >= BATCH_ORDER.index(target)
