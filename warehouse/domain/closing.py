"""Closing an account book's cycle: the count beside the book, and every difference explained.

Source: GACC announcement 2024 No. 174, in force from 2025-01-01: a cycle of at most a year, filed
within 60 days of its end, within 90 with an extension; equal stock closes, a surplus with a reason
raises the book, a shortage with a reason is taxed, one without is handled as an offence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

FILE_WITHIN = timedelta(days=60)
EXTENDED_WITHIN = timedelta(days=90)
LONGEST_CYCLE = timedelta(days=366)

CLOSE_STEPS = StateTable(
    {
        "counting": {"count": "explaining"},
        "explaining": {"file": "filed"},
        "filed": {"accept": "closed"},
    }
)


class CycleTooLong(Refusal):
    """Raised when a cycle of an account book lasts longer than a year."""

    code = "cycle-too-long"
    reason = "The cycle of {book} lasts {days} days; a year is the most."
    remedy = "End the cycle earlier and open the next account book."


class CycleNotEnded(Refusal):
    """Raised when a cycle is closed before its last day."""

    code = "cycle-not-ended"
    reason = "The cycle of {book} ends on {ends}."
    remedy = "Count and file after that day."


class ItemsNotCounted(Refusal):
    """Raised when a close goes on while items are not counted."""

    code = "items-not-counted"
    reason = "{missing} items of {book} are not counted yet."
    remedy = "Count every item, those with nothing on the shelf as well."


class DifferencesUnexplained(Refusal):
    """Raised when a close is filed with differences that have no reason."""

    code = "differences-unexplained"
    reason = (
        "{open} items of {book} differ and have no reason: customs would treat that as an offence."
    )
    remedy = "Give the reason of each difference; the movements behind it stand beside it."


class ExtensionTooLate(Refusal):
    """Raised when more time is asked for after the time to file has run out, or twice."""

    code = "extension-too-late"
    reason = "The time to file {book} ran until {until}."
    remedy = "File at once and say why it is late."


class Outcome(StrEnum):
    """What customs does with an item."""

    EQUAL = "equal"
    RAISED = "raised"
    TAXED = "taxed"
    OPEN = "open"


class CauseKind(StrEnum):
    """Why the shelf and the book differ, as far as movements tell."""

    LEFT_NOT_WRITTEN_OFF = "left_not_written_off"
    WRITTEN_OFF_NOT_LEFT = "written_off_not_left"
    ARRIVED_NOT_BOOKED = "arrived_not_booked"
    MISSED_AT_A_COUNT = "missed_at_a_count"
    FOUND_AT_A_COUNT = "found_at_a_count"
    CLOSING_COUNT = "closing_count"


@dataclass(frozen=True)
class Cause:
    """Units by which the shelf has more (positive) or less than the book, and since when.

    ``reference`` is the parcel, the document or the consignment; ``movement_id`` is empty for what
    only the closing count or the book knows.
    """

    kind: CauseKind
    units: int
    on: date
    reference: str = ""
    movement_id: int | None = None


@dataclass(frozen=True)
class Clocks:
    """Until when a close is to be filed."""

    file_by: date
    at_the_latest: date


def clocks(cycle_before: date) -> Clocks:
    """The last days to file: 60 days after the cycle's last day, 90 with an extension."""
    last = cycle_before - timedelta(days=1)
    return Clocks(last + FILE_WITHIN, last + EXTENDED_WITHIN)


def check_length(book: str, cycle_from: date, cycle_before: date) -> None:
    """Refuse a cycle longer than a year.

    Raises:
        CycleTooLong: as it says.
    """
    length = cycle_before - cycle_from
    if length > LONGEST_CYCLE:
        raise CycleTooLong(book=book, days=length.days)


def check_cycle(book: str, cycle_from: date, cycle_before: date, *, on: date) -> None:
    """Refuse a cycle longer than a year, or one that has not ended.

    Raises:
        CycleTooLong, CycleNotEnded: as they say.
    """
    check_length(book, cycle_from, cycle_before)
    if on < cycle_before:
        raise CycleNotEnded(book=book, ends=(cycle_before - timedelta(days=1)).isoformat())


class StatedWithoutReason(Refusal):
    """Raised when another tax than the assessed one is stated and nothing says why."""

    code = "stated-without-reason"
    reason = "A tax of {stated} fen is stated; the rules give {assessed} fen."
    remedy = "Confirm the assessed tax, or write why customs asks for another."


class TaxNotStated(Refusal):
    """Raised when a close is filed while the tax on missing units is open."""

    code = "tax-not-stated"
    reason = "The tax on missing units of {open} items of book {book} is not stated."
    remedy = "Have it assessed under “Tax on shortages”, and confirm it or state another."


def outcome(difference: int, reason: str) -> Outcome:
    """What customs does with an item of this difference; open while a reason is missing."""
    if not difference:
        return Outcome.EQUAL
    if not reason.strip():
        return Outcome.OPEN
    return Outcome.RAISED if difference > 0 else Outcome.TAXED


def check_stated(stated_minor: int, assessed_minor: int | None, because: str) -> None:
    """Refuse a tax that nobody assessed, or that differs from it, without a reason.

    Raises:
        StatedWithoutReason: as it says.
    """
    if stated_minor != assessed_minor and not because.strip():
        raise StatedWithoutReason(stated=stated_minor, assessed=assessed_minor or 0)


def with_closing_count(causes: Iterable[Cause], difference: int, on: date) -> tuple[Cause, ...]:
    """The causes by day; what none of them explains is the closing count's own."""
    known = sorted(causes, key=lambda each: (each.on, each.reference, each.kind))
    rest = difference - sum(each.units for each in known)
    return (*known, Cause(CauseKind.CLOSING_COUNT, rest, on)) if rest else tuple(known)


def unexplained(rows: Sequence[tuple[int, str]]) -> int:
    """How many of (difference, reason) are open still."""
    return sum(outcome(*row) is Outcome.OPEN for row in rows)
