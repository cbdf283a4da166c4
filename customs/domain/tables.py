"""Dated tables: rows of figures that hold from one day until another, each with its source."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from core.domain.errors import Refusal

Row = Mapping[str, str]


class NoRowInForce(Refusal):
    """Raised when a table has no row for the day that is asked about."""

    code = "no-row-in-force"
    reason = "The table of {table} has no row for “{key}” in force on {on}."
    remedy = "Add the row with its source to the table, or choose a day that the table covers."


def read_rows(path: Path) -> tuple[dict[str, str], ...]:
    """Rows of a CSV file with a heading line, as they stand."""
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def is_in_force(row: Row, on: date) -> bool:
    """Whether a row holds on a day: from ``valid_from`` until the day before ``valid_before``."""
    before = row["valid_before"]
    return date.fromisoformat(row["valid_from"]) <= on and (
        not before or on < date.fromisoformat(before)
    )


def row_in_force(rows: Iterable[Row], *, table: str, column: str, key: str, on: date) -> Row:
    """The row whose ``column`` is ``key`` and that holds on the day.

    Raises:
        NoRowInForce: the table does not cover the day.
    """
    for row in rows:
        if row[column] == key and is_in_force(row, on):
            return row
    raise NoRowInForce(table=table, key=key, on=on.isoformat())


def longest_prefix(rows: Iterable[Row], hs_code: str, on: date) -> Row | None:
    """The row in force whose ``hs_prefix`` is the longest that begins the HS code, if any."""
    matching = [r for r in rows if hs_code.startswith(r["hs_prefix"]) and is_in_force(r, on)]
    return max(matching, key=lambda row: len(row["hs_prefix"]), default=None)


def overlaps(rows: Iterable[Row], column: str) -> Iterator[tuple[str, str]]:
    """Keys that two rows claim for the same day, with the first day of the later one."""
    last_end: dict[str, str] = {}
    for row in sorted(rows, key=lambda r: (r[column], r["valid_from"])):
        end = last_end.get(row[column])
        if end is not None and (not end or row["valid_from"] < end):
            yield row[column], row["valid_from"]
        last_end[row[column]] = row["valid_before"]
