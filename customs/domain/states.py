"""States of a declaration, and how the answers of customs move it.

Answers come late, twice and out of order. A declaration therefore only moves up: each state has
a rank, and an answer counts when it ranks above what is known. Refused is a dead end that can
only be reached from below released, and that a new declaration leaves.
"""

from collections.abc import Iterable

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

DRAFT = "draft"
DECLARED = "declared"
ACCEPTED = "accepted"
REVIEWED = "reviewed"
INSPECTED = "inspected"
HELD = "held"
RELEASED = "released"
CLOSED = "closed"
REFUSED = "refused"
CANCELLED = "cancelled"

WITHDRAW = "withdraw"
"""What customs grants when it is asked to (撤销), and only then."""

RANK = {DECLARED: 0, ACCEPTED: 1, REVIEWED: 2, INSPECTED: 3, HELD: 4, RELEASED: 5, CLOSED: 6}
"""How far customs has come with a declaration."""

_ANSWERS = (ACCEPTED, REVIEWED, INSPECTED, HELD, RELEASED, CLOSED)


def _upwards(state: str) -> dict[str, str]:
    """Steps on from a state; refusal and withdrawal are among them until it is released."""
    steps = {target: target for target in _ANSWERS if RANK[target] > RANK[state]}
    if RANK[state] < RANK[RELEASED]:
        steps[REFUSED] = REFUSED
        steps[WITHDRAW] = CANCELLED
    return steps


STATES = StateTable(
    {
        DRAFT: {"declare": DECLARED, "cancel": CANCELLED},
        **{state: _upwards(state) for state in RANK},
        REFUSED: {"declare": DECLARED, "cancel": CANCELLED},
        CANCELLED: {},
    }
)
"""Steps of a declaration; the answers of customs are named after the state they lead to."""

LIVE = frozenset({DECLARED, ACCEPTED, REVIEWED, INSPECTED, HELD, RELEASED, CLOSED})
"""States in which stock, account book, yearly limit and guarantee are taken up."""

LET_GO = frozenset({RELEASED, CLOSED})
"""States in which customs has let the goods go."""


class UnknownReturnCode(Refusal):
    """Raised for a status that the jurisdiction does not know."""

    code = "unknown-return-code"
    reason = "Customs answered with status “{status}”, which is not in the table of return codes."
    remedy = "Add the status with its meaning to the table, then receive the answer again."


def after_answer(state: str, answer: str) -> str:
    """The state after an answer; the same state when the answer is old, repeated or lower."""
    if answer in STATES.allowed(state) and (answer in RANK or answer == REFUSED):
        return STATES.next(state, answer)
    return state


def after_answers(state: str, answers: Iterable[str]) -> str:
    """The state after several answers in the order in which they came in."""
    for answer in answers:
        state = after_answer(state, answer)
    return state
