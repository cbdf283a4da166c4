"""Reads an uploaded CSV or XLSX file into headings and rows of exact text."""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice
from pathlib import PurePath
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)
from xlsxwriter.utility import xl_col_to_name

from core.domain.errors import Refusal
from core.sheets.workbook import NotAWorkbook, last_cell
from core.sheets.writing import GUARDED

MAX_BYTES = 25_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 256
_EXACT_DIGITS = 10**15
"""Spreadsheet programs keep 15 digits of a number and drop the rest without a word."""

_WORKBOOKS = {".xlsx", ".xlsm"}
_TEXTS = {".csv", ".tsv", ".txt"}
_ZIP = b"PK\x03\x04"
_MOST_SEPARATORS = 10_000
_DELIMITERS = ",;\t"


class SheetTooLarge(Refusal):
    """Raised when a file is larger than is read."""

    code = "sheet-too-large"
    reason = "The file has {megabytes} MB; at most {limit} MB are read."
    remedy = "Split it into several files."


class WrongKindOfFile(Refusal):
    """Raised when a file is neither CSV nor XLSX."""

    code = "wrong-kind-of-file"
    reason = "“{name}” is neither a CSV nor an XLSX file."
    remedy = "In the spreadsheet program choose Save as, then XLSX or CSV."


class SheetUnreadable(Refusal):
    """Raised when a file cannot be read as what its name says."""

    code = "sheet-unreadable"
    reason = "“{name}” is damaged, locked by a password or not what its name says."
    remedy = "Open it in the spreadsheet program, remove the password and save it as XLSX."


class SheetEmpty(Refusal):
    """Raised when a file has no row of headings."""

    code = "sheet-empty"
    reason = "“{name}” has no rows."
    remedy = "Put the headings in the first row and one entry in each row below."


class SheetTooWide(Refusal):
    """Raised when a sheet has more columns than are read."""

    code = "sheet-too-wide"
    reason = "The sheet has {columns} columns; at most {limit} are read."
    remedy = "Delete the columns that are not needed."


class TooManyRows(Refusal):
    """Raised when a sheet has more rows than are read, or more than fit into one sheet."""

    code = "too-many-rows"
    reason = "The sheet has {rows} rows; at most {limit} are possible."
    remedy = "Split it into several files."


class RowDoesNotFit(Refusal):
    """Raised when a row has more filled cells than there are headings."""

    code = "row-does-not-fit"
    reason = "Row {row} has {cells} cells; there are {headings} headings."
    remedy = "Put quotation marks around texts that hold the separator, or add the heading."


class DigitsLost(Refusal):
    """Raised when a cell holds a number so long that the spreadsheet program has rounded it."""

    code = "digits-lost"
    reason = "Row {row}, column {column} holds a number of more than 15 digits; its end was lost."
    remedy = "Set the column's format to Text and enter the number again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first visible sheet of a file: headings, and rows as wide as they are, all exact text.

    Row ``n`` of ``rows`` is row ``first_row_number + n`` of the file, headings and empty rows
    counted. An empty cell is "". Dates are ISO 8601.
    """

    headings: list[str]
    rows: list[list[str]]
    first_row_number: int


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
        lines = _workbook_lines(upload_name, content, max_rows)
    elif kind in _TEXTS and not is_archive:
        lines = _text_lines(upload_name, content, max_rows)
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


# XLSX


def _workbook_lines(name: str, content: bytes, max_rows: int) -> list[list[str]]:
    try:
        rows, columns = last_cell(content)
        _refuse_size(rows - 1, columns, max_rows)
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        lines = _first_visible(book).to_python(skip_empty_area=False)
    except (NotAWorkbook, CalamineError, PasswordError, XmlError, ZipError, IndexError) as error:
        raise SheetUnreadable(name=name) from error
    return [_texts_of(line, number) for number, line in enumerate(lines, start=1)]


def _first_visible(book: CalamineWorkbook) -> CalamineSheet:
    shown = [
        sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
    ]
    return book.get_sheet_by_name((shown or book.sheet_names)[0])


def _texts_of(line: list[Any], number: int) -> list[str]:
    try:
        return [_AS_TEXT[type(value)](value) for value in line]
    except OverflowError as error:
        column = next(
            place
            for place, value in enumerate(line)
            if type(value) is float and abs(value) >= _EXACT_DIGITS
        )
        raise DigitsLost(row=number, column=xl_col_to_name(column)) from error


def _number_text(value: float) -> str:
    """A number as it was typed: 12, not 12.0; 0.0000001, not 1e-07."""
    if abs(value) >= _EXACT_DIGITS:
        raise OverflowError
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: str.strip,
    float: _number_text,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    date: date.isoformat,
    datetime: lambda value: value.isoformat(sep=" "),
    time: time.isoformat,
    timedelta: str,
}


# CSV


def _text_lines(name: str, content: bytes, max_rows: int) -> list[list[str]]:
    text = _decoded(name, content)
    delimiter = _delimiter(text)
    reader = csv.reader(_narrow_lines(text, delimiter), delimiter=delimiter, strict=True)
    try:
        lines = [_cells(line) for line in islice(reader, max_rows + 1)]
        more = sum(any(line) for line in reader)
    except csv.Error as error:
        raise SheetUnreadable(name=name) from error
    if more:
        raise TooManyRows(rows=max_rows + more, limit=max_rows)
    return lines


def _narrow_lines(text: str, delimiter: str) -> Iterator[str]:
    """The lines, so long as none has separators enough to fill memory with cells."""
    for line in StringIO(text, newline=""):
        columns = line.count(delimiter) + 1
        if columns > _MOST_SEPARATORS:
            raise SheetTooWide(columns=columns, limit=MAX_COLUMNS)
        yield line


def _cells(line: Iterable[str]) -> list[str]:
    return [cell[1:].strip() if GUARDED.match(cell) else cell.strip() for cell in line]


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetUnreadable(name=name)


def _delimiter(text: str) -> str:
    """The separator that stands most often in the first line, quoted parts left out; else comma."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)
