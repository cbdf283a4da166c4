"""Files of tariff rows: each row becomes measures, or faults that name row, column and remedy.

Four shapes are read: ours (a measure a row), the transcription of the tariff book, the table of
rates that ships, and the parameter table of customs' own clients (COMPLEX).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.errors import Refusal
from customs.domain import duty_expressions, measures
from customs.domain.measures import KINDS, Measure

_CODE = re.compile(r"\d{2}(?:\d{2}){0,4}", re.ASCII)
_PLACE = re.compile(r"[A-Z]{2}", re.ASCII)
_LEAST_OR_MOST = re.compile(r"\b(?:MIN|MAX)\b")
SOURCES_MOST = 250


class TariffNotRead(Refusal):
    """Raised for a file whose headings are those of no known shape."""

    code = "tariff-not-read"
    reason = "The headings of the file are not those of a tariff: {headings}."
    remedy = "Use kind, hs_prefix, expression, origins, valid_from and source as headings."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, and what to write there."""

    row: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column} “{self.value}”: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file leaves unsaid of all its rows."""

    valid_from: str = ""
    source: str = ""
    trust: str = "medium"


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a kind of file keeps the code, and which columns hold charges of which kind.

    ``by_column`` maps a column of percentages to the kind of its measure; without any, kind and
    expression stand in columns of their own.
    """

    code: tuple[str, ...]
    by_column: Mapping[str, str]

    def code_of(self, row: Mapping[str, str]) -> str:
        """The code of a row, its parts joined."""
        return "".join(row.get(column, "") for column in self.code)


SHAPES = (
    Shape(("hs_prefix",), {}),
    Shape(("code8",), {"mfn_pct": measures.MFN, "provisional_pct": measures.PROVISIONAL}),
    Shape(("hs_code",), {"mfn_percent": measures.MFN, "provisional_percent": measures.PROVISIONAL}),
    Shape(
        ("CODE_T", "CODE_S"),
        {
            "LOW_RATE": measures.MFN,
            "TAX_RATE": measures.VAT,
            "REG_RATE": measures.CONSUMPTION_TAX,
        },
    ),
)


def shape_of(headings: Sequence[str]) -> Shape:
    """The shape that the headings are those of.

    Raises:
        TariffNotRead: they are of none.
    """
    for shape in SHAPES:
        wanted = {shape.code[0], *(shape.by_column or ("kind", "expression"))}
        if wanted <= set(headings):
            return shape
    raise TariffNotRead(headings=", ".join(headings)[:200])


@dataclass(frozen=True, slots=True)
class Tariff:
    """The measures of a file with the row that each stands in, and all faults found."""

    measures: tuple[tuple[int, Measure], ...]
    faults: tuple[Fault, ...]


def read(
    headings: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    groups: frozenset[str] = frozenset(),
    defaults: Defaults | None = None,
) -> Tariff:
    """Every measure of a file, or every fault in it; rows are counted as a spreadsheet does.

    Raises:
        TariffNotRead: the headings are of no known shape.
    """
    shape, said = shape_of(headings), defaults or Defaults()
    found: list[tuple[int, Measure]] = []
    faults: list[Fault] = []
    seen: dict[tuple[object, ...], int] = {}
    for number, raw in enumerate(rows, start=2):
        if None in raw:
            faults.append(Fault(number, "last column", "", "Write one cell for each heading."))
            continue
        row = {key: (value or "").strip() for key, value in raw.items() if key}
        for cells in _charges(shape, row, said):
            wrong = list(_faults(number, cells, groups))
            faults += wrong
            if wrong:
                continue
            measure = _measure(cells)
            earlier = seen.setdefault(key_of(measure), number)
            if earlier != number:
                faults.append(_twice(number, earlier, cells))
            found.append((number, measure))
    return Tariff(tuple(found), tuple(faults))


def key_of(measure: Measure) -> tuple[object, ...]:
    """What tells one measure from another; a tariff holds each once."""
    return (
        measure.kind,
        measure.hs_prefix,
        measure.origins,
        measure.excluded,
        measure.certificate,
        measure.quota,
        measure.valid_from,
    )


def _charges(shape: Shape, row: Mapping[str, str], said: Defaults) -> Iterator[dict[str, str]]:
    common = {
        **row,
        "hs_prefix": shape.code_of(row),
        "valid_from": row.get("valid_from") or said.valid_from,
        "source": row.get("source") or said.source,
        "trust": row.get("trust") or said.trust,
    }
    if not shape.by_column:
        yield common
        return
    for column, kind in shape.by_column.items():
        if row.get(column):
            yield {**common, "kind": kind, "expression": f"{row[column].rstrip(' %')} %"}


def _twice(number: int, earlier: int, cells: Mapping[str, str]) -> Fault:
    remedy = f"Row {earlier} says this measure already; leave one of them."
    return Fault(number, "hs_prefix", cells["hs_prefix"], remedy)


def _faults(number: int, cells: Mapping[str, str], groups: frozenset[str]) -> Iterator[Fault]:
    for column, check in _CHECKS.items():
        value = cells.get(column, "")
        remedy = check(value, cells)
        if remedy:
            yield Fault(number, column, value, remedy)
    for column in ("origins", "excluded"):
        for place in cells.get(column, "").split():
            if not _PLACE.fullmatch(place) and place not in groups:
                remedy = "Write countries as two letters, or a group that the territory knows."
                yield Fault(number, column, place, remedy)


def _code(value: str, _cells: Mapping[str, str]) -> str:
    return "" if _CODE.fullmatch(value) else "Write 2, 4, 6, 8 or 10 digits."


def _kind(value: str, _cells: Mapping[str, str]) -> str:
    return "" if value in KINDS else f"Write one of {', '.join(KINDS)}."


def _expression(value: str, cells: Mapping[str, str]) -> str:
    try:
        duty_expressions.check(value)
    except Refusal as refusal:
        return refusal.remedy_text()
    is_tax = cells.get("kind") in (measures.VAT, measures.CONSUMPTION_TAX)
    if is_tax and _LEAST_OR_MOST.search(value):
        return "Write a sum; a least or a most is read for duties only."
    return ""


def _first_day(value: str, _cells: Mapping[str, str]) -> str:
    return "" if _day(value) else "Write the first day in force as YYYY-MM-DD."


def _end(value: str, cells: Mapping[str, str]) -> str:
    if not value:
        return ""
    first, end = _day(cells.get("valid_from", "")), _day(value)
    if end is None:
        return "Write the day from which it no longer holds as YYYY-MM-DD, or leave it empty."
    return "Write a day after valid_from." if first and end <= first else ""


def _source(value: str, _cells: Mapping[str, str]) -> str:
    if not value:
        return "Say where the row comes from."
    return "" if len(value) <= SOURCES_MOST else f"Use {SOURCES_MOST} characters at most."


def _trust(value: str, _cells: Mapping[str, str]) -> str:
    return "" if value in ("high", "medium", "low") else "Write high, medium or low."


_CHECKS: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "hs_prefix": _code,
    "kind": _kind,
    "expression": _expression,
    "valid_from": _first_day,
    "valid_before": _end,
    "source": _source,
    "trust": _trust,
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None


def _measure(cells: Mapping[str, str]) -> Measure:
    return Measure(
        kind=cells["kind"],
        hs_prefix=cells["hs_prefix"],
        expression=" ".join(cells["expression"].split()),
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_before=_day(cells.get("valid_before", "")),
        source=cells["source"],
        origins=tuple(sorted(cells.get("origins", "").split())),
        excluded=tuple(sorted(cells.get("excluded", "").split())),
        certificate=cells.get("certificate", ""),
        quota=cells.get("quota", ""),
        trust=cells["trust"],
    )
