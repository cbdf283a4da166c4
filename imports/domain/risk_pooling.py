"""What holding stock together saves, from how demands really moved together; never a square root.

Safety stock covers the demand that varies: z times the standard deviation over the cover time.
Alone everybody holds its own; pooled the variances add up with every covariance between them. Where
demands rise and fall together (one season, one promotion) little is saved; that is what data show.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.domain.errors import Refusal

Floats = npt.NDArray[np.float64]
K = TypeVar("K", bound=Hashable)

DRAWS = 400
SEED = 1
FEWEST_MONTHS = 6


class TooFewMonths(Refusal):
    """Raised when there are too few months to say how demands move together."""

    code = "too-few-months"
    reason = "There are {months} months of demand; {needed} are needed."
    remedy = "Wait until more months are over."


@dataclass(frozen=True)
class SafetyStock:
    """Units held alone by all together and in the pool, and the band of the ratio of the two.

    ``ratio`` is pooled by alone: 1 saves nothing. ``low`` and ``high`` hold the middle 90 % of
    bootstrap draws of months.
    """

    alone_units: float
    pooled_units: float
    ratio: float
    low: float
    high: float
    months: int
    importers: int
    mean_correlation: float

    @property
    def saved_units(self) -> float:
        """Units that need not be held, because not everybody sells more at once."""
        return self.alone_units - self.pooled_units


def pooled_safety_stock(
    demand: Mapping[K, Sequence[int]], *, service_factor: float, cover_months: float
) -> SafetyStock:
    """Safety stock alone and pooled, from importers' monthly demand of one product.

    ``service_factor`` is z of the service level (1.645 for 95 %), ``cover_months`` lead time and
    review period together. The covariance is the measured one, shrunk towards full correlation
    by one part in the number of months, so that few months do not promise much.

    Raises:
        TooFewMonths: fewer than six months are on record.
    """
    table = np.array([list(demand[key]) for key in sorted(demand, key=str)], dtype=float)
    months = table.shape[1] if table.size else 0
    if months < FEWEST_MONTHS:
        raise TooFewMonths(months=months, needed=FEWEST_MONTHS)
    alone, pooled = _deviations(table)
    factor = service_factor * sqrt(cover_months)
    low, high = _band(table)
    return SafetyStock(
        alone_units=alone * factor,
        pooled_units=pooled * factor,
        ratio=pooled / alone if alone else 1.0,
        low=low,
        high=high,
        months=months,
        importers=len(table),
        mean_correlation=_mean_correlation(table),
    )


def _deviations(table: Floats) -> tuple[float, float]:
    """The sum of the standard deviations, and that of the sum under the shrunk covariance."""
    deviations = table.std(axis=1, ddof=1)
    alone = float(deviations.sum())
    measured = float(table.sum(axis=0).var(ddof=1))
    part = 1 / table.shape[1]
    return alone, sqrt(max(0.0, (1 - part) * measured + part * alone**2))


def _band(table: Floats) -> tuple[float, float]:
    """The middle 90 % of the ratio over months drawn again, always in the same way."""
    draw, months = np.random.default_rng(SEED), table.shape[1]
    ratios = []
    for _ in range(DRAWS):
        alone, pooled = _deviations(table[:, draw.integers(0, months, months)])
        ratios.append(pooled / alone if alone else 1.0)
    low, high = np.quantile(ratios, (0.05, 0.95))
    return float(low), float(high)


def _mean_correlation(table: Floats) -> float:
    """The mean correlation over pairs of importers whose demand varies; 1 without a pair."""
    varying = table[table.std(axis=1) > 0]
    count = len(varying)
    if count < 2:
        return 1.0
    return float((np.corrcoef(varying).sum() - count) / (count * (count - 1)))
