"""Writes CSV and XLSX files in which no text can become a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from core.domain.errors import Refusal

Cell = str | int | Decimal | date | bool | None
"""What a cell may hold; money as Decimal in major units, never float."""

MAX_XLSX_ROWS = 1_048_575
_EXACT_DIGITS = 15
_MAX_TITLE = 31
_WIDEST = 60
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]|^'|'$")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_RISKY = re.compile(r"'*(?:\s*[=+\-@＝＋－＠\x00]|[\t\r\n])")
GUARDED = re.compile(r"'" + _RISKY.pattern)
"""A text that ``write_csv`` has put its ' before."""

_FIXED_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  file property, so that bytes repeat


class SheetTooLong(Refusal):
    """Raised when more rows are written than one sheet can hold."""

    code = "sheet-too-long"
    reason = "“{title}” has {rows} rows; a sheet holds {limit}."
    remedy = "Choose a shorter period, or download it as CSV."


@dataclass(frozen=True)
class SheetOut:
    """One sheet to write. ``formats`` are number formats by column, such as "#,##0.00"."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    formats: Sequence[str] = field(default=())


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file that spreadsheet programs open as text: UTF-8 with its mark, CRLF line ends.

    A text that a spreadsheet program would run (it starts with = + - @, tab, line end or NUL, and
    is no plain number) gets a ' in front; ``read`` takes it off again.
    Source: OWASP ASVS 5.0, 1.2.10.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_guarded(heading) for heading in headings])
    writer.writerows([_guarded(_text(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(sheets: Sequence[SheetOut]) -> bytes:
    """An XLSX file: headings bold and frozen, numbers as numbers, every text as text.

    A number of more than 15 digits is written as text, so that none is lost; a text longer than
    32,767 characters, the most that a cell holds, is cut. The same input gives the same bytes.

    Raises:
        SheetTooLong: a sheet has more rows than the format can hold.
    """
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


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell)


def _guarded(text: str) -> str:
    if _PLAIN_NUMBER.fullmatch(text) or not _RISKY.match(text):
        return text
    return "'" + text
