"""The file of ``suggest``: a CSV of importer, sku, period, units; and the answer built from it."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
from imports.domain.suggestions import (
    LEVELS,
    SMALLEST_GROUP,
    Suggestion,
    drift_between,
    seasonal_indices,
    suggest,
)
from imports.domain.tool_files import MOST, distinct, refuse

COLUMNS = ("importer", "sku", "period", "units")
MONTHS_FOR_SEASONS = 24
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_HORIZON = {"month": 12, "week": 52}


class CsvUnreadable(Refusal):
    """Raised when a tool's CSV cannot be read at all."""

    code = "tool-csv-unreadable"
    reason = "The file is not CSV in UTF-8: {what}."
    remedy = "Save the sheet as CSV in UTF-8 with the columns importer, sku, period, units."


@dataclass(frozen=True)
class Sale:
    """One row of the file; ``period`` counts from the calendar's own zero."""

    importer: str
    sku: str
    period: int
    units: int


@dataclass(frozen=True)
class Sales:
    """A whole file; ``kind`` is month, week or period."""

    kind: str
    rows: tuple[Sale, ...]

    @property
    def first(self) -> int:
        """The first period of the file."""
        return min(row.period for row in self.rows)

    @property
    def periods(self) -> int:
        """Periods from the first to the last, empty ones included."""
        return max(row.period for row in self.rows) - self.first + 1

    @property
    def horizon(self) -> int:
        """Periods to look ahead: a year, or as many as were seen."""
        return _HORIZON.get(self.kind, self.periods)


def read_sales(content: bytes) -> Sales:
    """The rows of a file; a byte order mark is allowed.

    Raises:
        CsvUnreadable, BadValue, NamedTwice: with the row and column.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CsvUnreadable(what=str(error)) from None
    headings = [name.strip().lower() for name in rows[0]] if rows else []
    if sorted(headings) != sorted(COLUMNS):
        refuse("row 1", ",".join(headings), "the headings " + ",".join(COLUMNS))
    filled = [(n, row) for n, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not filled:
        refuse("row 2", None, "at least one row of sales")
    for number, row in filled:
        if len(row) != len(COLUMNS):
            refuse(f"row {number}", ",".join(row), f"{len(COLUMNS)} cells")
    named = [
        (number, dict(zip(headings, (cell.strip() for cell in row), strict=True)))
        for number, row in filled
    ]
    kind = _kind(named[0][1]["period"])
    sales = tuple(_sale(number, row, kind) for number, row in named)
    distinct(
        (f"row {number}", f"{row['importer']} / {row['sku']} / {row['period']}")
        for number, row in named
    )
    return Sales(kind, sales)


def _kind(period: str) -> str:
    if _MONTH.fullmatch(period):
        return "month"
    return "week" if _WEEK.fullmatch(period) else "period"


def _sale(number: int, row: dict[str, str], kind: str) -> Sale:
    for name in ("importer", "sku"):
        if not row[name]:
            refuse(f"row {number}, {name}", row[name], "a text that is not empty")
    units = row["units"]
    if not _NUMBER.fullmatch(units) or int(units) > MOST:
        refuse(f"row {number}, units", units, f"a whole number from 0 to {MOST}")
    return Sale(row["importer"], row["sku"], _period(number, row["period"], kind), int(units))


def _period(number: int, period: str, kind: str) -> int:
    month, week = _MONTH.fullmatch(period), _WEEK.fullmatch(period)
    if kind == "month" and month:
        return int(month[1]) * 12 + int(month[2]) - 1
    if kind == "week" and week:
        return int(week[1]) * 52 + min(int(week[2]), 52) - 1
    if kind == "period" and _NUMBER.fullmatch(period):
        return int(period)
    return _no_period(number, period, kind)


def _no_period(number: int, period: str, kind: str) -> NoReturn:
    needed = {"month": "a month as 2026-03", "week": "a week as 2026-W09"}
    refuse(f"row {number}, period", period, needed.get(kind, "a month, a week or a number"))


def answer(sales: Sales) -> dict[str, Any]:
    """Suggestions by importer and SKU, with what they rest on."""
    importers = sorted({row.importer for row in sales.rows})
    skus = sorted({row.sku for row in sales.rows})
    place = {name: n for n, name in enumerate(importers)}
    column = {name: n for n, name in enumerate(skus)}
    sold = np.zeros((len(importers), len(skus)), dtype=np.int64)
    halves = np.zeros((2, *sold.shape))
    seen = np.zeros(sold.shape, dtype=bool)
    half = sales.periods // 2
    for row in sales.rows:
        pair, ago = (place[row.importer], column[row.sku]), row.period - sales.first
        sold[pair] += row.units
        halves[0][pair] += row.units * (ago < half)
        halves[1][pair] += row.units * (ago >= sales.periods - half)
        seen[pair] = True
    found = suggest(
        sold,
        periods=sales.periods,
        horizon=sales.horizon,
        seen=seen,
        drift=drift_between(halves[0], halves[1]) if len(importers) >= SMALLEST_GROUP else 0.0,
    )
    season = _season(sales, len(importers))
    return {
        "period": sales.kind,
        "periods": sales.periods,
        "horizon": sales.horizon,
        "smallest_group": SMALLEST_GROUP,
        "seasonal_indices": season and [round(index, 4) for index in season],
        "suggestions": [
            _as_json(each, importers[each.importer], skus[each.sku], season) for each in found
        ],
    }


def _season(sales: Sales, importers: int) -> list[float] | None:
    """Indices pooled over the whole file, where two whole years of enough importers stand in it."""
    is_long = sales.kind == "month" and sales.periods >= MONTHS_FOR_SEASONS
    if not is_long or importers < SMALLEST_GROUP:
        return None
    years = sales.periods // 12
    last = max(row.period for row in sales.rows)
    by_month = np.zeros((years, 12))
    for row in sales.rows:
        back = last - row.period
        if back < 12 * years:
            by_month[years - 1 - back // 12, row.period % 12] += row.units
    return [float(index) for index in seasonal_indices(by_month)]


def _as_json(
    each: Suggestion, importer: str, sku: str, season: list[float] | None
) -> dict[str, Any]:
    found = {
        "importer": importer,
        "sku": sku,
        "sold": each.sold_units,
        "suggestion": round(each.mean_units),
        "mean": round(each.mean_units, 4),
        "quantiles": {
            f"{level:g}": units for level, units in zip(LEVELS, each.quantiles, strict=True)
        },
        "credibility": round(each.credibility, 4),
        "basis": "pool" if each.is_pooled else "own",
    }
    if season:
        weights = {f"{n + 1:02d}": int(index * 1_000_000) for n, index in enumerate(season)}
        found["months"] = split_in_proportion(round(each.mean_units), weights)
    return found
