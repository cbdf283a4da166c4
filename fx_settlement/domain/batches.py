"""The steps of a settlement batch, from its first draft to its close."""

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

BATCH_STEPS = StateTable(
    {
        "draft": {"lock": "locked", "void": "void"},
        "locked": {"quote": "quoted", "approve": "approved", "void": "void"},
        "quoted": {"quote": "quoted", "approve": "approved", "void": "void"},
        "approved": {
            "convert": "converted",
            "instruct": "instructed",
            "quote": "quoted",
            "void": "void",
        },
        "converted": {"instruct": "instructed", "close": "closed"},
        "instructed": {"accept": "accepted", "part_reject": "part_rejected", "settle": "settled"},
        "accepted": {"part_reject": "part_rejected", "settle": "settled"},
        "part_rejected": {"settle": "settled"},
        "settled": {"allocate": "allocated"},
        "allocated": {"close": "closed"},
    }
)
"""Once currency is bought there is no way back: mistakes are corrected by further transfers.
A new quote on an approved batch takes the approval away. What the bank rejects waits for the next
batch. Which of two ways a batch takes, :func:`allowed_steps` says."""

BATCH_ORDER = (
    "draft", "locked", "quoted", "approved", "converted", "instructed", "accepted",
    "part_rejected", "settled", "allocated", "closed",
)  # fmt: skip

IN_PREPARATION = ("draft", "locked", "quoted", "approved")
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


class ReasonNeeded(Refusal):
    """Raised when a dearer offer, or the only one, is taken without saying why."""

    code = "reason-needed"
    reason = "Batch {batch}: {why}."
    remedy = "Ask another bank for a rate, or say why this offer is taken; it is kept on record."


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


def allowed_steps(state: str, *, is_buying: bool, to_buy_minor: int) -> tuple[str, ...]:
    """The steps that a batch may take from a state, sorted.

    A batch with nothing to buy is approved without a quote and sent without a conversion; one
    that only buys is closed once it has bought.
    """
    barred: dict[str, set[str]] = {"converted": {"instruct" if is_buying else "close"}}
    if to_buy_minor > 0:
        barred |= {"locked": {"approve"}, "approved": {"instruct"}}
    else:
        barred |= {"locked": {"quote"}, "approved": {"quote", "convert"}}
    closed = barred.get(state, set())
    return tuple(step for step in BATCH_STEPS.allowed(state) if step not in closed)
