"""What was drawn, by importer and month, and how near the plans came."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from core.models import Party
from imports.domain.forecasts import MONTHS
from imports.domain.pool_history import month_number
from imports.models import ForecastLine, PlanScore, Product, UnitsDrawn


@dataclass(frozen=True)
class Accuracy:
    """A plan beside what was drawn, over the months that were scored."""

    months: int
    drawn_units: int
    missed_units: int
    over_units: int
    """Planned less drawn: negative where too little was planned."""


@dataclass(frozen=True)
class ProductName:
    """A product as pages name it, with its category."""

    product_id: int
    sku: str
    name: str
    name_zh: str
    category: str


def drawn_rows(*, since: date) -> npt.NDArray[np.int64]:
    """Importer, product, month number and units, a row each, of those in view. One query."""
    rows = UnitsDrawn.objects.filter(month__gte=since).order_by("pk")
    found = [
        (importer, product, month_number(month.year, month.month), units)
        for importer, product, month, units in rows.values_list(
            "importer_id", "product_id", "month", "units"
        )
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def accuracies(importer: Party, *, since: date) -> dict[int, Accuracy]:
    """How near an importer's plans came, by product, over the months since a day. One query."""
    rows = PlanScore.objects.filter(importer_id=importer.pk).filter(
        year__gte=since.year
    ).order_by("pk")  # fmt: skip
    found: dict[int, list[tuple[int, int]]] = {}
    for product, year, month, planned, drawn in rows.values_list(
        "product_id", "year", "month", "planned_units", "drawn_units"
    ):
        if date(year, month, 1) >= since:
            found.setdefault(product, []).append((planned, drawn))
    return {
        product: Accuracy(
            len(pairs),
            sum(drawn for _, drawn in pairs),
            sum(abs(planned - drawn) for planned, drawn in pairs),
            sum(planned - drawn for planned, drawn in pairs),
        )
        for product, pairs in found.items()
    }


def product_names(products: "set[int]") -> dict[int, ProductName]:
    """Products by id. One query."""
    rows = Product.objects.filter(pk__in=products).order_by("sku")
    found = rows.values_list("pk", "sku", "name", "name_zh", "category")
    return {row[0]: ProductName(*row) for row in found}


def scored_months() -> set[tuple[int, int]]:
    """Year and month of every month that was scored. One query."""
    return set(PlanScore.objects.order_by().values_list("year", "month").distinct())


def drawn_in(month: date) -> dict[tuple[int, int], int]:
    """Units drawn in a month by importer and product. One query."""
    rows = UnitsDrawn.objects.filter(month=month, units__gt=0).order_by("pk")
    return {(i, p): units for i, p, units in rows.values_list("importer_id", "product_id", "units")}


def planned_at(year: int, month: int, instant: object) -> dict[tuple[int, int], int]:
    """Units planned for a month by the versions in force at an instant. One query."""
    name = MONTHS[month - 1]
    rows = ForecastLine.objects.filter(year=year, version_from__lt=instant, **{f"{name}__gt": 0})
    rows = rows.exclude(version_before__lte=instant).order_by("pk")
    return {(i, p): units for i, p, units in rows.values_list("importer_id", "product_id", name)}
