"""The bonded account book: four counters per item, and the steps that move them.

The names are those of the keeper's book (物流账册): expected in 预增, actual in 实增,
expected out 预减, actual out 实减. The book knows products, not owners.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain.errors import Refusal


class NotEnoughInBook(Refusal):
    """Raised when more units are declared out than the account book still carries."""

    code = "not-enough-in-book"
    reason = "The account book carries {free} units that are not promised; {asked} are to leave."
    remedy = "Declare {free} units or fewer, or have the arrival approved first."


class NothingExpected(Refusal):
    """Raised when more units are booked or taken back than were announced before."""

    code = "nothing-expected"
    reason = "{expected} units are announced in the account book; {asked} were to be booked."
    remedy = "Announce the units first, or book {expected} or fewer."


class NoUnitsToBook(Refusal):
    """Raised when a booking names no units, or fewer than none."""

    code = "no-units-to-book"
    reason = "A booking of {asked} units is not a booking."
    remedy = "Book one unit or more."


class BookStep(StrEnum):
    """What happened to the goods in the eyes of customs."""

    EXPECT_IN = "expect_in"
    ACTUAL_IN = "actual_in"
    RELEASE_IN = "release_in"
    EXPECT_OUT = "expect_out"
    ACTUAL_OUT = "actual_out"
    RELEASE_OUT = "release_out"


@dataclass(frozen=True)
class Effect:
    """By how many times the step's units each counter moves."""

    expected_in: int = 0
    actual_in: int = 0
    expected_out: int = 0
    actual_out: int = 0


EFFECTS: dict[BookStep, Effect] = {
    BookStep.EXPECT_IN: Effect(expected_in=1),
    BookStep.ACTUAL_IN: Effect(expected_in=-1, actual_in=1),
    BookStep.RELEASE_IN: Effect(expected_in=-1),
    BookStep.EXPECT_OUT: Effect(expected_out=1),
    BookStep.ACTUAL_OUT: Effect(expected_out=-1, actual_out=1),
    BookStep.RELEASE_OUT: Effect(expected_out=-1),
}
"""Entry list approved: expected in. Gate passed: actual in. Retail declaration built: expected
out. Exit list approved: actual out. The two releases take an announcement back.

Source: logistics book list type of the bonded-side data interface (实减 and 预减 included)."""


@dataclass(frozen=True)
class Counters:
    """The four counters of one item of an account book, in units; none is ever below zero."""

    expected_in: int = 0
    actual_in: int = 0
    expected_out: int = 0
    actual_out: int = 0

    @property
    def surplus_units(self) -> int:
        """Units that may still be declared out: actual in − actual out − expected out."""
        return self.actual_in - self.actual_out - self.expected_out

    @property
    def on_hand_units(self) -> int:
        """Units that the book says are in the warehouse."""
        return self.actual_in - self.actual_out


def after(counters: Counters, step: BookStep, units: int) -> Counters:
    """The counters after a step.

    Raises:
        NoUnitsToBook: fewer than one unit.
        NotEnoughInBook: more units are to leave than the surplus.
        NothingExpected: more units are booked or released than were announced.
    """
    if units < 1:
        raise NoUnitsToBook(asked=units)
    if step is BookStep.EXPECT_OUT and units > counters.surplus_units:
        raise NotEnoughInBook(asked=units, free=counters.surplus_units)
    effect = EFFECTS[step]
    for announced, direction in (
        (counters.expected_in, effect.expected_in),
        (counters.expected_out, effect.expected_out),
    ):
        if direction < 0 and units > announced:
            raise NothingExpected(asked=units, expected=announced)
    return replace(
        counters,
        expected_in=counters.expected_in + effect.expected_in * units,
        actual_in=counters.actual_in + effect.actual_in * units,
        expected_out=counters.expected_out + effect.expected_out * units,
        actual_out=counters.actual_out + effect.actual_out * units,
    )


@dataclass(frozen=True)
class Reconciliation:
    """One item of the account book beside the shelves, with every named position between them.

    ``arrived_not_approved``: counted in or come back, the book does not carry them yet.
    ``approved_not_arrived``: in the book, and not counted in: on the way, or short.
    ``left_not_written_off``: gone to consumers, still in the book.
    ``written_off_not_left``: out of the book, still on the shelf or packed.
    ``destroyed_not_written_off``, ``removed_not_written_off``: gone under a document of their own
    that customs has not approved yet.
    ``missing``: not found at a count, less what was found beyond the books; in the book.
    ``quarantine`` is part of ``physical``, named because it may not be sold.
    """

    counters: Counters
    physical: int
    quarantine: int = 0
    arrived_not_approved: int = 0
    approved_not_arrived: int = 0
    left_not_written_off: int = 0
    written_off_not_left: int = 0
    destroyed_not_written_off: int = 0
    removed_not_written_off: int = 0
    missing: int = 0

    @property
    def explained_units(self) -> int:
        """What the book should carry, given the shelves and the named positions."""
        return (
            self.physical
            - self.arrived_not_approved
            + self.approved_not_arrived
            + self.left_not_written_off
            - self.written_off_not_left
            + self.destroyed_not_written_off
            + self.removed_not_written_off
            + self.missing
        )

    @property
    def gone_not_written_off(self) -> int:
        """Units that left under a document of their own and are still in the book."""
        return self.destroyed_not_written_off + self.removed_not_written_off

    @property
    def drift_units(self) -> int:
        """Units that no named position explains; anything but zero is an alarm."""
        return self.counters.on_hand_units - self.explained_units
