"""A forecast sheet as XLSX: opened, checked against what exhausts a machine, read as exact text."""

from collections.abc import Iterator
from io import BytesIO

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from benchmarks.rows.forecast_csv import YEAR, figures
from benchmarks.ways import Way, Ways
from core import sheets
from imports.domain.forecasts import TEMPLATE_HEADINGS

PLAIN = 5_000


def workbook(rows: int) -> bytes:
    """A plan with a row per product."""
    lines: Iterator[list[str | int]] = (
        [f"SKU-{n:06d}", f"{10**12 + n:014d}", f"Milk powder {n}", YEAR, 5, *figures(n)]
        for n in range(rows)
    )
    return sheets.write_xlsx([sheets.SheetOut("plan", TEMPLATE_HEADINGS, lines)])


def ours(content: bytes) -> list[list[str]]:
    """The product's own reader."""
    return sheets.read("plan.xlsx", content).rows


def plain(content: bytes) -> list[list[str]]:
    """openpyxl, each cell as text."""
    page = load_workbook(BytesIO(content), read_only=True, data_only=True).active
    rows = page.iter_rows(min_row=2, values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def ways(size: int) -> Ways:
    """Whole files of ``size`` rows; the plain way a smaller one."""
    few = min(size, PLAIN)
    content, short = workbook(size), workbook(few)

    def run_ours() -> None:
        ours(content)

    def run_plain() -> None:
        plain(short)

    def run_limit() -> None:
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()

    return {
        "ours": Way(run_ours, size),
        "plain": Way(run_plain, few),
        "limit": Way(run_limit, size),
    }
