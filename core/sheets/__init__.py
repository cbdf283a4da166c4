"""Spreadsheets in and out: bombs are refused before parsing, exports hold no formula.

These are the only reader and the only writers of CSV and XLSX in the system.
"""

from core.sheets.reading import (
    DigitsLost,
    RowDoesNotFit,
    Sheet,
    SheetEmpty,
    SheetTooLarge,
    SheetTooWide,
    SheetUnreadable,
    TooManyRows,
    WrongKindOfFile,
    read,
)
from core.sheets.workbook import SheetBomb
from core.sheets.writing import (
    Cell,
    SheetOut,
    SheetTooLong,
    write_csv,
    write_xlsx,
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
