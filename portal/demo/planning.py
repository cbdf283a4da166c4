"""The annual forecasts: written as sheets, uploaded as importers would, corrected and published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from core import tenancy
from core.models import Party
from core.sheets import SheetOut, write_csv, write_xlsx
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.models import ForecastUpload
from imports.services import publish, upload_forecast
from portal.demo import catalogue
from portal.demo.catalogue import ProductRow
from portal.demo.plans import PlanLine
from portal.demo.state import Year

Row = tuple[str | int, ...]

SLIP_SKU = "NO-SUCH-SKU"
SLIP_UNITS = "12.5"
ACCEPTED_SURPLUS = 50
"""An importer accepts one unit more for every so many that it plans."""


def forecast_day(year: int) -> date:
    """The day on which importers send the first sheets for a year."""
    return date(year - 1, 9, 20)


def enter(year: Year) -> None:
    """Enter every importer's upload; the first has slips, the second fresh goods, at first."""
    day = forecast_day(year.plan.year)
    for place, code in enumerate(year.world.importers):
        rows = rows_of(year.plans[code], year.rows, year.plan.year)
        if place == 0:
            year.schedule.on(day, partial(_send_back, year, code, with_slips(rows), place))
        if place == 1:
            fresh = [*rows, row_of_perishable(catalogue.perishable(), year.plan.year)]
            year.schedule.on(day, partial(_send_back, year, code, fresh, place))
        later = day + timedelta(days=1 + place % 5)
        year.schedule.on(later, partial(_publish, year, code, rows, place))


def _send_back(year: Year, code: str, rows: Sequence[Row], place: int) -> None:
    """Upload rows that the pool declines, and see that it does."""
    with year.journal.stage("Forecasts sent back with reasons", "sheets") as stage:
        upload = _send(year, code, rows, place)
        if upload.state != ForecastUpload.State.INVALID:
            raise RuntimeError(f"upload {upload.pk} was meant to be sent back and was not")
        stage.count += 1


def _publish(year: Year, code: str, rows: Sequence[Row], place: int) -> None:
    with year.journal.stage("Forecasts uploaded and published", "lines") as stage:
        upload = _send(year, code, rows, place)
        with tenancy.acting_for(year.world.importers[code]):
            lines = publish(upload)
        stage.count += lines
        year.figures.forecast_lines += lines


def _send(year: Year, code: str, rows: Sequence[Row], place: int) -> ForecastUpload:
    """Upload a real file in the importer's name: XLSX from every second, CSV from the others."""
    importer = year.world.importers[code]
    file = sheet(importer, rows, day=year.schedule.today, as_xlsx=place % 2 == 0)
    with tenancy.acting_for(importer):
        return upload_forecast(importer, file.name, file.content, year=year.plan.year)


def rows_of(lines: Sequence[PlanLine], products: dict[str, ProductRow], year: int) -> list[Row]:
    """A plan as the rows of the forecast template."""
    return [
        (
            line.sku,
            line.gtin,
            products[line.sku].name,
            year,
            line.units // ACCEPTED_SURPLUS,
            *line.months,
        )
        for line in lines
    ]


def row_of_perishable(product: ProductRow, year: int) -> Row:
    """A plan for fresh goods, which the pool declines."""
    return (product.sku, product.gtin, product.name, year, 0, *[100] * 12)


def with_slips(rows: Sequence[Row]) -> list[Row]:
    """The same rows with two slips of the keyboard: an unknown SKU, and half a unit in March."""
    first, last = rows[0], rows[-1]
    march = TEMPLATE_HEADINGS.index("Mar")
    return [
        (SLIP_SKU, "", *first[2:]),
        *rows[1:-1],
        (*last[:march], SLIP_UNITS, *last[march + 1 :]),
    ]


@dataclass(frozen=True)
class Sheet:
    """A forecast sheet as a file that an importer would send."""

    name: str
    content: bytes


def sheet(importer: Party, rows: Sequence[Row], *, day: date, as_xlsx: bool) -> Sheet:
    """The rows as a real CSV or XLSX file."""
    stem = f"forecast-{importer.code.lower()}-{day:%Y%m%d}"
    if as_xlsx:
        content = write_xlsx([SheetOut("Forecast", TEMPLATE_HEADINGS, rows)])
        return Sheet(f"{stem}.xlsx", content)
    return Sheet(f"{stem}.csv", write_csv(TEMPLATE_HEADINGS, rows))
