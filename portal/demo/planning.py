"""The annual forecasts: written as sheets, uploaded as importers would, corrected and published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import clock, tenancy
from core.models import Party
from core.sheets import SheetOut, write_csv, write_xlsx
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.models import ForecastUpload
from imports.services import publish, upload_forecast
from portal.demo.catalogue import ProductRow
from portal.demo.plans import PlanLine

Row = tuple[str | int, ...]

SLIP_SKU = "NO-SUCH-SKU"
SLIP_UNITS = "12.5"
ACCEPTED_SURPLUS = 50
"""An importer accepts one unit more for every so many that it plans."""


def forecast_day(year: int) -> date:
    """The day on which importers send the forecast of a year."""
    return date(year - 1, 9, 20)


def rows_of(lines: Sequence[PlanLine], names: dict[str, str], year: int) -> list[Row]:
    """A plan as the rows of the forecast template."""
    return [
        (
            line.sku,
            line.gtin,
            names[line.sku],
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


def send(importer: Party, file: Sheet, *, year: int, day: date) -> ForecastUpload:
    """Upload a file on a day, in the importer's name."""
    with clock.at(day), tenancy.acting_for(importer, actor=f"party:{importer.pk}"):
        return upload_forecast(importer, file.name, file.content, year=year)


def send_and_publish(importer: Party, file: Sheet, *, year: int, day: date) -> int:
    """Upload a file and publish it the day after; the number of lines that changed."""
    upload = send(importer, file, year=year, day=day)
    tomorrow = day + timedelta(days=1)
    with clock.at(tomorrow), tenancy.acting_for(importer, actor=f"party:{importer.pk}"):
        return publish(upload)
