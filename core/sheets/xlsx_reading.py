"""Reads XLSX files. Loads the parser, so only ``files`` reaches it, after the file was checked."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
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

from core.sheets.shapes import DigitsLost
from core.sheets.workbook import NotAWorkbook, column_letters

_EXACT_DIGITS = 10**15
"""Spreadsheet programs keep 15 digits of a number and drop the rest without a word."""


def lines(content: bytes) -> list[list[str]]:
    """All rows of the first visible sheet from row 1 on, as exact text.

    Raises:
        NotAWorkbook: the parser finds no sheet.
        DigitsLost: a cell holds a number that the spreadsheet program has rounded.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        rows = _first_visible(book).to_python(skip_empty_area=False)
    except (CalamineError, PasswordError, XmlError, ZipError, IndexError) as error:
        raise NotAWorkbook from error
    return [_texts_of(row, number) for number, row in enumerate(rows, start=1)]


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
        raise DigitsLost(row=number, column=column_letters(column + 1)) from error


def _number_text(value: float) -> str:
    """A number as it was typed: 12, not 12.0; 0.0000001, not 1e-07."""
    if not -_EXACT_DIGITS < value < _EXACT_DIGITS:
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
