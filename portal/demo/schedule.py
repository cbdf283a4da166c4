"""The year as dated steps, taken in the order of their days."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from core import clock


@dataclass(order=True)
class Step:
    """Something that happens on a day; steps of one day happen in the order of their entry."""

    day: date
    number: int
    action: Callable[[], None] = field(compare=False)


@dataclass
class Schedule:
    """Steps to come; a step may enter further ones, never on a day that is past."""

    steps: list[Step] = field(default_factory=list)
    entered: int = 0
    today: date = date.min

    def on(self, day: date, action: Callable[[], None]) -> None:
        """Enter a step."""
        if day < self.today:
            raise ValueError(f"{day} is past on {self.today}")
        self.entered += 1
        heapq.heappush(self.steps, Step(day, self.entered, action))

    def run(self) -> None:
        """Take every step on its day, with the clock set to it."""
        while self.steps:
            step = heapq.heappop(self.steps)
            self.today = step.day
            with clock.at(step.day):
                step.action()
