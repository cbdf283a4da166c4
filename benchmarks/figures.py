"""From seconds and megabytes to what is printed: medians, ratios, growth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One way of one benchmark at one size."""

    seconds: float
    items: int
    peak_mb: float
    notes: Mapping[str, float] = field(default_factory=dict)

    @property
    def each(self) -> float:
        """Seconds an item."""
        return self.seconds / self.items


@dataclass(frozen=True)
class Row:
    """A benchmark at one size on one database."""

    name: str
    database: str
    size: int
    ours: Figure
    plain: Figure
    limit: Figure

    @property
    def times_plain(self) -> float:
        """How many times as fast as the plain way ours is."""
        return self.plain.each / self.ours.each

    @property
    def of_limit(self) -> float:
        """Which part of the bare limit's speed ours has."""
        return self.limit.each / self.ours.each

    def as_json(self) -> dict[str, Any]:
        """The row with its ratios."""
        return {**asdict(self), "times_plain": self.times_plain, "of_limit": self.of_limit}


def figure(raw: Mapping[str, Any], memory: Mapping[str, Any]) -> Figure:
    """A way's median, with the memory of the process that ran it alone."""
    notes = raw["notes"]
    return Figure(median(raw["seconds"]), raw["items"], memory["peak_mb"], notes)


def growth(points: Sequence[tuple[int, float]]) -> float | None:
    """The exponent with which a quantity grows from the smallest size to the largest.

    1 is in proportion to the data, 0 not at all. None for fewer than two sizes, or nothing.
    """
    (first, low), (last, high) = points[0], points[-1]
    if first == last or low <= 0 or high <= 0:
        return None
    return math.log(high / low) / math.log(last / first)
