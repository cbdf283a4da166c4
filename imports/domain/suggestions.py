"""What an importer may sell next: its own record, drawn towards the pool's as far as it is thin.

Empirical Bayes, gamma-Poisson. A pair of importer and SKU that sold ``x`` where the pool's mix lets
``m`` be expected has the rate ``(a + x) / (a + m)`` of that expectation; ``a`` is large where the
importers of a SKU differ little. Future units are then negative binomial, as wide as the pool's
own halves of time drift apart. Fewer importers than :data:`SMALLEST_GROUP` make no pool: nobody
can work out what another sold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST_GROUP = 5
"""Importers that must have sold a SKU before its pool is used."""

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
_LEAST_SPREAD = 1e-3
_MOST_CELLS = 200_000
_OF_DRIFT = 1.5
"""The mean of two halves has half the drift of one, and the time to come has one of its own."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suggestion:
    """Units over the horizon for one importer and SKU: mean, quantiles, and what it rests on.

    ``credibility`` is the weight of the own record, from 0 to 1; 1 where there is no pool.
    ``shape`` is that of the negative binomial behind the quantiles.
    """

    importer: int
    sku: int
    sold_units: int
    mean_units: float
    quantiles: tuple[int, ...]
    credibility: float
    is_pooled: bool
    shape: float = 0.5


def suggest(
    sold: npt.NDArray[np.int64],
    *,
    periods: int,
    horizon: int,
    seen: npt.NDArray[np.bool_],
    only: int | None = None,
    drift: float = 0.0,
) -> list[Suggestion]:
    """Suggestions for every pair in ``seen``, or for those of the importer in row ``only``.

    ``sold`` are units by importer (rows) and SKU (columns) over ``periods``; ``seen`` says which
    pairs have a record. The horizon is in periods too. ``drift`` (:func:`drift_between`) widens
    the band by what time does to a rate; 0 leaves chance and thin records alone.
    """
    units = sold.astype(float)
    expected = _expected(units)
    spread = _spread(units, expected)
    is_pooled = (seen & (sold > 0)).sum(axis=0) >= SMALLEST_GROUP
    asked = seen if only is None else seen & (np.arange(len(seen)) == only)[:, None]
    found = []
    for importer, sku in zip(*np.nonzero(asked), strict=True):
        x, m = float(units[importer, sku]), float(expected[importer, sku])
        pooled = bool(is_pooled[sku]) and m > 0
        shape = 1 / spread[sku] if pooled else 0.5
        # alone: a gamma with half a unit of weight, which the record outweighs at once
        rate = (shape + x) / (shape + m) * m if pooled else x
        mean = rate * horizon / periods
        held = 1 / (1 / (shape + x) + _OF_DRIFT * drift)
        found.append(
            Suggestion(
                importer=int(importer),
                sku=int(sku),
                sold_units=int(sold[importer, sku]),
                mean_units=mean,
                quantiles=quantiles(mean, held),
                credibility=m / (shape + m) if pooled else 1.0,
                is_pooled=pooled,
                shape=held,
            )
        )
    return found


def drift_between(first: Floats, second: Floats) -> float:
    """How far rates move from one half of the time to the other: their relative variance.

    Beyond what chance alone would do, over all pairs, each weighed by its size.
    """
    mean = (first + second) / 2
    sold = mean > 0
    first, second, mean = first[sold], second[sold], mean[sold]
    if not mean.size:
        return 0.0
    above = (((second - first) ** 2 - (first + second)) / mean).sum()
    return max(0.0, float(above / (2 * mean).sum()))


def _expected(units: Floats) -> Floats:
    """What each pair would have sold if every importer sold the pool's mix at its own size."""
    total = units.sum()
    if not total:
        return np.zeros_like(units)
    expected: Floats = np.outer(units.sum(axis=1), units.sum(axis=0) / total)
    return expected


def _spread(units: Floats, expected: Floats) -> Floats:
    """How much importers of a SKU differ beyond chance: moments of (x - m)^2 - m over m^2."""
    above = ((units - expected) ** 2 - expected).sum(axis=0)
    below = np.maximum((expected**2).sum(axis=0), 1e-12)
    spread: Floats = np.maximum(_LEAST_SPREAD, above / below)
    return spread


def quantiles(mean: float, shape: float, levels: Sequence[float] = LEVELS) -> tuple[int, ...]:
    """Quantiles of a negative binomial with this mean and shape (variance mean + mean^2/shape)."""
    if mean <= 0:
        return tuple(0 for _ in levels)
    deviation = float(np.sqrt(mean + mean * mean / shape))
    first = max(0, int(mean - 9 * deviation))
    count = int(mean + 14 * deviation + 30) - first + 1
    step = max(1, -(-count // _MOST_CELLS))
    k = np.arange(first, first + count, dtype=float)[::step]
    chance = mean / (mean + shape)
    logs = _log_weights(k, shape, chance)
    weights = np.exp(logs - logs.max())
    summed = np.cumsum(weights) / weights.sum()
    return tuple(int(k[min(int(np.searchsorted(summed, level)), len(k) - 1)]) for level in levels)


def _log_weights(k: Floats, shape: float, chance: float) -> Floats:
    """Logarithms of the probabilities up to a constant, from the ratio of neighbours.

    Where only every so many units are looked at, the ratio is raised to that power.
    """
    step = k[1] - k[0] if len(k) > 1 else 1.0
    middle = k[:-1] + (step - 1) / 2
    ratios = step * np.log((middle + shape) / (middle + 1) * chance)
    logs: Floats = np.concatenate(([0.0], np.cumsum(ratios)))
    return logs


def seasonal_indices(by_month: Floats) -> Floats:
    """Indices of January to December that average 1, from units by year (rows) and month.

    Each year counts alike, so that growth is not taken for a season.
    """
    means = by_month.mean(axis=1, keepdims=True)
    kept = by_month[means[:, 0] > 0] / means[means[:, 0] > 0]
    indices: Floats = kept.mean(axis=0) if len(kept) else np.ones(by_month.shape[1])
    return indices
