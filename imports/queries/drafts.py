"""The annual grid: every product that may be planned, with the draft over the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.models import Party
from imports.domain.drafts import Figures
from imports.domain.forecasts import MONTHS
from imports.models import DraftLine, ForecastLine, Product

Rows = dict[int, tuple[int, Figures]]
"""Version and figures of draft rows by product."""


@dataclass(frozen=True)
class GridRow:
    """A product's year: what counts now, and what the draft says; version 0 where none does."""

    product_id: int
    sku: str
    name: str
    name_zh: str
    planned: Figures
    draft: Figures
    version: int

    @property
    def changed(self) -> frozenset[str]:
        """The cells in which the draft differs from the plan."""
        planned = self.planned.cells()
        return frozenset(name for name, n in self.draft.cells().items() if planned[name] != n)

    @property
    def has_figures(self) -> bool:
        """Whether the plan or the draft holds any units."""
        return any((*self.planned.cells().values(), *self.draft.cells().values()))


def planned_figures(
    importer: Party, year: int, products: Iterable[int] | None = None
) -> dict[int, Figures]:
    """An importer's current plan of a year by product. One query."""
    rows = ForecastLine.objects.filter(importer_id=importer.pk, year=year, version_before=None)
    if products is not None:
        rows = rows.filter(product_id__in=products)
    found = rows.values_list("product_id", "tolerance_units", *MONTHS)
    return {product: Figures(tuple(months), tolerance) for product, tolerance, *months in found}


def draft_figures(importer: Party, year: int) -> Rows:
    """An importer's draft of a year by product. One query."""
    rows = DraftLine.objects.filter(importer_id=importer.pk, year=year)
    found = rows.values_list("product_id", "version", "tolerance_units", *MONTHS)
    return {
        product: (version, Figures(tuple(months), tolerance))
        for product, version, tolerance, *months in found
    }


def grid(importer: Party, year: int, eligible: Iterable[int] | None = None) -> list[GridRow]:
    """The rows of the grid by SKU: products that are eligible, planned or drafted. Three queries.

    Without ``eligible`` those only that are planned or drafted.
    """
    planned, drafts = planned_figures(importer, year), draft_figures(importer, year)
    wanted = {*planned, *drafts, *(eligible or ())}
    products = Product.objects.order_by("sku").values_list("pk", "sku", "name", "name_zh")
    rows: list[GridRow] = []
    for pk, sku, name, name_zh in products:
        if pk in wanted:
            now = planned.get(pk, Figures())
            version, draft = drafts.get(pk, (0, now))
            rows.append(GridRow(pk, sku, name, name_zh, now, draft, version))
    return rows


def found_by(rows: Sequence[GridRow], words: str) -> list[GridRow]:
    """The rows whose SKU or name, in either language, holds the words."""
    asked = words.casefold().split()
    return [
        row
        for row in rows
        if all(word in f"{row.sku} {row.name} {row.name_zh}".casefold() for word in asked)
    ]


def totals(rows: Iterable[GridRow]) -> Figures:
    """All drafts added up, month by month."""
    by_month = [row.draft.months for row in rows]
    months = tuple(map(sum, zip(*by_month, strict=True))) if by_month else (0,) * 12
    return Figures(months)
