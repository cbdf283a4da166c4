"""CSV files in and out: any encoding in use comes in, no text that could run goes out."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from itertools import islice

from core.sheets.shapes import MAX_COLUMNS, Cell, SheetTooWide, SheetUnreadable, TooManyRows

_MOST_SEPARATORS = 10_000
_DELIMITERS = ",;\t"
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_RISKY = re.compile(r"'*(?:\s*[=+\-@＝＋－＠\x00]|[\t\r\n])")
_GUARDED = re.compile(r"'" + _RISKY.pattern)
"""A text that ``write_csv`` has put its ' before."""


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


def csv_lines(name: str, content: bytes, *, max_rows: int) -> list[list[str]]:
    """All lines of a CSV file as trimmed cells, the line of headings and empty ones counted."""
    text = _decoded(name, content)
    delimiter = _delimiter(text)
    reader = csv.reader(_narrow_lines(text, delimiter), delimiter=delimiter, strict=True)
    try:
        cells = _cells if "'" in text else _plain_cells
        lines = [cells(line) for line in islice(reader, max_rows + 1)]
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
    return [_unguarded(cell) if cell[:1] == "'" else cell.strip() for cell in line]


def _plain_cells(line: Iterable[str]) -> list[str]:
    """The same where the file holds no ' at all."""
    return list(map(str.strip, line))


def _unguarded(cell: str) -> str:
    return cell[1:].strip() if _GUARDED.match(cell) else cell.strip()


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
