"""Disposal of bonded goods: returned abroad if that can be, else destroyed, with clocks.

Source: GACC announcement 2025 No. 79, in force from 2025-04-29: six reasons; the warehouse applies
with the domestic agent's authorisation; destroyed within 60 days, 30 more if asked for 7 days
before the end; papers within 15 working days; the whole process on video, kept for 3 years.
"""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.transitions import StateTable
from core.domain.workdays import working_day_after

DESTROY_WITHIN = timedelta(days=60)
EXTENSION = timedelta(days=30)
ASK_BEFORE = timedelta(days=7)
PAPERS_WITHIN_WORKING_DAYS = 15
EVIDENCE_YEARS = 3

DISPOSAL_STEPS = StateTable(
    {
        "open": {"authorise": "authorised", "drop": "dropped"},
        "authorised": {"plan": "planned", "drop": "dropped"},
        "planned": {"execute": "executed"},
        "executed": {"file": "closed"},
    }
)


class ReturnAbroadFirst(Refusal):
    """Raised when goods are to be destroyed and nothing says why they cannot be returned."""

    code = "return-abroad-first"
    reason = "Goods are destroyed only if they cannot be returned abroad; no ground is given."
    remedy = "Return them abroad, or write why that cannot be done."


class DestroyerUnknown(Refusal):
    """Raised when a destruction is planned without a licensed destroyer."""

    code = "destroyer-unknown"
    reason = "A destruction needs the destroyer's name with licence and contract."
    remedy = "Write who destroys the goods and add both papers."


class AuthorisationMissing(Refusal):
    """Raised when a case goes on without the domestic agent's authorisation."""

    code = "authorisation-missing"
    reason = "The domestic agent's authorisation is not on file."
    remedy = "Add the signed authorisation to the case."


class EvidenceMissing(Refusal):
    """Raised when a case is closed without evidence of what was done."""

    code = "evidence-missing"
    reason = "No {kind} of the disposal is on file."
    remedy = "Add it to the case; it is kept for three years."


class TooLateToExtend(Refusal):
    """Raised when more time is asked for too late, or twice."""

    code = "too-late-to-extend"
    reason = "More time is asked for seven days before {until} at the latest, and once."
    remedy = "Finish by then, and tell customs if that cannot be done."


class DisposalReason(StrEnum):
    """The six reasons of the announcement."""

    EXPIRED = "expired"
    DAMAGED = "damaged"
    RECALLED = "recalled"
    QUALITY = "quality"
    FORCE_MAJEURE = "force_majeure"
    OTHER = "other"


class Way(StrEnum):
    """What is done with the goods."""

    RETURN_ABROAD = "return_abroad"
    DESTRUCTION = "destruction"


class EvidenceKind(StrEnum):
    """Papers and recordings of a case."""

    AUTHORISATION = "authorisation"
    LICENCE = "licence"
    CONTRACT = "contract"
    VIDEO = "video"
    RECORD = "record"


def needed_to_plan(way: Way) -> tuple[EvidenceKind, ...]:
    """What must be on file before goods leave for a way out."""
    if way is Way.DESTRUCTION:
        return (EvidenceKind.LICENCE, EvidenceKind.CONTRACT)
    return ()


def needed_to_file(way: Way) -> tuple[EvidenceKind, ...]:
    """What must be on file before a case is closed."""
    if way is Way.DESTRUCTION:
        return (EvidenceKind.VIDEO, EvidenceKind.RECORD)
    return (EvidenceKind.RECORD,)


def check_way(way: Way, cannot_return: str, destroyer: str, held: Collection[str]) -> None:
    """Refuse a way out that the announcement does not allow.

    Raises:
        ReturnAbroadFirst, DestroyerUnknown: as they say.
    """
    if way is Way.RETURN_ABROAD:
        return
    if not cannot_return.strip():
        raise ReturnAbroadFirst
    if not destroyer.strip() or not set(needed_to_plan(way)) <= set(held):
        raise DestroyerUnknown


def execute_by(planned_on: date, *, is_extended: bool) -> date:
    """The last day on which goods may be destroyed or returned."""
    return planned_on + DESTROY_WITHIN + (EXTENSION if is_extended else timedelta())


def check_extension(until: date, on: date, *, is_extended: bool) -> None:
    """Refuse more time asked for later than seven days before the end, or twice.

    Raises:
        TooLateToExtend: as it says.
    """
    if is_extended or on > until - ASK_BEFORE:
        raise TooLateToExtend(until=until.isoformat())


def papers_due(executed_on: date) -> date:
    """Until when the papers of an executed case are filed."""
    return working_day_after(executed_on, PAPERS_WITHIN_WORKING_DAYS)


def keep_until(executed_on: date) -> date:
    """Until when evidence is kept: three years to the day, 28 February for a leap day."""
    year = executed_on.year + EVIDENCE_YEARS
    try:
        return executed_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
