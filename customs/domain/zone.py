"""States of papers of the bonded zone: lists (核注清单) and gate passes (核放单).

Answers come late, twice and out of order; a paper only moves up in rank, so the order in which
they are heard does not matter.
"""

from collections.abc import Mapping

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

LIST, PASS = "list", "pass"
IN, OUT = "in", "out"

WRITTEN = "written"
REVIEWED = "reviewed"
REFUSED = "refused"
EXPECTED = "expected"
APPROVED = "approved"
CANCELLED = "cancelled"
HELD = "held"
COUNTED = "counted"
PASSED = "passed"

RANK: Mapping[str, int] = {
    WRITTEN: 0,
    REVIEWED: 1,
    REFUSED: 2,
    EXPECTED: 3,
    APPROVED: 4,
    CANCELLED: 5,
    HELD: 6,
    COUNTED: 7,
    PASSED: 7,
}
"""How far a paper has come. What was counted or passed the gate is done, whatever comes later."""

STANDS = frozenset({EXPECTED, APPROVED, COUNTED})
"""States of a list that customs has approved, counted against the book or not yet."""

OPEN = frozenset({WRITTEN, REVIEWED, EXPECTED, APPROVED, HELD})
"""States in which a paper can still be taken back."""

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "INV201": {"1": COUNTED, "2": REVIEWED, "3": REFUSED, "4": EXPECTED, "5": APPROVED},
    "INV211": {"1": EXPECTED, "2": COUNTED, "3": COUNTED},
    "SAS221": {"1": APPROVED, "2": REVIEWED, "3": REFUSED},
    "SAS223": {"1": PASSED, "2": HELD},
    "SAS224": {"2": HELD, "3": PASSED},
}
"""What an answer leads to: ``manageResult`` of each receipt, ``vrfdedMarkcd`` of INV211.

Source: receipts of the bonded system as two working operators follow them, 2019 and 2025."""

_ACTIONS = {state: {"cancel": CANCELLED} for state in OPEN}
STATES = StateTable({state: _ACTIONS.get(state, {}) for state in RANK})
"""What may be asked for; everything else customs decides."""

WAITS: frozenset[str] = frozenset({EXPECTED, APPROVED, HELD, REVIEWED})
"""States in which customs has the paper, so that only customs can cancel it."""


class ListNotWritten(Refusal):
    """Raised when a pass names a list that was not written here."""

    code = "list-not-written"
    reason = "List {number} was not written here."
    remedy = "Write the list first, then the pass of the vehicle that carries its goods."


def after_answer(state: str, answered: str) -> str:
    """The state after an answer; the same where the answer is old, repeated or lower."""
    return answered if RANK[answered] > RANK[state] else state


def answered(code: str, result: str, *, cancels: bool = False) -> str | None:
    """The state that an answer leads to; None where it says nothing of the paper's fate.

    ``cancels``: it answers a request to take the paper back, which only counts when granted.
    """
    found = ANSWERS.get(code, {}).get(result)
    if not cancels:
        return found
    return CANCELLED if found in (APPROVED, COUNTED) else None


def share_of_weight(whole_g: int, loaded_g: int, units: int, loaded_units: int, asked: int) -> int:
    """Grams of some units of a line; the last of its units weigh what is left of it.

    The shares of vehicles that carry a line among them weigh what the line weighs.
    """
    if loaded_units + asked == units:
        return whole_g - loaded_g
    return whole_g * asked // units
