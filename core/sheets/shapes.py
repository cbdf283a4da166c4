"""What a spreadsheet is here, coming in and going out, and the reasons to refuse one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.domain.errors import Refusal

Cell = str | int | Decimal | date | bool | None
"""What a written cell may hold; money as Decimal in major units, never float."""

MAX_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first visible sheet of a file: headings, and rows as wide as they are, all exact text.

    Row ``n`` of ``rows`` is row ``first_row_number + n`` of the file, headings and empty rows
    counted. An empty cell is "". Dates are ISO 8601.
    """

    headings: list[str]
    rows: list[list[str]]
    first_row_number: int


@dataclass(frozen=True)
class SheetOut:
    """One sheet to write. ``formats`` are number formats by column, such as "#,##0.00"."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    formats: Sequence[str] = field(default=())


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


class SheetBomb(Refusal):
    """Raised when a file unpacks to far more than a spreadsheet can hold."""

    code = "sheet-bomb"
    reason = "The file unpacks to more than {limit_mb} MB, {parts} parts or {cells} cells."
    remedy = "Copy the rows into a new spreadsheet, save it and upload that."


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


class SheetTooLong(Refusal):
    """Raised when more rows are written than one sheet can hold."""

    code = "sheet-too-long"
    reason = "“{title}” has {rows} rows; a sheet holds {limit}."
    remedy = "Choose a shorter period, or download it as CSV."
