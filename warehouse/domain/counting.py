"""Counts of the shelves: which lots, how often, and whose the difference is."""

from collections.abc import Mapping
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion, split_with_caps
from core.domain.transitions import StateTable

COUNT_STEPS = StateTable(
    {
        "planned": {"agree": "closed", "differ": "recount"},
        "recount": {"agree": "closed", "differ": "counted"},
        "counted": {"approve": "closed", "again": "recount"},
    }
)


class SecondPersonNeeded(Refusal):
    """Raised when a lot is counted again by the one who counted it before."""

    code = "second-person-needed"
    reason = "You counted lot {lot} before; a recount is somebody else’s."
    remedy = "Ask a colleague to count it, without telling the number."


class CountNotOpen(Refusal):
    """Raised when a count is entered, approved or sent back in a state that does not allow it."""

    code = "count-not-open"
    reason = "The count of lot {lot} is “{state}”."
    remedy = "Look at the list of counts for what is to be done next."


class PromisedUnitsMissing(Refusal):
    """Raised when more units are missing than are free, so that promised ones must be."""

    code = "promised-units-missing"
    reason = "{missing} units of lot {lot} are missing and only {free} are not promised."
    remedy = "Cancel parcels or release reservations of {short} units, then approve."


class Grade(StrEnum):
    """How much of what moves is this lot's: A is counted most often."""

    A = "a"
    B = "b"
    C = "c"


INTERVAL_DAYS = {Grade.A: 30, Grade.B: 90, Grade.C: 180}
"""At the latest after so many days a lot is counted again; a cycle of the book is a year."""

_LIMITS = ((80, Grade.A), (95, Grade.B))


class Reason(StrEnum):
    """Why shelf and books differed."""

    MISCOUNTED = "miscounted"
    MISPLACED = "misplaced"
    WRONG_PICK = "wrong_pick"
    DAMAGED = "damaged"
    STOLEN = "stolen"
    UNKNOWN = "unknown"


def grades(moved: Mapping[int, int]) -> dict[int, Grade]:
    """The class of each lot: A moves the first 80 % of all units, B up to 95 %, C the rest.

    The lot in which a limit falls belongs to the class before it; what does not move is C.
    """
    total = sum(moved.values())
    found, so_far = {}, 0
    for lot_id in sorted(moved, key=lambda lot_id: (-moved[lot_id], lot_id)):
        reached = (grade for percent, grade in _LIMITS if so_far * 100 < percent * total)
        found[lot_id] = next(reached, Grade.C) if moved[lot_id] else Grade.C
        so_far += moved[lot_id]
    return found


def share_loss(
    lot: str, missing: int, held: Mapping[int, int], free: Mapping[int, int]
) -> dict[int, int]:
    """Whose units are missing: everybody's in proportion to what it holds, none of it promised.

    Raises:
        PromisedUnitsMissing: fewer units are free than are missing.
    """
    spare = sum(free.values())
    if missing > spare:
        raise PromisedUnitsMissing(missing=missing, lot=lot, free=spare, short=missing - spare)
    shares = split_with_caps(missing, dict(sorted(held.items())), free)
    return {owner_id: units for owner_id, units in shares.items() if units}


def share_find(found: int, lost: Mapping[int, int], operator_id: int) -> dict[int, int]:
    """Whose found units are: first of those who lost some, in proportion; the rest the pool's."""
    back = min(found, sum(lost.values()))
    shares = split_in_proportion(back, lost, tie_break=lambda owner_id: owner_id) if back else {}
    shares = {owner_id: min(units, lost[owner_id]) for owner_id, units in shares.items()}
    shares[operator_id] = shares.get(operator_id, 0) + found - sum(shares.values())
    return {owner_id: units for owner_id, units in sorted(shares.items()) if units}
