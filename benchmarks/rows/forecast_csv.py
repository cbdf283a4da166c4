"""A year's forecasts as a CSV file: read, validated, kept, published."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from itertools import count

from django.conf import settings
from django.db import transaction

from benchmarks.drivers import write_bare
from benchmarks.ways import Way, Ways
from core import bulk, tenancy
from core.keys import KeyRing
from core.models import Party
from imports import services
from imports.domain.forecasts import MONTHS, TEMPLATE_HEADINGS
from imports.models import ForecastLine, Product
from tests.conftest import party

YEAR = 2026
YEARS = (YEAR, YEAR + 1)
PLAIN_ROWS = 8_000
AT = datetime(2025, 11, 3, tzinfo=UTC)
COLUMNS = (
    "importer_id", "product_id", "year", "tolerance_units", *MONTHS, "version_from",
)  # fmt: skip
PRODUCT = (
    "gtin", "sku", "name", "name_zh", "brand", "category", "hs_code", "origin", "shelf_life_days",
    "net_weight_g", "gross_weight_g", "volume_cm3", "declared_unit", "statutory_unit",
    "statutory_qty_per_unit",
)  # fmt: skip
_run = count(1)


def add_products(number_of: int) -> None:
    """A catalogue as large as the sheet needs."""
    rows = [
        (
            f"{10**12 + n:014d}", f"SKU-{n:06d}", f"Milk powder {n}", "全脂奶粉", "Waikato", "food",
            "0402210000", "NZ", 730, 900, 1000, 2400, "142", "035", "0.9",
        )
        for n in range(number_of)
    ]  # fmt: skip
    bulk.create(Product, PRODUCT, rows)


def figures(n: int) -> tuple[int, ...]:
    """Twelve months of units; every fourth empty."""
    return tuple(0 if (n + m) % 4 == 0 else (n * 37 + m * 101) % 900 + 1 for m in range(12))


def sheet(rows: int) -> bytes:
    """Both years of every product, two rows each, as a spreadsheet program saves them."""
    text = StringIO()
    out = csv.writer(text)
    out.writerow(TEMPLATE_HEADINGS)
    for n in range(rows):
        product, year = divmod(n, 2)
        units = [unit or "" for unit in figures(n)]
        sku, gtin = f"SKU-{product:06d}", f"{10**12 + product:014d}"
        out.writerow([sku, gtin, f"Milk powder {product}", YEARS[year], 5, *units])
    return text.getvalue().encode("utf-8-sig")


def ours(importer: Party, content: bytes) -> None:
    """Upload and publish, as the page does."""
    with tenancy.acting_for(importer):
        services.send_forecast(importer, "plan.csv", content, year=YEAR)


def plain(importer: Party, content: bytes) -> None:
    """DictReader, a look-up and checks for each row, objects, bulk_create."""
    by_sku = {product.sku: product for product in Product.objects.all()}
    lines = []
    for row in csv.DictReader(StringIO(content.decode("utf-8-sig"))):
        product = by_sku[row["SKU"]]
        year = int(row["Year"])
        units = [int(row[name] or 0) for name in TEMPLATE_HEADINGS[5:]]
        if product.gtin != row["GTIN"] or year not in YEARS or min(units) < 0:
            raise ValueError(row)
        line = ForecastLine(
            importer_id=importer.pk,
            product=product,
            year=year,
            tolerance_units=int(row["Tolerance"] or 0),
            version_from=AT,
        )
        for name, value in zip(MONTHS, units, strict=True):
            setattr(line, name, value)
        lines.append(line)
    with tenancy.acting_for(importer):
        ForecastLine.objects.bulk_create(lines, batch_size=500)


def clean(importer: Party, rows: int) -> list[tuple[object, ...]]:
    """The rows that end in the table, made off the clock."""
    first = Product.objects.order_by("pk").values_list("pk", flat=True)[0]
    return [
        (importer.pk, first + n // 2, YEARS[n % 2], 5, *figures(n), str(AT)[:19])
        for n in range(rows)
    ]


def ways(size: int) -> Ways:
    """Each run is another importer's first plan."""
    KeyRing.make(settings.KEY_DIR)
    rows = max(2, size // 12)
    few = min(rows, PLAIN_ROWS)
    add_products((rows + 1) // 2)
    content, short = sheet(rows), sheet(few)
    now: dict[str, Party] = {}
    values: list[tuple[object, ...]] = []

    def newcomer() -> None:
        now["importer"] = party("importer", f"importer-{next(_run)}")

    def prepare_limit() -> None:
        newcomer()
        values[:] = clean(now["importer"], rows)

    def limit() -> None:
        with transaction.atomic():
            write_bare("imports_forecastline", COLUMNS, values)

    def way(run: Callable[[Party, bytes], None], sent: bytes, cells: int) -> Way:
        return Way(lambda: run(now["importer"], sent), cells, prepare=newcomer)

    return {
        "ours": way(ours, content, rows * 12),
        "plain": way(plain, short, few * 12),
        "limit": Way(limit, rows * 12, prepare=prepare_limit),
    }
