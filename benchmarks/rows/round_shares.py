"""Orders of many products shared among all importers, to the unit and then to the cent."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.rows.exact_shares import plain_split
from benchmarks.ways import Way, Ways
from core.domain.many_shares import Whole, split_each

IMPORTERS = 500
PACK = 240
PLAIN = 20_000


@dataclass(frozen=True)
class Cells:
    """What each importer asks for and would accept, product by product, and unit prices."""

    asked: Whole
    tolerances: Whole
    counts: Whole
    prices: Whole

    @property
    def starts(self) -> Whole:
        """Where each product begins."""
        return np.cumsum(self.counts) - self.counts


@dataclass(frozen=True)
class Shared:
    """Units held and cents paid, by cell."""

    units: Whole
    cents: Whole


def cells(count: int) -> Cells:
    """Every importer asks for some of each product; most accept a tenth more."""
    draw = np.random.default_rng(7)
    importers = min(IMPORTERS, count)
    products = max(1, count // importers)
    asked = 1 + (draw.pareto(1.2, products * importers) * 10).astype(np.int64) % 400
    return Cells(
        asked=asked,
        tolerances=asked // 10,
        counts=np.full(products, importers),
        prices=draw.integers(300, 9_000, products),
    )


def ours(given: Cells) -> Shared:
    """Packs bought, tolerances filled, the cost shared: columns from one end to the other."""
    starts, counts = given.starts, given.counts
    asked = np.add.reduceat(given.asked, starts)
    bought = -(-asked // PACK) * PACK
    room = np.add.reduceat(given.tolerances, starts)
    taken = np.minimum(bought - asked, room)
    places = np.arange(len(given.asked))
    units = given.asked + split_each(taken, given.tolerances, counts, ranks=places)
    buffer = bought - asked - taken
    weights = units * np.repeat(asked, counts) + given.asked * np.repeat(buffer, counts)
    return Shared(units, split_each(bought * given.prices, weights, counts, ranks=places))


def plain(given: Cells) -> Shared:
    """Product by product, with Decimal quotas."""
    units: list[int] = []
    cents: list[int] = []
    for start, count, price in zip(
        given.starts.tolist(), given.counts.tolist(), given.prices.tolist(), strict=True
    ):
        asked = _named(given.asked[start : start + count])
        tolerances = _named(given.tolerances[start : start + count])
        total = sum(asked.values())
        bought = -(-total // PACK) * PACK
        taken = min(bought - total, sum(tolerances.values()))
        extra = plain_split(taken, tolerances) if taken else dict.fromkeys(asked, 0)
        held = {name: each + extra[name] for name, each in asked.items()}
        buffer = bought - total - taken
        weights = {name: held[name] * total + buffer * each for name, each in asked.items()}
        units += held.values()
        cents += plain_split(bought * price, weights).values()
    return Shared(np.array(units), np.array(cents))


def _named(column: Whole) -> dict[int, int]:
    """By numbers that sort as texts as they do as numbers."""
    return dict(enumerate(column.tolist(), 10**9))


def limit(given: Cells) -> None:
    """A multiplication and a floor division per cell, once for units and once for cents."""
    totals = np.repeat(np.add.reduceat(given.asked, given.starts), given.counts)
    for amounts in (given.counts, given.prices):
        _ = given.asked * np.repeat(amounts, given.counts) // totals


def ways(size: int) -> Ways:
    """The same cells, the plain way at fewer of them."""
    return ways_beside(plain, size, PLAIN)


def ways_beside(other: Callable[[Cells], Shared], size: int, most: int) -> Ways:
    """Ours and the limit beside another way, which handles at most so many cells."""
    given, few = cells(size), cells(min(size, most))

    def run(share: Callable[[Cells], object], some: Cells) -> Way:
        def shared() -> None:
            share(some)

        return Way(shared, len(some.asked))

    return {"ours": run(ours, given), "plain": run(other, few), "limit": run(limit, given)}
