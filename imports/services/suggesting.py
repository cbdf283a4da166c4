"""The pool's suggestion for an importer's year, and how near its plans came before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core import clock, tenancy
from core.domain.calendar import add_months
from core.models import Party
from imports import queries
from imports.domain.drafts import Figures
from imports.domain.forecasts import MONTHS
from imports.domain.pool_history import (
    LONGEST,
    Held,
    PoolHistory,
    by_month,
    held_out,
    month_number,
    pool_history,
    seasons,
    suggested,
)
from imports.domain.scoring import Accuracy
from imports.domain.suggestions import LEVELS, Suggestion, quantiles
from imports.queries import ProductName
from imports.services.drafts import RowEdit, RowSaved, save_draft

SCORED_MONTHS_SHOWN = 12
_LOW, _HIGH = LEVELS.index(0.1), LEVELS.index(0.9)


@dataclass(frozen=True)
class ProductSuggestion:
    """What an importer may sell of a product in a year, beside its plan and its record."""

    product: ProductName
    drawn: tuple[int, ...]
    """Units of the last twelve months of history, January to December."""
    planned: Figures
    units: int
    low_units: int
    high_units: int
    months: tuple[int, ...]
    parts: tuple[float, ...]
    """Of the year, January to December."""
    found: Suggestion
    is_seasonal: bool
    accuracy: Accuracy | None

    @property
    def drawn_units(self) -> int:
        """Units of the last twelve months of history."""
        return sum(self.drawn)

    @property
    def month_bands(self) -> list[tuple[int, ...]]:
        """Units of each month that one year in ten stays below, and one in ten exceeds."""
        mean, shape = self.found.mean_units, self.found.shape
        return [quantiles(mean * part, shape, (0.1, 0.9)) for part in self.parts]


@dataclass(frozen=True)
class Suggested:
    """The suggestions of a year by SKU, the months behind them, and what held-out months say."""

    rows: list[ProductSuggestion]
    periods: int
    last_month: date | None
    held: Held | None


def suggestions(importer: Party, year: int) -> Suggested:
    """What the importer may sell in a year. Five queries.

    The pool's rows are read inside; only the importer's own figures leave.
    """
    history = _history(year)
    planned = queries.planned_figures(importer, year)
    found = suggested(history, importer.pk, set(planned))
    names = queries.product_names(set(found))
    since = add_months(clock.today().replace(day=1), -SCORED_MONTHS_SHOWN)
    accuracies = queries.accuracies(importer, since=min(since, _first_day(history.before - 12)))
    indices = seasons(history, {pk: each.category for pk, each in names.items()})
    own = _own_year(history, importer.pk)
    rows = [
        _row(
            names[pk],
            found[pk],
            planned.get(pk, Figures()),
            own.get(pk, (0,) * 12),
            indices.get(names[pk].category),
            accuracies.get(pk),
        )
        for pk in names
    ]
    last = _first_day(history.before - 1) if history.periods else None
    return Suggested(rows, history.periods, last, held_out(history, importer.pk))


def _history(year: int) -> PoolHistory:
    today = clock.today()
    end = min(month_number(today.year, today.month), month_number(year + 1, 1))
    with tenancy.as_operator("what all importers drew is pooled; each sees its own part"):
        rows = queries.drawn_rows(since=_first_day(end - 2 * LONGEST))
    return pool_history(rows, before=end)


def _first_day(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _own_year(history: PoolHistory, importer: int) -> dict[int, tuple[int, ...]]:
    """Units of the last twelve months, January to December, by product."""
    found: dict[int, list[int]] = {}
    mine = (history.importers == importer) & (history.months >= history.before - 12)
    columns = (history.products[mine], history.months[mine], history.units[mine])
    for product, month, units in zip(*(each.tolist() for each in columns), strict=True):
        found.setdefault(product, [0] * 12)[month % 12] += units
    return {product: tuple(months) for product, months in found.items()}


def _row(
    product: ProductName,
    found: Suggestion,
    planned: Figures,
    drawn: tuple[int, ...],
    season: list[float] | None,
    accuracy: Accuracy | None,
) -> ProductSuggestion:
    """A product's suggestion by month: by its season, else as it is planned, else alike."""
    shape = tuple(season) if season else tuple(map(float, planned.months))
    whole = sum(shape)
    return ProductSuggestion(
        product=product,
        drawn=drawn,
        planned=planned,
        units=round(found.mean_units),
        low_units=found.quantiles[_LOW],
        high_units=found.quantiles[_HIGH],
        months=by_month(round(found.mean_units), shape),
        parts=tuple(part / whole for part in shape) if whole else (1 / 12,) * 12,
        found=found,
        is_seasonal=bool(season),
        accuracy=accuracy,
    )


def accept_suggestions(
    importer: Party, year: int, products: Collection[int] | None = None
) -> list[RowSaved]:
    """Put the suggestion of products, or of all, into the importer's draft; its tolerances stay.

    Raises:
        YearNotOpen: nothing was saved.
    """
    versions = queries.draft_figures(importer, year)
    edits = [
        RowEdit(
            row.product.product_id,
            versions.get(row.product.product_id, (0, Figures()))[0],
            dict(zip(MONTHS, map(str, row.months), strict=True)),
        )
        for row in suggestions(importer, year).rows
        if products is None or row.product.product_id in products
    ]
    return save_draft(importer, year, edits)
