"""Whether the dates of a journey can be true together: the first thing consumers check."""

from dataclasses import dataclass, fields
from datetime import date
from itertools import combinations


@dataclass(frozen=True)
class JourneyDates:
    """The dates that a lot's records claim, in the order in which they must fall.

    A date that no record gives is None and is not judged.
    """

    produced_on: date | None = None
    departed_on: date | None = None
    entered_on: date | None = None
    released_on: date | None = None


@dataclass(frozen=True)
class Contradiction:
    """Two dates in the wrong order: ``earlier`` should not fall after ``later``."""

    earlier: str
    earlier_on: date
    later: str
    later_on: date


def contradictions(dates: JourneyDates) -> list[Contradiction]:
    """Every pair of dates that cannot both be true: production ≤ departure ≤ entry ≤ release."""
    given = [
        (field.name, on)
        for field in fields(dates)
        if (on := getattr(dates, field.name)) is not None
    ]
    return [
        Contradiction(earlier, earlier_on, later, later_on)
        for (earlier, earlier_on), (later, later_on) in combinations(given, 2)
        if earlier_on > later_on
    ]
