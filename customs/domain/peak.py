"""A day of peak sales: when its orders arrive, and how a fair queue absorbs them.

Source of the figures: more than 600,000 orders a day in one zone (Jinhua-Yiwu, 1 November 2021);
a burst of twenty times the mean, 140 orders a second for ten minutes, is our own assumption.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class PeakDay:
    """How many orders a day brings, and what part of them within a burst."""

    orders: int = 600_000
    burst_per_second: int = 140
    burst_seconds: int = 600
    burst_at: int = 72_000
    """Second of the day at which the burst begins: eight in the evening."""

    def of_burst(self, scale: float) -> int:
        """Orders of the burst at a scale."""
        return round(self.burst_per_second * self.burst_seconds * scale)

    def arrivals(self, scale: float) -> list[float]:
        """Second of the day of each order, evenly within the burst and evenly outside it."""
        burst, total = self.of_burst(scale), round(self.orders * scale)
        rest, calm = total - burst, DAY_SECONDS - self.burst_seconds
        outside = ((number + 0.5) * calm / rest for number in range(rest))
        moments = [at if at < self.burst_at else at + self.burst_seconds for at in outside]
        moments += [
            self.burst_at + (number + 0.5) * self.burst_seconds / burst for number in range(burst)
        ]
        return sorted(moments)


def shares(importers: int, orders: int) -> list[int]:
    """Whose order each is: the first importer sends twice what the second sends, and so on down.

    Spread so that every stretch of the day has the same mixture. The last two send alike.
    """
    weights = [2 ** max(importers - 1 - number, 1) for number in range(importers)]
    given, total = [0] * importers, sum(weights)
    chosen = []
    for count in range(1, orders + 1):
        behind = max(range(importers), key=lambda each: weights[each] * count - given[each] * total)
        given[behind] += 1
        chosen.append(behind)
    return chosen


@dataclass(slots=True)
class FairQueue:
    """What waits, importer by importer; one of each in turn is served."""

    waiting: dict[int, deque[int]] = field(default_factory=dict)
    turn: deque[int] = field(default_factory=deque)

    def put(self, importer: int, item: int) -> None:
        """Have an item wait behind those of its importer."""
        mine = self.waiting.setdefault(importer, deque())
        if not mine:
            self.turn.append(importer)
        mine.append(item)

    def take_some(self, most: int) -> list[int]:
        """The oldest items of the importer whose turn it is; who has more waits for the next."""
        importer = self.turn.popleft()
        mine = self.waiting[importer]
        items = [mine.popleft() for _ in range(min(most, len(mine)))]
        if mine:
            self.turn.append(importer)
        return items

    def __len__(self) -> int:
        return sum(map(len, self.waiting.values()))

    def __bool__(self) -> bool:
        return bool(self.turn)


@dataclass(frozen=True, slots=True)
class Served:
    """One order: when it came and when it was taken, in seconds of the simulated day."""

    item: int
    importer: int
    arrived: float
    ended: float
    behind: int
    """Orders that waited when it was taken up."""

    @property
    def wait(self) -> float:
        """From its arrival until it was taken."""
        return self.ended - self.arrived


def absorb(
    arrivals: Sequence[float],
    importers: Sequence[int],
    serve: Callable[[Sequence[int]], float],
    *,
    stretch: float,
    at_once: int = 1,
) -> Iterator[Served]:
    """Serve orders in a fair order as they come; ``serve`` says how many seconds they took.

    Importers take turns; up to ``at_once`` orders of the one whose turn it is are served together.

    A second of serving counts as ``stretch`` seconds of the day: at a scale of 1/1000 with four
    cores it is 250, so that thinned orders keep the server as busy as all of them would.
    """
    queue, now, coming = FairQueue(), 0.0, 0
    while coming < len(arrivals) or queue:
        if not queue:
            now = max(now, arrivals[coming])
        while coming < len(arrivals) and arrivals[coming] <= now:
            queue.put(importers[coming], coming)
            coming += 1
        behind, items = len(queue), queue.take_some(at_once)
        now += serve(items) * stretch
        for item in items:
            yield Served(item, importers[item], arrivals[item], now, behind)
