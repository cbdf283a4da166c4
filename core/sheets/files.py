"""Uploads in, downloads out: decides the kind of a file and hands it to the part that knows it.

The XLSX libraries take a third of a second to load; they are, when the first file is met.
"""

from collections.abc import Sequence
from pathlib import PurePath
from typing import cast

from django.utils.module_loading import import_string

from core.sheets.separated import csv_lines
from core.sheets.shapes import (
    MAX_COLUMNS,
    RowDoesNotFit,
    Sheet,
    SheetEmpty,
    SheetOut,
    SheetTooLarge,
    SheetTooWide,
    SheetUnreadable,
    TooManyRows,
    WrongKindOfFile,
)
from core.sheets.workbook import NotAWorkbook, last_cell

MAX_BYTES = 25_000_000
MAX_ROWS = 200_000
_WORKBOOKS = {".xlsx", ".xlsm"}
_TEXTS = {".csv", ".tsv", ".txt"}
_ZIP = b"PK\x03\x04"


def read(upload_name: str, content: bytes, *, max_rows: int = MAX_ROWS) -> Sheet:
    """Read an upload; the kind is decided by name and content together.

    CSV may be UTF-8, UTF-16 with its mark, or GB 18030, separated by comma, semicolon or tab. A
    leading ' that our own export put before a risky text is taken off again.

    Raises:
        SheetTooLarge, WrongKindOfFile, SheetBomb, SheetUnreadable, SheetEmpty, SheetTooWide,
        TooManyRows, RowDoesNotFit, DigitsLost.
    """
    if len(content) > MAX_BYTES:
        raise SheetTooLarge(megabytes=-(-len(content) // 1_000_000), limit=MAX_BYTES // 1_000_000)
    kind = PurePath(upload_name).suffix.lower()
    is_archive = content.startswith(_ZIP)
    if kind in _WORKBOOKS and is_archive:
        lines = _xlsx_lines(upload_name, content, max_rows)
    elif kind in _TEXTS and not is_archive:
        lines = csv_lines(upload_name, content, max_rows=max_rows)
    else:
        raise WrongKindOfFile(name=upload_name)
    return _sheet(upload_name, lines, max_rows)


def _sheet(name: str, lines: list[list[str]], max_rows: int) -> Sheet:
    while lines and not any(lines[-1]):
        lines.pop()
    start = next((number for number, line in enumerate(lines) if any(line)), None)
    if start is None:
        raise SheetEmpty(name=name)
    headings = _without_empty_end(lines[start])
    rows = lines[start + 1 :]
    _refuse_size(len(rows), len(headings), max_rows)
    first = start + 2
    return Sheet(headings, _as_wide(rows, len(headings), first), first)


def _as_wide(rows: list[list[str]], wide: int, first: int) -> list[list[str]]:
    for number, row in enumerate(rows):
        if len(row) < wide:
            row.extend([""] * (wide - len(row)))
        elif len(row) > wide:
            filled = len(_without_empty_end(row))
            if filled > wide:
                raise RowDoesNotFit(row=first + number, cells=filled, headings=wide)
            del row[wide:]
    return rows


def _without_empty_end(line: list[str]) -> list[str]:
    end = len(line)
    while end and not line[end - 1]:
        end -= 1
    return line[:end]


def _refuse_size(rows: int, columns: int, max_rows: int) -> None:
    if columns > MAX_COLUMNS:
        raise SheetTooWide(columns=columns, limit=MAX_COLUMNS)
    if rows > max_rows:
        raise TooManyRows(rows=rows, limit=max_rows)


def write_xlsx(sheets: Sequence[SheetOut]) -> bytes:
    """An XLSX file: headings bold and frozen, numbers as numbers, every text as text.

    A number of more than 15 digits is written as text, so that none is lost; a text longer than
    32,767 characters, the most that a cell holds, is cut. The same input gives the same bytes.

    Raises:
        SheetTooLong: a sheet has more rows than the format can hold.
    """
    return cast("bytes", import_string("core.sheets.xlsx_writing.written")(sheets))


def _xlsx_lines(name: str, content: bytes, max_rows: int) -> list[list[str]]:
    try:
        rows, columns = last_cell(content)
        _refuse_size(rows - 1, columns, max_rows)
        found = import_string("core.sheets.xlsx_reading.lines")(content)
    except NotAWorkbook as error:
        raise SheetUnreadable(name=name) from error
    return cast("list[list[str]]", found)
