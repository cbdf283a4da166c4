"""How near plans came to what consumers drew: one meaning of WAPE, of bias and of a score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.domain.shares import split_in_proportion


@dataclass(frozen=True)
class Accuracy:
    """A plan beside what was drawn, added up over cells of one product and one month each.

    Missed are the units of a cell that were planned and not drawn, or drawn and not planned.
    """

    months: int
    drawn_units: int
    missed_units: int
    over_units: int
    """Planned less drawn: negative where too little was planned."""

    @property
    def wape(self) -> Fraction | None:
        """Weighted absolute percentage error: units missed by units drawn; None if none were."""
        return Fraction(self.missed_units, self.drawn_units) if self.drawn_units else None

    @property
    def bias(self) -> Fraction | None:
        """Units planned too many by units drawn; negative where too few, None if none were."""
        return Fraction(self.over_units, self.drawn_units) if self.drawn_units else None

    @property
    def bias_size(self) -> Fraction | None:
        """The bias without its sign."""
        return None if self.bias is None else abs(self.bias)

    @property
    def score(self) -> Fraction:
        """One less WAPE, from 0 to 1; 0 where a plan drew nothing at all."""
        wape = self.wape
        if wape is None:
            return Fraction(not self.missed_units)
        return max(Fraction(0), 1 - wape)


def accuracy_of(cells: Iterable[tuple[int, int]], *, months: int) -> Accuracy:
    """Cells of planned and drawn units as one figure."""
    pairs = list(cells)
    return Accuracy(
        months,
        sum(drawn for _, drawn in pairs),
        sum(abs(planned - drawn) for planned, drawn in pairs),
        sum(planned - drawn for planned, drawn in pairs),
    )


def committed_in(month: int, units: int, planned: Sequence[int]) -> int:
    """A month's part of the units that a round bought for several, by number from 0.

    The parts add up to the units. They stand to each other as the plan that was submitted; where
    that had nothing, as months alike.
    """
    weights = dict(enumerate(planned if any(planned) else [1] * len(planned)))
    return split_in_proportion(units, weights)[month]
