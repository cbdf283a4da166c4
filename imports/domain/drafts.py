"""A year's figures as somebody types them: cell by cell, by month or by quarter."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
from imports.domain.forecasts import MONTHS, MOST_UNITS, UnitsNotWhole, whole_units

TOLERANCE = "tolerance"
QUARTERS = ("q1", "q2", "q3", "q4")
FIELDS = (*MONTHS, TOLERANCE)
"""The cells of a row by month."""

LONGEST_TYPED = 40
"""Characters of a cell that are read; no number is as long."""


class RowChangedMeanwhile(Refusal):
    """Raised for a row that another window saved after this one showed it."""

    code = "draft-row-changed-meanwhile"
    reason = "Another window changed this row meanwhile; what you typed here was not saved."
    remedy = "Look at the figures as they are now, and type yours again if it still holds."


@dataclass(frozen=True)
class Figures:
    """Units of January to December, and the tolerance."""

    months: tuple[int, ...] = (0,) * 12
    tolerance_units: int = 0

    @property
    def total_units(self) -> int:
        """Units of the year, the tolerance left out."""
        return sum(self.months)

    def cells(self) -> dict[str, int]:
        """Every cell of the row by its field: months, quarters and tolerance."""
        quarters = {name: sum(self.months[3 * n : 3 * n + 3]) for n, name in enumerate(QUARTERS)}
        months = dict(zip(MONTHS, self.months, strict=True))
        return {**months, **quarters, TOLERANCE: self.tolerance_units}


@dataclass(frozen=True)
class Edited:
    """A row after typing: figures with every good cell in them, and what is wrong in the others."""

    figures: Figures
    faults: dict[str, Refusal] = field(default_factory=dict)


def edited(figures: Figures, typed: Mapping[str, str]) -> Edited:
    """The row with what was typed into its cells; a faulty cell leaves its figure as it was.

    A quarter is spread over its months (:func:`spread`). Fields that no row has are left aside.
    """
    faults: dict[str, Refusal] = {}
    for name, text in typed.items():
        units = whole_units(text.strip()[:LONGEST_TYPED])
        if units is None:
            faults[name] = UnitsNotWhole(value=text.strip()[:LONGEST_TYPED], most=MOST_UNITS)
        else:
            figures = _with_cell(figures, name, units)
    return Edited(figures, faults)


def _with_cell(figures: Figures, name: str, units: int) -> Figures:
    if name == TOLERANCE:
        return replace(figures, tolerance_units=units)
    months = list(figures.months)
    if name in MONTHS:
        months[MONTHS.index(name)] = units
    elif name in QUARTERS:
        first = 3 * QUARTERS.index(name)
        months[first : first + 3] = spread(units, figures.months[first : first + 3])
    return replace(figures, months=tuple(months))


def spread(units: int, months: tuple[int, ...]) -> tuple[int, ...]:
    """A quarter's units over its months as they stand to each other; alike where all are empty.

    The months add up to the units; a unit left over goes to the larger remainder, then the
    earlier month.
    """
    weights = dict(enumerate(months if any(months) else (1,) * len(months)))
    shares = split_in_proportion(units, weights)
    return tuple(shares[place] for place in range(len(months)))
