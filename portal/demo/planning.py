"""The annual forecasts: written as sheets, uploaded as importers would, corrected and published."""

from collections.abc import Sequence
from datetime import date, timedelta

from core import clock, sheets, tenancy
from core.models import Party
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.models import ForecastUpload
from imports.services import publish, upload_forecast
from portal.demo.catalogue import ProductRow
from portal.demo.plans import PlanLine

Row = list[str | int]

NOT_A_PRODUCT = "NO-SUCH-SKU"


def forecast_day(year: int) -> date:
    """The day on which importers send the forecast of a year."""
    return date(year - 1, 10, 10)


def rows_of(lines: Sequence[PlanLine], names: dict[str, str], year: int) -> list[Row]:
    """A plan as the rows of the forecast template, headings first."""
    return [list(TEMPLATE_HEADINGS), *(_row(line, names[line.sku], year) for line in lines)]


def _row(line: PlanLine, name: str, year: int) -> Row:
    tolerance = line.units // 50
    return [line.sku, line.gtin, name, year, tolerance, *line.months]


def row_of_perishable(product: ProductRow, year: int) -> Row:
    """A plan for fresh goods, which the pool declines."""
    return [product.sku, product.gtin, product.name, year, 0, *[100] * 12]


def with_slips(rows: list[Row]) -> list[Row]:
    """The same sheet with two slips of the keyboard: an unknown SKU and half a unit."""
    copied = [list(row) for row in rows]
    copied[1][0] = NOT_A_PRODUCT
    copied[-1][7] = "12.5"
    return copied


def send(importer: Party, rows: list[Row], *, day: date, as_xlsx: bool) -> ForecastUpload:
    """Upload rows as a real file on a day, in the importer's name."""
    stem = f"forecast-{importer.code.lower()}-{day:%Y%m%d}"
    if as_xlsx:
        name, content = f"{stem}.xlsx", sheets.write_xlsx({"Forecast": rows})
    else:
        name, content = f"{stem}.csv", sheets.write_csv(rows)
    with clock.at(day), tenancy.acting_for(importer):
        return upload_forecast(importer, name, content)


def send_and_publish(
    importer: Party, rows: list[Row], *, day: date, as_xlsx: bool
) -> ForecastUpload:
    """Upload rows and publish them the day after."""
    upload = send(importer, rows, day=day, as_xlsx=as_xlsx)
    with clock.at(day + timedelta(days=1)), tenancy.acting_for(importer):
        publish(upload)
    upload.refresh_from_db()
    return upload
