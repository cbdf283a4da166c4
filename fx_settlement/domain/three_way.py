"""Order, receipt and invoice compared, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fx_settlement.domain.fees import Fee


class Differs(StrEnum):
    """How an invoice's line differs from what was ordered and received."""

    PRICE = "price"
    UNITS = "units"
    NOT_ORDERED = "not-ordered"
    NOT_INVOICED = "not-invoiced"


@dataclass(frozen=True)
class OrderedLine:
    """A line as ordered and counted; ``missing_units`` came short or damaged."""

    units: int
    amount_minor: int
    missing_units: int = 0


@dataclass(frozen=True)
class InvoicedLine:
    """A line as the supplier bills it."""

    units: int
    amount_minor: int


@dataclass(frozen=True)
class Fault:
    """One line that does not agree, with both figures."""

    line: int
    kind: Differs
    expected: int
    found: int


@dataclass(frozen=True)
class ThreeWay:
    """The outcome: what does not agree, and how much more is billed than was ordered.

    ``difference_minor`` counts only prices: units that did not arrive are credited apart.
    """

    faults: tuple[Fault, ...]
    difference_minor: int

    @property
    def agrees(self) -> bool:
        """Whether the invoice may be paid without a word."""
        return not self.faults


def compare(
    ordered: Mapping[int, OrderedLine], invoiced: Mapping[int, InvoicedLine], tolerance: Fee
) -> ThreeWay:
    """Whether an invoice bills what was ordered and received, within a tolerance on prices.

    A supplier may bill all units ordered (what is missing is credited) or only those that
    arrived. ``tolerance`` gives, for a line's amount, how far its price may be off.
    """
    faults, difference = [], 0
    for key in sorted(ordered.keys() | invoiced.keys()):
        line, billed = ordered.get(key), invoiced.get(key)
        if line is None or billed is None:
            faults.append(_unpaired(key, line, billed))
            continue
        if billed.units not in (line.units, line.units - line.missing_units):
            faults.append(Fault(key, Differs.UNITS, line.units - line.missing_units, billed.units))
            continue
        expected = line.amount_minor * billed.units // line.units
        off = billed.amount_minor - expected
        difference += off
        if abs(off) > tolerance.of(expected):
            faults.append(Fault(key, Differs.PRICE, expected, billed.amount_minor))
    return ThreeWay(tuple(faults), difference)


def _unpaired(key: int, line: OrderedLine | None, billed: InvoicedLine | None) -> Fault:
    if billed is not None:
        return Fault(key, Differs.NOT_ORDERED, 0, billed.units)
    return Fault(key, Differs.NOT_INVOICED, line.units if line else 0, 0)
