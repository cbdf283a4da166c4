"""A sheet that was read: what publishing it would change, row by row."""

from dataclasses import dataclass

from imports.domain.drafts import Figures
from imports.domain.forecasts import MONTHS
from imports.models import ForecastLine, ForecastUpload, StagedLine

_FIGURES = ("tolerance_units", *MONTHS)


@dataclass(frozen=True)
class StagedRow:
    """A row of a sheet beside the plan as it is; ``before`` is empty where there is none."""

    row_number: int
    sku: str
    name: str
    name_zh: str
    year: int
    change: str
    before: Figures
    after: Figures


def staged_rows(upload: ForecastUpload, *, limit: int) -> list[StagedRow]:
    """The first rows of a sheet that would change the plan, in its own order. Two queries."""
    rows = list(
        StagedLine.objects.filter(upload=upload)
        .exclude(change=StagedLine.Change.UNCHANGED)
        .order_by("row_number")
        .values_list(
            "row_number", "product_id", "product__sku", "product__name", "product__name_zh",
            "year", "change", *_FIGURES,
        )[:limit]
    )  # fmt: skip
    plan = ForecastLine.objects.filter(
        importer_id=upload.importer_id, version_before=None, product__in=[row[1] for row in rows]
    )
    now = {
        (product, year): Figures(tuple(months), tolerance)
        for product, year, tolerance, *months in plan.values_list("product_id", "year", *_FIGURES)
    }
    return [
        StagedRow(
            number, sku, name, name_zh, year, change,
            now.get((product, year), Figures()), Figures(tuple(months), tolerance),
        )
        for number, product, sku, name, name_zh, year, change, tolerance, *months in rows
    ]  # fmt: skip
