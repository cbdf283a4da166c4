"""Annual forecasts as importers send them: headings, rows, and what is wrong where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter
from typing import Any

from core.domain.errors import Refusal
from core.domain.masking import mask_cell, mask_strays
from imports.domain.perishables import StorageTerms, refuse_unfit_for_pool

MOST_UNITS = 10_000_000
"""Units a month above which a figure is taken for a slip of the keyboard."""


MOST_ERRORS = 500
"""Wrong cells that are named; whoever has more corrects these first."""

LONGEST_SHOWN = 120
"""Characters of a wrong cell that are shown again."""


class ForecastEmpty(Refusal):
    """Raised when a sheet has headings only, or nothing."""

    code = "forecast-sheet-empty"
    reason = "The sheet holds no forecast rows."
    remedy = "Download the template, fill in one row per product, and upload it again."


class HeadingMissing(Refusal):
    """Raised when a column that is needed is absent."""

    code = "forecast-heading-missing"
    reason = "The heading “{heading}” is missing."
    remedy = "Add a column headed “{heading}”, or start from the template."


class HeadingUnknown(Refusal):
    """Raised for a heading that stands for nothing, so that no figures are dropped silently."""

    code = "forecast-heading-unknown"
    reason = "The heading “{heading}” is not known."
    remedy = "Use the template's headings, in English or Chinese, and delete other columns."


class HeadingTwice(Refusal):
    """Raised when two columns have the same meaning."""

    code = "forecast-heading-twice"
    reason = "Two columns mean “{heading}”."
    remedy = "Keep one of them."


class ProductUnknown(Refusal):
    """Raised when neither SKU nor GTIN is in the catalogue."""

    code = "forecast-product-unknown"
    reason = "No product has the SKU or GTIN “{value}”."
    remedy = "Check the number against the template, or ask the operator to add the product."


class ProductMismatch(Refusal):
    """Raised when SKU and GTIN of a row belong to different products."""

    code = "forecast-product-mismatch"
    reason = "SKU {sku} and GTIN {gtin} are different products."
    remedy = "Correct one of the two, or leave one empty."


class ProductTwice(Refusal):
    """Raised when a product has two rows for a year."""

    code = "forecast-product-twice"
    reason = "Product {sku} already has a row for {year}: row {first_row}."
    remedy = "Add the two rows up and keep one."


class UnitsNotWhole(Refusal):
    """Raised when a cell does not hold a whole number of units."""

    code = "forecast-units-not-whole"
    reason = "“{value}” is not a whole number of units from 0 to {most}."
    remedy = "Enter digits only; leave the cell empty for none."


class YearNotOpen(Refusal):
    """Raised for a year that importers cannot plan."""

    code = "forecast-year-not-open"
    reason = "“{value}” is not a year that can be planned: {first} or {last}."
    remedy = "Enter {first} or {last}."


MONTHS = tuple(f"m{month:02d}" for month in range(1, 13))
TEMPLATE_HEADINGS = (
    "SKU", "GTIN", "Product", "Year", "Tolerance",
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_CHINESE_MONTHS = (
    "一月", "二月", "三月", "四月", "五月", "六月",
    "七月", "八月", "九月", "十月", "十一月", "十二月",
)  # fmt: skip
_FIELDS: dict[str, tuple[str, ...]] = {
    "sku": ("sku", "货号", "商品编码", "商品货号"),
    "gtin": ("gtin", "条码", "商品条码", "ean", "barcode"),
    "name": ("product", "productname", "商品名称", "品名"),
    "year": ("year", "年份", "年度"),
    "tolerance": ("tolerance", "toleranceunits", "容差", "可增数量"),
    **{
        MONTHS[n]: (
            TEMPLATE_HEADINGS[5 + n].lower(),
            _LONG_MONTHS[n],
            f"{n + 1}月",
            f"{n + 1:02d}月",
            _CHINESE_MONTHS[n],
        )
        for n in range(12)
    },
}
_FIELD_BY_HEADING = {name: field for field, names in _FIELDS.items() for name in names}


@dataclass(frozen=True)
class CatalogueProduct:
    """What a forecast row is checked against."""

    product_id: int
    sku: str
    gtin: str
    hs_code: str
    shelf_life_days: int | None
    lead_time_days: int
    name: str = ""


@dataclass(frozen=True)
class Line:
    """A valid forecast row: units per month of a year, and the tolerance."""

    product_id: int
    year: int
    months: tuple[int, ...]
    tolerance_units: int = 0


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell; ``row`` counts from 1, headings included."""

    row: int
    column: str
    value: str
    refusal: Refusal

    def as_json(self) -> dict[str, Any]:
        """Row, column, value, and the refusal's code and parameters; short, and about nobody.

        A sheet without headings, or one column off, has persons where numbers of goods belong:
        what the faulty cell holds is quoted as a person might be, wherever it is repeated.
        """
        params = {key: self._plain(value) for key, value in self.refusal.params.items()}
        return {
            "row": self.row,
            "column": self._shown(self.column),
            "value": self._shown(self.value),
            "code": self.refusal.code,
            "params": params,
        }

    def _plain(self, value: object) -> int | str:
        return value if isinstance(value, int) else self._shown(str(value))

    def _shown(self, text: str) -> str:
        masked = mask_cell if text.strip() == self.value.strip() else mask_strays
        return masked(text[:LONGEST_SHOWN])


@dataclass(frozen=True)
class Reading:
    """A sheet after validation: lines when nothing is wrong, otherwise every error."""

    lines: tuple[Line, ...]
    errors: tuple[RowError, ...]
    row_count: int


class Catalogue:
    """Products by SKU and by GTIN, for looking up rows."""

    def __init__(self, products: Sequence[CatalogueProduct]) -> None:
        self._by_sku = {product.sku.lower(): product for product in products}
        self._by_gtin = {product.gtin.lstrip("0"): product for product in products}

    def find(self, *, sku: str, gtin: str) -> CatalogueProduct:
        """The product with this SKU or GTIN; when both are given they must agree.

        Raises:
            ProductUnknown, ProductMismatch: no product, or two.
        """
        by_sku = self._by_sku.get(sku.lower()) if sku else None
        by_gtin = self._by_gtin.get(gtin.lstrip("0")) if gtin else None
        if (sku and not by_sku) or (gtin and not by_gtin) or not (sku or gtin):
            raise ProductUnknown(value=sku if sku and not by_sku else gtin)
        if by_sku and by_gtin and by_sku is not by_gtin:
            raise ProductMismatch(sku=sku, gtin=gtin)
        found = by_sku or by_gtin
        if found is None:
            raise ProductUnknown(value=sku or gtin)
        return found


@dataclass
class _Reader:
    """Reads rows one by one and keeps what is wrong with them."""

    catalogue: Catalogue
    year: int
    terms: StorageTerms
    columns: dict[str, int]
    headings: Sequence[str]
    errors: list[RowError] = field(default_factory=list)
    seen: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._fits: dict[tuple[str, int | None, int], Refusal | None] = {}
        self._years = {"": self.year, **{str(y): y for y in (self.year, self.year + 1)}}
        self._months = itemgetter(*(self.columns[month] for month in MONTHS))
        self._width = max(self.columns.values()) + 1

    def read(self, number: int, cells: Sequence[str]) -> Line | None:
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
        key = "sku" if "sku" in self.columns else "gtin"
        try:
            product = self.catalogue.find(sku=sku, gtin=gtin)
        except Refusal as refusal:
            self._note(number, key, sku or gtin, refusal)
            return None
        unfit = self._unfit(product)
        if unfit is not None:
            self._note(number, key, sku or gtin, unfit)
            return None
        return product

    def _unfit(self, product: CatalogueProduct) -> Refusal | None:
        """Why the pool may not hold a product; asked once for all that are alike."""
        alike = (product.hs_code, product.shelf_life_days, product.lead_time_days)
        if alike not in self._fits:
            try:
                refuse_unfit_for_pool(
                    hs_code=product.hs_code,
                    shelf_life_days=product.shelf_life_days,
                    lead_time_days=product.lead_time_days,
                    terms=self.terms,
                )
                self._fits[alike] = None
            except Refusal as refusal:
                self._fits[alike] = refusal
        return self._fits[alike]

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
            key = "sku" if "sku" in self.columns else "gtin"
            self._note(number, key, self._cell(cells, key), refusal)

    def _cell(self, cells: Sequence[str], field: str) -> str:
        column = self.columns.get(field)
        return cells[column] if column is not None and column < len(cells) else ""

    def _note(self, number: int, field: str, value: str, refusal: Refusal) -> None:
        heading = self.headings[self.columns[field]]
        self.errors.append(RowError(number, heading, value, refusal))


def read_rows(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    first_row_number: int,
    catalogue: Catalogue,
    year: int,
    terms: StorageTerms,
) -> Reading:
    """Forecast lines of a sheet, or what is wrong in it: the first ``MOST_ERRORS`` cells.

    Rows without any text are skipped. ``year`` is the one being planned, for rows that state
    none; they may also state the next. Nothing is dropped silently: an unknown heading is an error.
    """
    filled = [
        (number, cells) for number, cells in enumerate(rows, start=first_row_number) if any(cells)
    ]
    if not filled:
        return Reading((), (RowError(first_row_number - 1, "", "", ForecastEmpty()),), 0)
    columns, errors = _columns(headings, first_row_number - 1)
    if errors:
        return Reading((), tuple(errors), len(filled))
    reader = _Reader(catalogue, year, terms, columns, headings)
    lines = []
    for number, cells in filled:
        lines.append(reader.read(number, cells))
        if len(reader.errors) >= MOST_ERRORS:
            break
    if reader.errors:
        return Reading((), tuple(reader.errors[:MOST_ERRORS]), len(filled))
    return Reading(tuple(line for line in lines if line), (), len(filled))


def _columns(headings: Sequence[str], row: int) -> tuple[dict[str, int], list[RowError]]:
    """Column number by field, and what is wrong with the headings."""
    columns: dict[str, int] = {}
    errors: list[RowError] = []
    for position, heading in enumerate(headings):
        if not heading:
            continue
        field = _FIELD_BY_HEADING.get(heading.lower().replace(" ", "").rstrip("."))
        if field is None:
            errors.append(RowError(row, heading, heading, HeadingUnknown(heading=heading)))
        elif field in columns:
            errors.append(RowError(row, heading, heading, HeadingTwice(heading=heading)))
        else:
            columns[field] = position
    missing = [TEMPLATE_HEADINGS[5 + n] for n, field in enumerate(MONTHS) if field not in columns]
    if "sku" not in columns and "gtin" not in columns:
        missing.insert(0, "SKU")
    errors += [RowError(row, name, "", HeadingMissing(heading=name)) for name in missing]
    return columns, errors


@lru_cache(maxsize=100_000)
def whole_units(text: str) -> int | None:
    """A count of units; thousands may be set off by commas; None when it is not one."""
    if not text:
        return 0
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    is_count = value.is_finite() and value == value.to_integral_value()
    return int(value) if is_count and 0 <= value <= MOST_UNITS else None
