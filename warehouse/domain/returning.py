"""Goods that come back from consumers into the zone (二次入区): clocks, grades, outcomes."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

APPLY_WITHIN = timedelta(days=30)
ARRIVE_WITHIN = timedelta(days=45)
"""From the day of release: the return is applied for, and the goods are back in the zone.

Within both, taxes are not levied and the consumer's year is restored.
Source: GACC announcement 2018 No. 194, article on returns; in force 2019-01-01."""

WARN_BEFORE = timedelta(days=7)

RETURN_STEPS = StateTable(
    {
        "announced": {"arrive": "arrived", "cancel": "cancelled"},
        "arrived": {"restock": "restocked", "dispose": "to_dispose"},
    }
)


class MoreReturnedThanSent(Refusal):
    """Raised when more units are to come back than the parcel carried."""

    code = "more-returned-than-sent"
    reason = "The parcel carried {sent} units of this lot, {returned} are announced back already."
    remedy = "Announce {left} units or fewer."


class NotSentYet(Refusal):
    """Raised when a return is announced for a parcel that has not left."""

    code = "not-sent-yet"
    reason = "Parcel {number} has not left; nothing of it can come back."
    remedy = "Cancel the parcel instead."


class TooLateToApply(Refusal):
    """Raised when a return is applied for after its days."""

    code = "too-late-to-apply"
    reason = "A return of this parcel could be applied for until {until}."
    remedy = "Settle it with the consumer outside of the bonded return."


class DoesNotSell(Refusal):
    """Raised when goods that are not as new are to go back on the shelves."""

    code = "does-not-sell"
    reason = "Grade “{grade}” does not go back on sale."
    remedy = "Choose to dispose of the units, or inspect them again."


class ReturnedAs(StrEnum):
    """What an inspection found."""

    SEALED = "sealed"
    OPENED = "opened"
    DAMAGED = "damaged"


SELLS_AGAIN = frozenset({ReturnedAs.SEALED})


class Urgency(StrEnum):
    """How a clock stands."""

    IN_TIME = "in_time"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True)
class Clocks:
    """The last days of a return, from the day of release."""

    released_on: date

    @property
    def apply_until(self) -> date:
        """The last day of applying."""
        return self.released_on + APPLY_WITHIN

    @property
    def arrive_until(self) -> date:
        """The last day of arriving in the zone."""
        return self.released_on + ARRIVE_WITHIN

    def urgency(self, on: date) -> Urgency:
        """Where the goods' own clock stands on a day."""
        if on > self.arrive_until:
            return Urgency.LATE
        return Urgency.SOON if on > self.arrive_until - WARN_BEFORE else Urgency.IN_TIME
