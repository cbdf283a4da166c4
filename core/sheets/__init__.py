"""Spreadsheets in and out: bombs are refused before parsing, exports hold no formula.

These are the only reader and the only writers of CSV and XLSX in the system.
"""

from core.sheets.files import read, write_xlsx
from core.sheets.separated import write_csv
from core.sheets.shapes import (
    Cell,
    DigitsLost,
    RowDoesNotFit,
    Sheet,
    SheetBomb,
    SheetEmpty,
    SheetOut,
    SheetTooLarge,
    SheetTooLong,
    SheetTooWide,
    SheetUnreadable,
    TooManyRows,
    WrongKindOfFile,
)

__all__ = [
    "Cell",
    "DigitsLost",
    "RowDoesNotFit",
    "Sheet",
    "SheetBomb",
    "SheetEmpty",
    "SheetOut",
    "SheetTooLarge",
    "SheetTooLong",
    "SheetTooWide",
    "SheetUnreadable",
    "TooManyRows",
    "WrongKindOfFile",
    "read",
    "write_csv",
    "write_xlsx",
]
