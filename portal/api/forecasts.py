"""An importer's plan of a year, by product and month."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path
from pydantic import BaseModel, Field

from core import sheets
from core.api_keys import Scope
from core.models import Importer
from core.web.refusals import render_stored
from imports import queries, services
from imports.domain.forecasts import MOST_UNITS, TEMPLATE_HEADINGS, YearNotOpen
from portal.api.gate import importer_of, operation
from portal.api.problems import declined
from portal.api.shapes import Fault, Said
from portal.api.statements import Year

MOST_LINES = 5_000
Month = Annotated[int, Field(strict=True, ge=0, le=MOST_UNITS)]


class ForecastLineIn(Said):
    """Units of January to December of a product, and those taken on top if they come."""

    sku: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]{1,40}$")]
    months: Annotated[list[Month], Field(min_length=12, max_length=12)]
    tolerance: Month = 0


class ForecastIn(Said):
    """The lines that are to hold from now on; products that are not named keep theirs."""

    lines: Annotated[list[ForecastLineIn], Field(min_length=1, max_length=MOST_LINES)]


class ForecastLineOut(BaseModel):
    """One line of the current plan."""

    sku: str
    gtin: str
    name: str
    months: list[int]
    tolerance: int


class ForecastOut(BaseModel):
    """The current plan of a year, by SKU; a product has one line."""

    year: int
    lines: list[ForecastLineOut]


@operation("GET", "/forecasts/{year}", scope=Scope.FORECASTS_READ, answers={200: ForecastOut})
def read_forecast(request: HttpRequest, year: Path[Year]) -> ForecastOut:
    """The importer's current plan of a year."""
    return _plan(importer_of(request), year)


@operation(
    "PUT",
    "/forecasts/{year}",
    scope=Scope.FORECASTS_WRITE,
    answers={200: ForecastOut},
    declines=[400],
)
def plan_year(request: HttpRequest, year: Path[Year], plan: ForecastIn) -> Any:
    """Make lines the importer's plan of a year: all of them, or none when one is wrong.

    Each wrong line is named with its place, its value and what to do.
    """
    importer = importer_of(request)
    first = queries.year_in_view()
    if year not in (first, first + 1):
        raise YearNotOpen(value=str(year), first=str(first), last=str(first + 1))
    rows: list[list[str | int]] = [
        [x.sku, "", "", year, x.tolerance, *x.months] for x in plan.lines
    ]
    content = sheets.write_csv(TEMPLATE_HEADINGS, rows)
    upload = services.upload_forecast(importer, f"api-{year}.csv", content, year=year)
    if upload.errors:
        return _named(upload.errors)
    services.publish(upload)
    return _plan(importer, year)


def _plan(importer: Importer, year: int) -> ForecastOut:
    rows = queries.plan_of(importer, year)
    return ForecastOut(
        year=year,
        lines=[
            ForecastLineOut(
                sku=row.sku,
                gtin=row.gtin,
                name=row.name,
                months=list(row.months),
                tolerance=row.tolerance_units,
            )
            for row in rows
        ],
    )


def _named(errors: list[dict[str, Any]]) -> HttpResponse:
    """What is wrong in which line; lines count from 0, the sheet's rows from 1 with headings."""
    faults = []
    for error in errors:
        said = render_stored(error["code"], error["params"])
        faults.append(
            Fault(
                where=f"lines.{error['row'] - 2}.{error['column'].lower()}",
                value=error["value"],
                code=said.code,
                detail=said.reason,
                remedy=said.remedy,
            )
        )
    return declined(services.UploadNeedsFixing(errors=len(errors)), faults)
