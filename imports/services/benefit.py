"""The honest benefit of pooling: safety stock alone and together, as demand really moved."""

from dataclasses import dataclass
from datetime import date

from core import clock
from core.domain.calendar import add_months, month_start
from imports import queries
from imports.domain.risk_pooling import FEWEST_MONTHS, SafetyStock, pooled_safety_stock

SERVICE_FACTOR = 1.645
"""z of a service level of 95 %: in one cover time of twenty the stock may run out."""
DAYS_PER_MONTH = 30.4
REVIEW_MONTHS = 3.0
"""A round buys for three months."""
MOST_MONTHS = 24


@dataclass(frozen=True)
class ProductBenefit:
    """A product with its safety stock alone and pooled."""

    sku: str
    name: str
    name_zh: str
    stock: SafetyStock


@dataclass(frozen=True)
class Benefit:
    """All products that can be judged, most saved first, and how many cannot be yet."""

    rows: tuple[ProductBenefit, ...]
    months: int
    alone_only: int

    @property
    def alone_units(self) -> float:
        """Units that all would hold alone."""
        return sum(row.stock.alone_units for row in self.rows)

    @property
    def ratio(self) -> float:
        """Pooled by alone, over all products."""
        return self._weighted([row.stock.ratio for row in self.rows])

    @property
    def low(self) -> float:
        """The lower end of the band, over all products."""
        return self._weighted([row.stock.low for row in self.rows])

    @property
    def high(self) -> float:
        """The upper end of the band, over all products."""
        return self._weighted([row.stock.high for row in self.rows])

    def _weighted(self, ratios: list[float]) -> float:
        weights = [row.stock.alone_units for row in self.rows]
        whole = sum(weights)
        return sum(w * r for w, r in zip(weights, ratios, strict=True)) / whole if whole else 1.0


def pooling_benefit() -> Benefit:
    """Safety stock alone and pooled of every product that consumers drew in the closed months.

    Products that a single importer sells are left out and counted. Four queries.
    """
    before, months = _closed_months()
    if months < FEWEST_MONTHS:
        return Benefit((), months, 0)
    demand = queries.drawn_by_month(add_months(before, -months), months)
    several = {product: series for product, series in demand.items() if len(series) > 1}
    names, lead = queries.products_named(set(several)), queries.lead_times(clock.today())
    rows = [
        ProductBenefit(
            *names[product],
            pooled_safety_stock(
                series,
                service_factor=SERVICE_FACTOR,
                cover_months=REVIEW_MONTHS + lead.get(product, 0) / DAYS_PER_MONTH,
            ),
        )
        for product, series in several.items()
    ]
    rows.sort(key=lambda row: (-row.stock.saved_units, row.sku))
    return Benefit(tuple(rows), months, len(demand) - len(several))


def _closed_months() -> tuple[date, int]:
    """The month after the last that is closed and in which something was drawn, and how many."""
    this_month, span = month_start(clock.today()), queries.months_drawn()
    if span is None:
        return this_month, 0
    first, last = span
    before = min(this_month, add_months(last, 1))
    months = (before.year - first.year) * 12 + before.month - first.month
    return before, max(0, min(months, MOST_MONTHS))
