"""Annual forecasts of the demonstration's importers, derived from the demand tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.shares import split_in_proportion
from portal.demo.catalogue import Demand, ImporterRow, ProductRow


@dataclass(frozen=True)
class PlanLine:
    """What an importer plans to sell of a product: units for January to December."""

    importer: str
    sku: str
    gtin: str
    months: tuple[int, ...]

    @property
    def units(self) -> int:
        """Units of the year."""
        return sum(self.months)


def plan(
    importer: ImporterRow,
    products: Sequence[ProductRow],
    demand: dict[str, Demand],
    *,
    scale: int,
    most: int,
) -> list[PlanLine]:
    """An importer's plan: its store's ``most`` best-selling products, ``scale`` times the panel.

    The store's year is spread over months as all stores sold the type. ``scale`` is an
    assumption of the demonstration: the panel covers few households.
    """
    sold = {row.sku: demand[row.sku].by_store[importer.store] for row in products}
    best = sorted(products, key=lambda row: (-sold[row.sku], row.sku))[:most]
    return [
        _line(importer, row, units=sold[row.sku] * scale, weights=demand[row.sku].months)
        for row in best
        if sold[row.sku]
    ]


def _line(
    importer: ImporterRow, product: ProductRow, *, units: int, weights: tuple[int, ...]
) -> PlanLine:
    shares = split_in_proportion(units, dict(enumerate(weights)))
    months = tuple(shares[month] for month in range(12))
    return PlanLine(importer.code, product.sku, product.gtin, months)
