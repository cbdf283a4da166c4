"""What consumer taxes are assessed on, and the explained result."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
from customs.domain.measures import Measure


class OverOrderLimit(Refusal):
    """Raised when an order of several items is above the limit for one order."""

    code = "over-order-limit"
    reason = "The order is worth {value} CNY; one order may be worth at most {limit} CNY."
    remedy = "Have the consumer order less at a time, or import the goods as general trade."


class OverPersonYearLimit(Refusal):
    """Raised when an order would take a consumer over the limit for one person and year."""

    code = "over-person-year-limit"
    reason = (
        "With this order of {value} CNY the consumer's purchases of {year} would pass "
        "{limit} CNY; {used} CNY are used."
    )
    remedy = "Import the goods as general trade, or let the consumer order next year."


class EmptyOrder(Refusal):
    """Raised when there is nothing to assess."""

    code = "empty-order"
    reason = "The order has no line with a positive number of units."
    remedy = "Send the order with at least one line of one unit or more."


class TaxCollectedDiffers(Refusal):
    """Raised when the platform collected another tax than the rules give."""

    code = "tax-collected-differs"
    reason = (
        "Order {order_no}: {collected} CNY of tax were collected; the rules give {assessed} CNY."
    )
    remedy = "Ask for the tax before checkout, and collect what the assessment gives."


class Regime(StrEnum):
    """How an order is taxed."""

    WITHIN_LIMITS = "within-limits"
    FULL = "full"


@dataclass(frozen=True)
class GoodsLine:
    """One line of an order as the tax rules see it; amounts in whole minor units."""

    line_no: int
    hs_code: str
    units: int
    value_minor: int
    net_weight_g: int = 0
    """Net weight of one unit."""
    sheets: int = 0
    """Sheets in one unit, for goods whose threshold is counted by the sheet; 0 otherwise."""
    origin: str = ""
    """Country of origin, ISO alpha-2; blank where nobody claims one."""
    certificates: frozenset[str] = frozenset()
    """Certificates that come with the goods, such as one of origin."""
    quantities: tuple[tuple[str, Fraction], ...] = ()
    """Quantities of the line by unit of duty (``LTR``), beside its pieces and net weight."""

    @property
    def measured(self) -> dict[str, Fraction]:
        """All quantities of the line that are known, by unit of duty."""
        known = {"NAR": Fraction(self.units)}
        if self.net_weight_g:
            known["KGM"] = Fraction(self.net_weight_g * self.units, 1000)
        return {**known, **dict(self.quantities)}


@dataclass(frozen=True)
class TaxCase:
    """An order to be assessed, with what the consumer has used of the year's limit before it."""

    lines: tuple[GoodsLine, ...]
    freight_minor: int = 0
    insurance_minor: int = 0
    used_this_year_minor: int = 0
    measures: tuple[Measure, ...] = ()
    """Rows held beside those that ship with the territory; they go before them."""
    open_quotas: frozenset[str] = frozenset()

    @property
    def goods_minor(self) -> int:
        """Price of the goods alone."""
        return sum(x.value_minor for x in self.lines)

    @property
    def value_minor(self) -> int:
        """Price actually paid for the goods with freight and insurance."""
        return sum(x.value_minor for x in self.lines) + self.freight_minor + self.insurance_minor

    @property
    def is_indivisible(self) -> bool:
        """Whether the order is one unit of one product."""
        return len(self.lines) == 1 and self.lines[0].units == 1


@dataclass(frozen=True)
class Step:
    """One step of an assessment: what was done, with which figures, and by which rule."""

    code: str
    figures: Mapping[str, str]
    source: str
    line_no: int = 0


@dataclass(frozen=True)
class LineTax:
    """Taxes of one line in whole minor units."""

    line_no: int
    dutiable_minor: int
    duty_minor: int
    consumption_tax_minor: int
    vat_minor: int

    @property
    def total_minor(self) -> int:
        """Duty, consumption tax and VAT of the line."""
        return self.duty_minor + self.consumption_tax_minor + self.vat_minor


@dataclass(frozen=True)
class Assessment:
    """The taxes of an order and every step that led to them."""

    jurisdiction: str
    on: date
    regime: Regime
    lines: tuple[LineTax, ...]
    steps: tuple[Step, ...]

    @property
    def dutiable_minor(self) -> int:
        """Dutiable value of the order; what counts towards the yearly limit."""
        return sum(line.dutiable_minor for line in self.lines)

    @property
    def duty_minor(self) -> int:
        """Duty of the order."""
        return sum(line.duty_minor for line in self.lines)

    @property
    def consumption_tax_minor(self) -> int:
        """Consumption tax of the order."""
        return sum(line.consumption_tax_minor for line in self.lines)

    @property
    def vat_minor(self) -> int:
        """VAT of the order."""
        return sum(line.vat_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """All taxes of the order."""
        return self.duty_minor + self.consumption_tax_minor + self.vat_minor

    def as_json(self) -> dict[str, Any]:
        """The assessment as plain values, as stored beside a declaration."""
        return {
            "jurisdiction": self.jurisdiction,
            "on": self.on.isoformat(),
            "regime": self.regime.value,
            "lines": [asdict(line) for line in self.lines],
            "steps": [asdict(step) for step in self.steps],
        }


def dutiable_values(case: TaxCase) -> dict[int, int]:
    """Value of each line with its share of freight and insurance, which add up to the order's.

    Freight and insurance are shared in proportion to the lines' values; gifts bear none.
    """
    extra = case.freight_minor + case.insurance_minor
    weights = {line.line_no: line.value_minor for line in case.lines}
    if not any(weights.values()):
        weights = {line.line_no: line.units for line in case.lines}
    shares = split_in_proportion(extra, weights, tie_break=int)
    return {line.line_no: line.value_minor + shares[line.line_no] for line in case.lines}
