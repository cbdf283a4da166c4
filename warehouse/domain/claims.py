"""Claims for goods that came short or damaged: for how many units, and for how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
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


@dataclass(frozen=True)
class Borne:
    """Who bore what was missing of a counted line.

    ``lost_units`` is what each owner did not get of what it ordered; ``cost_minor`` what each pays
    of the order line. What is missing and nobody lost was the pool's surplus, paid by all of them.
    """

    missing_units: int
    lost_units: Mapping[int, int]
    cost_minor: Mapping[int, int]

    @property
    def weights(self) -> dict[int, int]:
        """By how much each owner is the poorer, as whole numbers in proportion."""
        lost = {owner: units for owner, units in self.lost_units.items() if units}
        paid = sum(self.cost_minor.values())
        surplus = max(self.missing_units - sum(lost.values()), 0)
        owners = lost.keys() | self.cost_minor.keys()
        return {
            owner: lost.get(owner, 0) * max(paid, 1) + surplus * self.cost_minor.get(owner, 0)
            for owner in owners
        }


def shares_of(amount_minor: int, borne: Borne) -> dict[int, int]:
    """An amount by owner, as the loss was borne; adds up exactly. Empty where nobody bore it."""
    weights = {owner: weight for owner, weight in borne.weights.items() if weight}
    return split_in_proportion(amount_minor, weights) if weights else {}
