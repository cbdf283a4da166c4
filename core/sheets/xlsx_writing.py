"""Writes XLSX files. Loads the library, so only ``files`` reaches it, when a file is made."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from core.sheets.shapes import Cell, SheetOut, SheetTooLong

MAX_XLSX_ROWS = 1_048_575
_EXACT_DIGITS = 15
_MAX_TITLE = 31
_WIDEST = 60
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]|^'|'$")
_FIXED_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  file property, so that bytes repeat


def written(sheets: Sequence[SheetOut]) -> bytes:
    """The sheets as one XLSX file; see ``files.write_xlsx``."""
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(out, options) as book:
        book.set_properties({"created": _FIXED_DAY, "author": "Bondpool"})
        heading_format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        for number, sheet in enumerate(sheets, start=1):
            _write_sheet(book, sheet, number, heading_format)
    return out.getvalue()


def _write_sheet(book: Any, sheet: SheetOut, number: int, heading_format: Any) -> None:
    page = book.add_worksheet(_NOT_IN_TITLES.sub(" ", sheet.title)[:_MAX_TITLE] or f"{number}")
    page.freeze_panes(1, 0)
    widths = [len(heading) + 2 for heading in sheet.headings]
    formats = [book.add_format({"num_format": text}) if text else None for text in sheet.formats]
    formats += [None] * (len(widths) - len(formats))
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, heading_format)
    for row_number, row in enumerate(sheet.rows, start=1):
        if row_number > MAX_XLSX_ROWS:
            raise SheetTooLong(title=sheet.title, rows=row_number, limit=MAX_XLSX_ROWS)
        for column, cell in enumerate(row):
            _write_cell(page, row_number, column, cell, formats[column], days)
            widths[column] = max(widths[column], min(_WIDEST, len(str(cell)) + 2))
    for column, width in enumerate(widths):
        page.set_column(column, column, width)


def _write_cell(page: Any, row: int, column: int, cell: Cell, chosen: Any, days: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, days)
    elif isinstance(cell, int | Decimal) and _is_exact(cell):
        page.write_number(row, column, cell, chosen)
    else:
        page.write_string(row, column, str(cell))


def _is_exact(number: int | Decimal) -> bool:
    """Whether a spreadsheet program, which keeps 15 digits, would show every digit."""
    return len(str(number).lstrip("-").replace(".", "")) <= _EXACT_DIGITS
