"""Many importers' years as CSV files of 100,000 lines: read, staged, published."""

from itertools import count

from django.conf import settings
from django.db import transaction

from benchmarks.drivers import write_bare
from benchmarks.rows.forecast_csv import COLUMNS, add_products, clean, ours, plain, sheet
from benchmarks.ways import Way, Ways
from core.keys import KeyRing
from core.models import Party
from tests.conftest import party

A_SHEET = 100_000
PLAIN_LINES = 8_000
_run = count(1)


def ways(size: int) -> Ways:
    """Each run is the first plan of as many new importers as there are sheets."""
    KeyRing.make(settings.KEY_DIR)
    lines = min(size, A_SHEET)
    sheets, few = size // lines, min(size, PLAIN_LINES)
    add_products((lines + 1) // 2)
    content, short = sheet(lines), sheet(few)
    importers: list[Party] = []
    values: list[tuple[object, ...]] = []

    def newcomers() -> None:
        importers[:] = [party("importer", f"lines-{next(_run)}") for _ in range(sheets)]

    def prepare_limit() -> None:
        newcomers()
        values[:] = [row for importer in importers for row in clean(importer, lines)]

    def run_ours() -> None:
        for importer in importers:
            ours(importer, content)

    def run_plain() -> None:
        plain(importers[0], short)

    def run_limit() -> None:
        with transaction.atomic():
            write_bare("imports_forecastline", COLUMNS, values)

    return {
        "ours": Way(run_ours, sheets * lines, prepare=newcomers),
        "plain": Way(run_plain, few, prepare=newcomers),
        "limit": Way(run_limit, sheets * lines, prepare=prepare_limit),
    }
