"""Mid rates day by day, and the days on which a cycle of converting or paying ends."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise


class Cycle(StrEnum):
    """How often something is done; ``each`` is for every order by itself, at once."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class History:
    """Mid rates by currency and day, 1 unit = rate CNY, on the days that have one for each."""

    def __init__(self, rates: Mapping[str, Mapping[date, Decimal]]) -> None:
        self.rates = rates
        common = set.intersection(*(set(by_day) for by_day in rates.values())) if rates else set()
        self.days = sorted(common)
        self._closing: dict[tuple[date, Cycle], date | None] = {}

    @cached_property
    def place(self) -> Mapping[date, int]:
        """The place of each day among all days."""
        return {day: number for number, day in enumerate(self.days)}

    @cached_property
    def _closings(self) -> Mapping[Cycle, Sequence[date]]:
        return {cycle: list(self._ends(cycle)) for cycle in Cycle}

    def _ends(self, cycle: Cycle) -> Iterator[date]:
        """The last day of each period that is over, which a day of the next one shows."""
        return (
            day
            for day, after in pairwise(self.days)
            if _period(day, cycle) != _period(after, cycle)
        )

    def first_from(self, day: date) -> date | None:
        """The first day with rates on or after ``day``."""
        place = bisect_left(self.days, day)
        return self.days[place] if place < len(self.days) else None

    def closing(self, day: date, cycle: Cycle) -> date | None:
        """The day on which a cycle deals with what came on a day of rates; None: not in here.

        Daily is the next day with rates; a week, month or quarter is dealt with on its last one.
        """
        if cycle is Cycle.EACH:
            return day
        if (day, cycle) not in self._closing:
            self._closing[day, cycle] = self._find(day, cycle)
        return self._closing[day, cycle]

    def _find(self, day: date, cycle: Cycle) -> date | None:
        ends = self._closings[cycle]
        later = bisect_right(self.days, day) if cycle is Cycle.DAILY else bisect_left(ends, day)
        among = self.days if cycle is Cycle.DAILY else ends
        return among[later] if later < len(among) else None


def _period(day: date, cycle: Cycle) -> object:
    if cycle is Cycle.WEEKLY:
        return day.isocalendar()[:2]
    if cycle is Cycle.MONTHLY:
        return day.year, day.month
    if cycle is Cycle.QUARTERLY:
        return day.year, (day.month - 1) // 3
    return day
