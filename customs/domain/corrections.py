"""Withdrawing a declaration and sending goods back: states, time limits, and what is given back.

A withdrawal (撤销) is asked for before customs releases, a return (退货) after it. Both are asked
in a message of their own and answered in their own receipts. A granted withdrawal gives back
everything at once; a granted return does when the goods are back in the zone in time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

CANCEL, RETURN = "cancel", "return"

ASKED, ACCEPTED, GRANTED, REFUSED = "asked", "accepted", "granted", "refused"
SETTLED, LATE = "settled", "late"

CORRECTION_STEPS = StateTable(
    {
        ASKED: {ACCEPTED: ACCEPTED, GRANTED: GRANTED, REFUSED: REFUSED},
        ACCEPTED: {GRANTED: GRANTED, REFUSED: REFUSED},
        GRANTED: {"settle": SETTLED, "miss": LATE},
    }
)
"""Steps of a withdrawal or return; answers of customs are named after the state they lead to."""

OPEN = frozenset({ASKED, ACCEPTED, GRANTED})
"""States in which something may still come of it; taxes are not paid over meanwhile."""


class TooLateToReturn(Refusal):
    """Raised when a return is asked for after its last day."""

    code = "too-late-to-return"
    reason = "Customs released the goods on {released_on}; a return was to be asked for by {until}."
    remedy = "Take the goods back outside customs: the taxes stay due."


class MoreThanWasSent(Refusal):
    """Raised when more units are to come back than were declared and are not back already."""

    code = "more-than-was-sent"
    reason = "Line {line}: {left} units can still come back; {asked} were to."
    remedy = "Ask for {left} units or fewer."


class NothingComesBack(Refusal):
    """Raised when a return names no units."""

    code = "nothing-comes-back"
    reason = "The return of declaration {number} names no units."
    remedy = "Say how many units of which line come back."


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """Days after release by which things must happen, with the rule's source."""

    asked_within: int
    back_within: int
    collected_from: int
    collected_until: int
    source: str

    def last_day_to_ask(self, released_on: date) -> date:
        """The last day on which a return may be asked for."""
        return released_on + timedelta(days=self.asked_within)

    def last_day_back(self, released_on: date) -> date:
        """The last day on which goods may be back in the zone without tax."""
        return released_on + timedelta(days=self.back_within)

    def collected(self, released_on: date) -> tuple[date, date]:
        """First and last day on which taxes are paid to customs."""
        first, last = self.collected_from, self.collected_until
        return released_on + timedelta(days=first), released_on + timedelta(days=last)

    def refuse_late(self, released_on: date, on: date) -> None:
        """Refuse to ask for a return after its last day.

        Raises:
            TooLateToReturn: the day is past.
        """
        until = self.last_day_to_ask(released_on)
        if on > until:
            raise TooLateToReturn(released_on=released_on.isoformat(), until=until.isoformat())


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a territory says of withdrawals and returns."""

    terms: Callable[[date], ReturnTerms]
    meaning: Callable[[str], str | None]
    """The state that a status leads to; None where it only says that all is under way."""


def after_correction(state: str, answer: str | None) -> str:
    """The state after an answer; the same where it is old, repeated, lower or says nothing."""
    if answer is not None and answer in CORRECTION_STEPS.allowed(state):
        return CORRECTION_STEPS.next(state, answer)
    return state


@dataclass(frozen=True, slots=True)
class LineBack:
    """A declared line with what of it is back; amounts in whole minor units."""

    line_no: int
    units: int
    back_before: int
    back_now: int
    value_minor: int
    tax_minor: int


def part_given_back(lines: Iterable[LineBack]) -> tuple[int, int]:
    """Value and taxes that units coming back now give back.

    A line's part is cut to the whole minor unit for all units back so far, less what earlier
    returns gave; so that several returns of a line give exactly what one would.
    """
    rows = list(lines)
    value = sum(_grown(row.value_minor, row) for row in rows)
    return value, sum(_grown(row.tax_minor, row) for row in rows)


def _grown(whole: int, row: LineBack) -> int:
    after = row.back_before + row.back_now
    return whole * after // row.units - whole * row.back_before // row.units


def collected_part(collected_minor: int, assessed_minor: int, back_minor: int) -> int:
    """What of the taxes collected belongs to assessed taxes that were given back."""
    return collected_minor * back_minor // assessed_minor if assessed_minor else 0
