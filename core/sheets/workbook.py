"""Looks into an XLSX file before it is parsed, and refuses what is made to exhaust the machine.

Two dangers are known. A small archive can unpack to gigabytes. And two far-apart cells in a file
of 5 kB make the parser lay out every cell between them, which ends the whole process.
"""

import re
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from core.sheets.shapes import SheetBomb

MAX_PARTS = 100
MAX_UNPACKED_BYTES = 50_000_000
MAX_RATIO = 200
"""Unpacked size per packed byte; spreadsheets in use stay below 40."""

MAX_CELLS = 5_000_000
"""Cells of the rectangle from A1 to the last cell used."""

_SMALL_BYTES = 1_000_000
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_PLACED_CELL = re.compile(
    rb'<(?:[\w.-]+:)?c\s+(?:[\w:.-]+="[^"<>]*"\s+)*?r="([A-Z]{1,3})([0-9]{1,7})"',
)
_ENCRYPTED = 0x1


class NotAWorkbook(Exception):
    """The bytes are not a whole, open XLSX archive."""


def last_cell(content: bytes) -> tuple[int, int]:
    """The last row and the last column used in any sheet, counted from 1.

    Reads every part once, so that sizes and checksums are known to be true.

    Raises:
        SheetBomb: too many parts, too large, too tightly packed, or laid out too far.
        NotAWorkbook: damaged, encrypted, or with names that no spreadsheet program writes.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, len(content))
            _refuse_odd_names(parts)
            ends = [_end_of_part(archive.read(part)) for part in parts]
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise NotAWorkbook from error
    rows = max((row for row, _ in ends), default=0)
    columns = max((column for _, column in ends), default=0)
    if rows * columns > MAX_CELLS:
        raise _bomb()
    return rows, columns


def _refuse_bomb(parts: list[ZipInfo], packed: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    tight = unpacked > _SMALL_BYTES and unpacked > packed * MAX_RATIO
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or tight:
        raise _bomb()


def _bomb() -> SheetBomb:
    return SheetBomb(limit_mb=MAX_UNPACKED_BYTES // 1_000_000, parts=MAX_PARTS, cells=MAX_CELLS)


def _refuse_odd_names(parts: list[ZipInfo]) -> None:
    names = [part.filename for part in parts]
    odd = len(set(names)) < len(names) or any(
        name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names
    )
    if odd or any(part.flag_bits & _ENCRYPTED for part in parts):
        raise NotAWorkbook


def _end_of_part(xml: bytes) -> tuple[int, int]:
    """Last row and column of a sheet's XML; (0, 0) for any other part.

    A cell that does not say where it stands is refused: every spreadsheet program says it.
    """
    if b"sheetData" not in xml:
        return 0, 0
    placed = _PLACED_CELL.findall(xml)
    if len(placed) != len(_CELL.findall(xml)):
        raise NotAWorkbook
    rows = {row for _, row in placed}
    columns = {letters for letters, _ in placed}
    return max(map(int, rows), default=0), max(map(_column_number, columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """The name of a column counted from 1: 1 is A, 28 is AB."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
