"""The pool's own history behind a suggestion: who drew what in which month.

What one importer drew is never shown to another; a pool of fewer than ``SMALLEST_GROUP`` importers
of a product says nothing, and each then stands on its own record.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain.shares import split_in_proportion
from imports.domain.suggestions import (
    SMALLEST_GROUP,
    Suggestion,
    drift_between,
    seasonal_indices,
    suggest,
)

LONGEST = 36
"""Months of history that are looked at."""

FOR_SEASONS = 24
FEWEST_TO_TEST = 6
"""Months below which nothing can be held out."""

Ints = npt.NDArray[np.int64]


def month_number(year: int, month: int) -> int:
    """Months counted through the years: January of the year 0 is 0."""
    return year * 12 + month - 1


@dataclass(frozen=True)
class PoolHistory:
    """Units by importer, product and month number, a row each, and the months looked at.

    From the first month in which anybody drew, at most ``LONGEST`` back, to the month ``before``
    which the last one lies.
    """

    importers: Ints
    products: Ints
    months: Ints
    units: Ints
    first: int
    before: int

    @property
    def periods(self) -> int:
        """Months of history."""
        return self.before - self.first

    def drawn(self, first: int, before: int) -> Ints:
        """Units of each row that lies in some of the months, else none."""
        kept: Ints = np.where((self.months >= first) & (self.months < before), self.units, 0)
        return kept


def pool_history(rows: Ints, *, before: int) -> PoolHistory:
    """History before a month, from rows of importer, product, month number and units.

    It ends with the last month in which anybody drew anything: a pool that rests tells nothing.
    """
    rows = rows.reshape(-1, 4)
    rows = rows[(rows[:, 2] < before) & (rows[:, 3] > 0)]
    months = rows[:, 2]
    first, end = (int(months.min()), int(months.max()) + 1) if months.size else (before, before)
    return PoolHistory(rows[:, 0], rows[:, 1], months, rows[:, 3], max(first, end - LONGEST), end)


@dataclass(frozen=True)
class Held:
    """A suggestion beside the plain mean on months that neither had seen: units missed."""

    months: int
    drawn_units: int
    suggestion_missed_units: int
    mean_missed_units: int

    @property
    def helps(self) -> bool:
        """Whether the suggestion came nearer than the plain mean."""
        return self.suggestion_missed_units < self.mean_missed_units


@dataclass
class _Table:
    """Sums by importer and product, with the places of both."""

    sold: Ints
    importers: list[int]
    products: list[int]

    def of(self, importer: int, product: int) -> int:
        return int(self.sold[self.importers.index(importer), self.products.index(product)])


def _table(
    history: PoolHistory, first: int, before: int, importer: int, products: Collection[int]
) -> _Table:
    names = np.unique(np.append(history.importers, importer))
    goods = np.unique(np.append(history.products, np.array(sorted(products), dtype=np.int64)))
    sold = np.zeros((len(names), len(goods)), dtype=np.int64)
    places = np.searchsorted(names, history.importers), np.searchsorted(goods, history.products)
    np.add.at(sold, places, history.drawn(first, before))
    return _Table(sold, names.tolist(), goods.tolist())


def suggested(
    history: PoolHistory, importer: int, planned: Collection[int], *, horizon: int = 12
) -> dict[int, Suggestion]:
    """What one importer may sell of each product that it drew or plans, by product.

    Raises nothing where there is no history: then nothing is suggested.
    """
    if not history.periods:
        return {}
    return _suggested(history, history.first, history.before, importer, planned, horizon)


def _suggested(
    history: PoolHistory,
    first: int,
    before: int,
    importer: int,
    planned: Collection[int],
    horizon: int,
) -> dict[int, Suggestion]:
    table = _table(history, first, before, importer, planned)
    row = table.importers.index(importer)
    seen = table.sold > 0
    seen[row] |= np.isin(table.products, sorted(planned))
    found = suggest(
        table.sold,
        periods=before - first,
        horizon=horizon,
        seen=seen,
        only=row,
        drift=_drift(history, first, before, importer, planned),
    )
    return {table.products[each.sku]: each for each in found}


def _drift(
    history: PoolHistory, first: int, before: int, importer: int, planned: Collection[int]
) -> float:
    """How far rates moved from the first half of the months to the last.

    Of the own rows only, where too few importers make a pool.
    """
    half = (before - first) // 2
    early = _table(history, first, first + half, importer, planned)
    late = _table(history, before - half, before, importer, planned)
    sellers = ((early.sold + late.sold) > 0).any(axis=1).sum()
    row = early.importers.index(importer)
    kept = slice(None) if sellers >= SMALLEST_GROUP else slice(row, row + 1)
    return drift_between(early.sold[kept].astype(float), late.sold[kept].astype(float))


def held_out(history: PoolHistory, importer: int) -> Held | None:
    """The suggestion and the plain mean on an importer's last third of months; None if too few.

    Counted over the products that it drew in the months before.
    """
    if history.periods < FEWEST_TO_TEST:
        return None
    months = history.periods // 3
    cut = history.before - months
    found = _suggested(history, history.first, cut, importer, (), months)
    after = _table(history, cut, history.before, importer, ())
    seen = cut - history.first
    drawn = {product: after.of(importer, product) for product in found}
    means = {product: each.sold_units * months / seen for product, each in found.items()}
    return Held(
        months,
        sum(drawn.values()),
        round(sum(abs(each.mean_units - drawn[product]) for product, each in found.items())),
        round(sum(abs(means[product] - units) for product, units in drawn.items())),
    )


def seasons(history: PoolHistory, category: Mapping[int, str]) -> dict[str, list[float]]:
    """Indices of January to December by category, where two years of enough importers stand.

    Pooled over all importers and products of the category.
    """
    years = history.periods // 12
    if history.periods < FOR_SEASONS:
        return {}
    first = history.before - 12 * years
    found: dict[str, list[float]] = {}
    for name in sorted(set(category.values())):
        goods = [product for product, each in category.items() if each == name]
        kept = np.isin(history.products, goods) & (history.months >= first)
        if len(np.unique(history.importers[kept])) < SMALLEST_GROUP:
            continue
        by_month, months = np.zeros((years, 12)), history.months[kept]
        np.add.at(by_month, ((months - first) // 12, months % 12), history.units[kept])
        found[name] = [float(index) for index in seasonal_indices(by_month)]
    return found


def by_month(units: int, shape: tuple[float, ...]) -> tuple[int, ...]:
    """A year's units over its months in a shape, exact; alike where the shape is empty."""
    weights = {n: int(part * 1_000_000) for n, part in enumerate(shape)}
    if not any(weights.values()):
        weights = dict.fromkeys(range(12), 1)
    shares = split_in_proportion(units, weights)
    return tuple(shares[n] for n in range(12))
