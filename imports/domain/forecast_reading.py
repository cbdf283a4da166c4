"""Reads the rows of a forecast sheet, some at a time, and says what is wrong in which cell."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from core.domain.errors import Refusal
from imports.domain.forecasts import (
    FIELD_BY_HEADING,
    MONTHS,
    MOST_UNITS,
    TEMPLATE_HEADINGS,
    Catalogue,
    CatalogueProduct,
    ForecastEmpty,
    HeadingMissing,
    HeadingTwice,
    HeadingUnknown,
    Line,
    ProductTwice,
    RowError,
    UnitsNotWhole,
    YearNotOpen,
    whole_units,
)

Unfit = Callable[[CatalogueProduct], Refusal | None]
"""Why the pool may not hold a product; None where it may."""

NumberedRow = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Columns:
    """Where each field stands in a sheet, and what is wrong with its headings."""

    headings: Sequence[str]
    by_field: Mapping[str, int]
    faults: tuple[RowError, ...]

    @property
    def key(self) -> str:
        """The field by which products are named."""
        return "sku" if "sku" in self.by_field else "gtin"


def columns_of(headings: Sequence[str], row: int) -> Columns:
    """The columns of a sheet whose headings stand in ``row``; an unknown heading is a fault."""
    found: dict[str, int] = {}
    faults: list[RowError] = []
    for position, heading in enumerate(headings):
        if not heading:
            continue
        name = FIELD_BY_HEADING.get(heading.lower().replace(" ", "").rstrip("."))
        if name is None:
            faults.append(RowError(row, heading, heading, HeadingUnknown(heading=heading)))
        elif name in found:
            faults.append(RowError(row, heading, heading, HeadingTwice(heading=heading)))
        else:
            found[name] = position
    missing = [TEMPLATE_HEADINGS[5 + n] for n, month in enumerate(MONTHS) if month not in found]
    if "sku" not in found and "gtin" not in found:
        missing.insert(0, "SKU")
    faults += [RowError(row, name, "", HeadingMissing(heading=name)) for name in missing]
    return Columns(headings, found, tuple(faults))


def filled_rows(rows: Sequence[Sequence[str]], first_row_number: int) -> list[NumberedRow]:
    """The rows that hold any text, with their numbers in the file."""
    return [(number, row) for number, row in enumerate(rows, start=first_row_number) if any(row)]


def empty_sheet(heading_row: int) -> RowError:
    """What is wrong with a sheet that has no filled row."""
    return RowError(heading_row, "", "", ForecastEmpty())


@dataclass
class RowReader:
    """Turns rows into lines one by one; what is wrong with a row is in ``errors`` after it.

    ``year`` is the one being planned, for rows that state none; they may also state the next.
    ``seen`` says in which row a product and year stood first: whoever goes on with a sheet that
    was read in part hands over what was seen.
    """

    columns: Columns
    catalogue: Catalogue
    year: int
    unfit: Unfit
    seen: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def __post_init__(self) -> None:
        by_field = self.columns.by_field
        self._fits: dict[int, Refusal | None] = {}
        self._years = {"": self.year, **{str(y): y for y in (self.year, self.year + 1)}}
        self._months = itemgetter(*(by_field[month] for month in MONTHS))
        self._width = max(by_field.values()) + 1

    def lines(self, rows: Iterable[NumberedRow]) -> Iterator[tuple[int, Line]]:
        """The good rows by their numbers; the others are noted in ``errors``."""
        for number, cells in rows:
            line = self.line(number, cells)
            if line is not None:
                yield number, line

    def line(self, number: int, cells: Sequence[str]) -> Line | None:
        """The line of a row, or None with the errors noted."""
        before = len(self.errors)
        product = self._product(number, cells)
        year = self._year(number, cells)
        months = self._units_of_year(number, cells)
        tolerance = self._units(number, cells, "tolerance")
        if product and year:
            self._once(number, cells, product, year)
        if len(self.errors) > before or product is None:
            return None
        return Line(product.product_id, year, months, tolerance)

    def _product(self, number: int, cells: Sequence[str]) -> CatalogueProduct | None:
        sku, gtin = self._cell(cells, "sku"), self._cell(cells, "gtin")
        try:
            product = self.catalogue.find(sku=sku, gtin=gtin)
        except Refusal as refusal:
            self._note(number, self.columns.key, sku or gtin, refusal)
            return None
        unfit = self._why_unfit(product)
        if unfit is not None:
            self._note(number, self.columns.key, sku or gtin, unfit)
            return None
        return product

    def _why_unfit(self, product: CatalogueProduct) -> Refusal | None:
        """Why the pool may not hold a product; asked once."""
        if product.product_id not in self._fits:
            self._fits[product.product_id] = self.unfit(product)
        return self._fits[product.product_id]

    def _year(self, number: int, cells: Sequence[str]) -> int:
        text = self._cell(cells, "year")
        if text in self._years:
            return self._years[text]
        refusal = YearNotOpen(value=text, first=str(self.year), last=str(self.year + 1))
        self._note(number, "year", text, refusal)
        return 0

    def _units_of_year(self, number: int, cells: Sequence[str]) -> tuple[int, ...]:
        """Units of the twelve months: in one go, or cell by cell where something is wrong."""
        if len(cells) >= self._width:
            units = tuple(map(whole_units, self._months(cells)))
            if None not in units:
                return units  # type: ignore[return-value]  # the line above has seen to it
        return tuple(self._units(number, cells, month) for month in MONTHS)

    def _units(self, number: int, cells: Sequence[str], month: str) -> int:
        text = self._cell(cells, month)
        units = whole_units(text)
        if units is None:
            self._note(number, month, text, UnitsNotWhole(value=text, most=MOST_UNITS))
        return units or 0

    def _once(
        self, number: int, cells: Sequence[str], product: CatalogueProduct, year: int
    ) -> None:
        first = self.seen.setdefault((product.product_id, year), number)
        if first != number:
            refusal = ProductTwice(sku=product.sku, year=year, first_row=first)
            self._note(number, self.columns.key, self._cell(cells, self.columns.key), refusal)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        column = self.columns.by_field.get(name)
        return cells[column] if column is not None and column < len(cells) else ""

    def _note(self, number: int, name: str, value: str, refusal: Refusal) -> None:
        heading = self.columns.headings[self.columns.by_field[name]]
        self.errors.append(RowError(number, heading, value, refusal))
