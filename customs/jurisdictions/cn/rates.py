"""Chinese rates by HS code and day, from the dated tables in ``customs/data/cn``."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

from core.domain.errors import Refusal
from customs.domain.assessment import GoodsLine
from customs.domain.tables import Row, is_in_force, longest_prefix, read_rows, row_in_force

FIGURES = (
    "retail_rules",
    "vat_rates",
    "vat_classes",
    "consumption_tax",
    "duty_mfn_2026",
    "origin_groups",
)
"""Tables of dated rows, in the order in which an assessment reads them."""

REMEMBERED = 4096
"""Answers kept for a code and day; the tables never change while a process runs."""

DATA = Path(__file__).resolve().parents[2] / "data" / "cn"


class DutyRateNotHeld(Refusal):
    """Raised when full duty is due on goods whose rate the table lacks."""

    code = "duty-rate-not-held"
    reason = "The duty table has no most-favoured-nation rate for HS code {hs_code} on {on}."
    remedy = "Load the rate with its source by load_tariff, then assess again."


class ConsumptionTaxNotHeld(Refusal):
    """Raised for goods under consumption tax whose rate the table lacks."""

    code = "consumption-tax-not-held"
    reason = (
        "HS code {hs_code} ({name}) is under consumption tax, and its rate is not in the table."
    )
    remedy = "Load the rate with its source by load_tariff, then assess again."


class NetWeightMissing(Refusal):
    """Raised when a threshold by weight cannot be tested."""

    code = "net-weight-missing"
    reason = "Line {line} (HS code {hs_code}) needs its net weight to decide on consumption tax."
    remedy = "Enter the net weight of the product, then assess again."


@dataclass(frozen=True)
class Rate:
    """A rate as an exact fraction of its base, with the source of its row."""

    value: Fraction
    source: str
    written: str = ""
    """How a tariff writes a rate that is more than a percentage."""

    @property
    def percent(self) -> str:
        """The rate as written in the tables, such as ``13`` or ``6.5``."""
        return self.written or percent(self.value)


_NO_TAX = Rate(Fraction(0), "")


def percent(value: Fraction) -> str:
    """A finite fraction in percent, exact and without idle zeros."""
    return _percent(value.numerator, value.denominator)


@lru_cache(maxsize=REMEMBERED)
def _percent(above: int, below: int) -> str:
    digits = Decimal(above * 100) / Decimal(below)
    return f"{digits.normalize():f}"


@dataclass(frozen=True)
class Limits:
    """What one order and one person and year may be worth, and the shares of tax inside that."""

    order_minor: int
    person_year_minor: int
    duty_share: Rate
    tax_share: Rate
    source: str


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of one table of this jurisdiction; read once."""
    return read_rows(DATA / f"{name}.csv")


@lru_cache(maxsize=REMEMBERED)
def origin_groups(on: date) -> dict[str, frozenset[str]]:
    """Countries that a trade agreement in force on a day is with, by its code (``FTA22``)."""
    rows = (row for row in table("origin_groups") if is_in_force(row, on))
    return {row["group"]: frozenset(row["members"].split()) for row in rows}


@lru_cache(maxsize=REMEMBERED)
def limits(on: date) -> Limits:
    """Limits and shares of the retail import regime on a day.

    Source: 财关税〔2016〕18号, in force 2016-04-08; 财关税〔2018〕49号, in force 2019-01-01.
    """

    def rule(name: str) -> Row:
        return row_in_force(
            table("retail_rules"), table="retail_rules", column="name", key=name, on=on
        )

    order, year = rule("order_limit"), rule("person_year_limit")
    return Limits(
        order_minor=int(order["value"]),
        person_year_minor=int(year["value"]),
        duty_share=_rate(rule("duty_share_within_limits"), "value"),
        tax_share=_rate(rule("tax_share_within_limits"), "value"),
        source=order["source"],
    )


@lru_cache(maxsize=REMEMBERED)
def vat_rate(hs_code: str, on: date) -> Rate:
    """VAT on import; the standard rate unless the reduced class lists the heading."""
    listed = longest_prefix(table("vat_classes"), hs_code, on)
    vat_class = listed["vat_class"] if listed else "standard"
    row = row_in_force(
        table("vat_rates"), table="vat_rates", column="vat_class", key=vat_class, on=on
    )
    return _rate(row, "percent")


@lru_cache(maxsize=REMEMBERED)
def duty_rate(hs_code: str, on: date) -> Rate:
    """Duty for most favoured nations; a provisional rate goes before it.

    Raises:
        DutyRateNotHeld: the table has no row for the eight digits on that day.
    """
    for row in table("duty_mfn_2026"):
        if row["hs_code"] == hs_code[:8] and is_in_force(row, on):
            return _rate(
                row, "provisional_percent" if row["provisional_percent"] else "mfn_percent"
            )
    raise DutyRateNotHeld(hs_code=hs_code, on=on.isoformat())


def consumption_tax_rate(line: GoodsLine, dutiable_minor: int, on: date) -> Rate:
    """Consumption tax on a line; nil for goods that the tax does not name.

    High-end cosmetics are taxed from a dutiable value per gram (or per sheet) upwards.

    Raises:
        ConsumptionTaxNotHeld: the goods are taxed, and the table has no rate for them.
    """
    row = _consumption_tax_row(line.hs_code, on)
    if row is None:
        return _NO_TAX
    if row["kind"] == "not_held":
        raise ConsumptionTaxNotHeld(hs_code=line.hs_code, name=row["name_zh"])
    if row["kind"] == "threshold" and not _is_high_end(line, dutiable_minor, row):
        return Rate(Fraction(0), row["source"])
    return _rate(row, "percent")


@lru_cache(maxsize=REMEMBERED)
def _consumption_tax_row(hs_code: str, on: date) -> Row | None:
    return longest_prefix(table("consumption_tax"), hs_code, on)


def _is_high_end(line: GoodsLine, dutiable_minor: int, row: Row) -> bool:
    """Whether the value per sheet, or else per gram, reaches the threshold of the row."""
    if line.sheets:
        return dutiable_minor >= int(row["per_piece_fen"]) * line.sheets * line.units
    if not line.net_weight_g:
        raise NetWeightMissing(line=line.line_no, hs_code=line.hs_code)
    return dutiable_minor >= int(row["per_gram_fen"]) * line.net_weight_g * line.units


def _rate(row: Row, column: str) -> Rate:
    return Rate(Fraction(row[column]) / 100, row["source"])
