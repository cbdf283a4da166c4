"""Import duty, excise and VAT in Great Britain, rounded as HMRC rounds."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.domain.errors import Refusal
from core.domain.trade import from_minor
from customs.domain.assessment import (
    Assessment,
    GoodsLine,
    LineTax,
    Regime,
    Step,
    TaxCase,
    dutiable_values,
)

ROUNDING = "each tax of each line down to the penny; seen in lines computed by HMRC (CDS)"
ORDER = "UK: duty on the customs value, excise on value and duty, VAT on value and all of these"


class RateNotHeld(Refusal):
    """Raised when a tax is due at a rate that neither the tables nor the line state."""

    code = "rate-not-held"
    reason = "No rate of {tax} is held for HS code {hs_code} in Great Britain."
    remedy = "State the rate of {tax} with the line, then assess again."


@dataclass(frozen=True)
class GbRates:
    """Rates of one line as fractions; None where unknown."""

    duty: Fraction | None = None
    consumption_tax: Fraction = Fraction(0)
    vat: Fraction | None = None
    specific_minor: int = 0
    """Excise by quantity on the whole line, besides that by value."""


def assess(case: TaxCase, on: date, given: dict[int, GbRates] | None = None) -> Assessment:
    """Duty, excise by value and VAT of a consignment, each down to the penny.

    Raises:
        RateNotHeld: a line lacks its rate of duty or VAT.
    """
    values = dutiable_values(case)
    lines, steps = [], []
    for line in case.lines:
        taxed, explained = _taxed(line, values[line.line_no], (given or {}).get(line.line_no))
        lines.append(taxed)
        steps += explained
    total = sum(line.total_minor for line in lines)
    steps.append(Step("rounding", {"total": _gbp(total)}, ROUNDING))
    return Assessment("gb", on, Regime.FULL, tuple(lines), tuple(steps))


def _taxed(line: GoodsLine, value: int, given: GbRates | None) -> tuple[LineTax, list[Step]]:
    stated = given or GbRates()
    if stated.duty is None:
        raise RateNotHeld(tax="duty", hs_code=line.hs_code)
    if stated.vat is None:
        raise RateNotHeld(tax="VAT", hs_code=line.hs_code)
    duty = int(value * stated.duty)
    excise = int((value + duty) * stated.consumption_tax) + stated.specific_minor
    vat = int((value + duty + excise) * stated.vat)
    steps = [Step("dutiable-value", {"dutiable": _gbp(value)}, ORDER, line.line_no)]
    taxes = (
        ("duty", stated.duty, value, duty),
        ("consumption-tax", stated.consumption_tax, value + duty, excise),
        ("vat", stated.vat, value + duty + excise, vat),
    )
    for code, rate, base, amount in taxes:
        figures = {"base": _gbp(base), "rate": str(rate), "amount": _gbp(amount)}
        steps.append(Step(code, figures, ORDER, line.line_no))
    return LineTax(line.line_no, value, duty, excise, vat), steps


def _gbp(minor: int) -> str:
    return str(from_minor(minor, "GBP"))
