"""What an importer is bound to: when a round's plan may still change, and by how much."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from core.domain.errors import Refusal
from imports.domain.consolidation import Ask


class RoundIsLocked(Refusal):
    """Raised when a plan is changed that its round has locked."""

    code = "round-is-locked"
    reason = "Round {round_code} was locked on {on}; its units are bought as they stand."
    remedy = "Plan the change for a later round, or sell what is too much in the pool."


class OutsideBand(Refusal):
    """Raised when a submitted plan is changed by more than the pool allows."""

    code = "outside-band"
    reason = "{units} units are outside {low} to {high}, as {submitted} were submitted."
    remedy = "Stay between {low} and {high} units, or wait for the fill phase to take more."


class DoesNotReduceMissing(Refusal):
    """Raised when an edit of the fill phase does not bring the pool nearer to a pack or tier."""

    code = "does-not-reduce-missing"
    reason = "{more} units more do not reduce what is missing: {missing} units of {sku} are."
    remedy = "Take 1 to {missing} units more; less is not possible any more in the fill phase."


class BeyondTolerance(Refusal):
    """Raised when an importer tops up by more than it said that it would take."""

    code = "beyond-tolerance"
    reason = "{more} units more are above your open tolerance of {tolerance} units of {sku}."
    remedy = "Take {tolerance} units or fewer; tolerance is fixed when the round is submitted."


class DatesOutOfOrder(Refusal):
    """Raised when the deadlines of a round do not follow each other."""

    code = "dates-out-of-order"
    reason = "Plans are due on {submission}, filling starts on {filling}, the lock is on {lock}."
    remedy = "Give all three days, each later than the one before."


@dataclass(frozen=True)
class Deadlines:
    """A round's days: plans are submitted, the fill phase begins, nothing changes any more."""

    submission: date
    filling: date
    lock: date

    def refuse_out_of_order(self) -> None:
        """Raises:
        DatesOutOfOrder: the days do not follow each other.
        """
        if not self.submission < self.filling < self.lock:
            raise DatesOutOfOrder(submission=self.submission, filling=self.filling, lock=self.lock)


@dataclass(frozen=True)
class Band:
    """By how many percent submitted units may be raised and cut before the fill phase."""

    raise_percent: int
    cut_percent: int

    def limits(self, submitted: int) -> tuple[int, int]:
        """The fewest and the most units that a plan may be changed to."""
        low = ceil(Fraction(submitted * (100 - self.cut_percent), 100))
        return low, floor(Fraction(submitted * (100 + self.raise_percent), 100))

    def refuse_outside(self, units: int, submitted: int) -> None:
        """Raises:
        OutsideBand: the units are below or above what is open.
        """
        low, high = self.limits(submitted)
        if not low <= units <= high:
            raise OutsideBand(units=units, submitted=submitted, low=low, high=high)


def topped_up(ask: Ask, more: int, *, missing: int, sku: str) -> Ask:
    """What is asked after taking more in the fill phase: units out of the tolerance.

    Raises:
        DoesNotReduceMissing: not one unit more, or more than is missing.
        BeyondTolerance: more than the importer said that it would take.
    """
    if not 1 <= more <= missing:
        raise DoesNotReduceMissing(more=more, missing=missing, sku=sku)
    if more > ask.tolerance_units:
        raise BeyondTolerance(more=more, tolerance=ask.tolerance_units, sku=sku)
    return Ask(ask.units + more, ask.tolerance_units - more)
