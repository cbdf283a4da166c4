"""Claims for goods that came short or damaged: for how many units, and for how much."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.transitions import StateTable


class NothingToClaim(Refusal):
    """Raised when a counted line lacks nothing of the kind that is claimed."""

    code = "nothing-to-claim"
    reason = "No unit of this line came “{cause}”."
    remedy = "Claim what the count says: short or damaged units."


class MoreThanClaimed(Refusal):
    """Raised when an answer grants more than was claimed, or less than nothing."""

    code = "more-than-claimed"
    reason = "{claimed} were claimed; an answer of {accepted} does not fit."
    remedy = "Write what was granted of this claim, from nothing to {claimed}."


class Cause(StrEnum):
    """Why a claim is made."""

    SHORT = "short"
    DAMAGED = "damaged"


class Against(StrEnum):
    """Of whom the loss is claimed."""

    SUPPLIER = "supplier"
    INSURER = "insurer"


CLAIM_STEPS = StateTable({"made": {"accept": "accepted", "decline": "declined"}})


@dataclass(frozen=True)
class Loss:
    """Units of a counted line that are claimed, and their price in the order's minor units."""

    units: int
    amount_minor: int


def loss_of(cause: Cause, *, short: int, damaged: int, unit_price_minor: int) -> Loss:
    """What a line's count lets one claim for a cause: its units at the order's price.

    Raises:
        NothingToClaim: the count has none.
    """
    units = short if cause is Cause.SHORT else damaged
    if not units:
        raise NothingToClaim(cause=cause)
    return Loss(units, units * unit_price_minor)
