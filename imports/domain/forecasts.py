"""Annual forecasts as importers send them: headings, rows, and what is wrong where."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from core.domain.errors import Refusal
from core.domain.masking import mask_cell, mask_strays

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
REMARKS_HEADING = "What to fix"
"""Heads the column in which a faulty sheet is given back; what stands there is not read."""

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
    "remarks": ("whattofix", "需要更正的内容"),
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
FIELD_BY_HEADING = {name: field for field, names in _FIELDS.items() for name in names}


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
    refusal: Refusal | None = None
    """What the lists and the warehouse's licence decline the product for, if anything."""


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
