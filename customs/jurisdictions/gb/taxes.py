"""Import duty, excise and VAT in Great Britain, rounded as HMRC rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.domain.errors import Refusal
from core.domain.trade import from_minor
from customs.domain import measures
from customs.domain.assessment import (
    Assessment,
    EmptyOrder,
    GoodsLine,
    LineTax,
    Regime,
    Step,
    TaxCase,
    dutiable_values,
)
from customs.domain.duty_expressions import Basis
from customs.jurisdictions.gb import tables

ROUNDING = "each tax of each line down to the penny; seen in lines computed by HMRC (CDS)"
ORDER = "UK: duty on the customs value, excise on value and duty, VAT on value and all of these"
STATED = "stated with the line"


class RateNotHeld(Refusal):
    """Raised when a tax is due at a rate that neither the tables nor the line state."""

    code = "rate-not-held"
    reason = "No rate of {tax} is held for HS code {hs_code} in Great Britain."
    remedy = "State the rate of {tax} with the line, or load its measure, then assess again."


@dataclass(frozen=True)
class GbRates:
    """Rates of one line as fractions; None where the tables are to say it."""

    duty: Fraction | None = None
    consumption_tax: Fraction = Fraction(0)
    vat: Fraction | None = None
    specific_minor: int = 0
    """Excise by quantity on the whole line, besides that by value."""


@dataclass(frozen=True)
class _Tax:
    """A tax before it is cut to the penny: its rate as written, its amount in pence, its source."""

    written: str
    pence: Fraction
    source: str

    @property
    def minor(self) -> int:
        return int(self.pence)


def assess(case: TaxCase, on: date, given: Mapping[int, GbRates] | None = None) -> Assessment:
    """Duty, excise by value and VAT of a consignment, each down to the penny.

    Duty comes from what is stated with the line, else from the relief for consignments of low
    value, else from the measures of the case.

    Raises:
        EmptyOrder: no units.
        RateNotHeld: no rate of duty is known for a line.
    """
    if not case.lines or any(line.units <= 0 for line in case.lines):
        raise EmptyOrder
    values = dutiable_values(case)
    lines, steps = [], []
    for line in case.lines:
        stated = (given or {}).get(line.line_no, GbRates())
        taxed, explained = _taxed(case, line, values[line.line_no], stated, on)
        lines.append(taxed)
        steps += explained
    total = sum(line.total_minor for line in lines)
    steps.append(Step("rounding", {"total": _gbp(total)}, ROUNDING))
    return Assessment("gb", on, Regime.FULL, tuple(lines), tuple(steps))


def _taxed(
    case: TaxCase, line: GoodsLine, value: int, stated: GbRates, on: date
) -> tuple[LineTax, list[Step]]:
    duty = _duty(case, line, value, stated, on)
    with_duty = value + duty.minor
    excise = with_duty * stated.consumption_tax
    excise_minor = int(excise) + stated.specific_minor
    taxable = with_duty + excise_minor
    vat = _vat(case, line, taxable, stated, on)
    taxed = LineTax(line.line_no, value, duty.minor, excise_minor, vat.minor)
    rows = (
        ("duty", duty.written, value, taxed.duty_minor, duty.source),
        ("consumption-tax", str(stated.consumption_tax), with_duty, excise_minor, ORDER),
        ("vat", vat.written, taxable, taxed.vat_minor, vat.source),
    )
    figures = {"hs_code": line.hs_code, "dutiable": _gbp(value)}
    return taxed, [
        Step("dutiable-value", figures, ORDER, line.line_no),
        *(
            Step(
                code,
                {"base": _gbp(base), "rate": rate, "amount": _gbp(amount)},
                source,
                line.line_no,
            )
            for code, rate, base, amount, source in rows
        ),
    ]


def _duty(case: TaxCase, line: GoodsLine, value: int, stated: GbRates, on: date) -> _Tax:
    if stated.duty is not None:
        return _Tax(str(stated.duty), value * stated.duty, STATED)
    relief = tables.low_value(on)
    is_low = relief is not None and case.goods_minor <= int(relief["value"])
    if relief is not None and is_low and not tables.is_excise(line.hs_code, on):
        return _Tax("0", Fraction(0), relief["source"])
    charged = measures.duty(
        case.measures, line.hs_code, _claim(case, line), on, _basis(line, value)
    )
    if charged is None:
        raise RateNotHeld(tax="duty", hs_code=line.hs_code)
    return _Tax(charged.written, charged.amount * 100, charged.source)


def _vat(case: TaxCase, line: GoodsLine, taxable: int, stated: GbRates, on: date) -> _Tax:
    if stated.vat is not None:
        return _Tax(str(stated.vat), taxable * stated.vat, STATED)
    claim, basis = _claim(case, line), _basis(line, taxable)
    held = measures.composite(case.measures, measures.VAT, line.hs_code, claim, on, basis)
    if held is not None:
        row = held.measure
        return _Tax(row.expression, taxable * held.rate + held.specific * 100, row.source)
    rate, source = tables.vat(line.hs_code, on)
    return _Tax(str(rate), taxable * rate, source)


def _claim(case: TaxCase, line: GoodsLine) -> measures.Claim:
    return measures.Claim(line.origin, line.certificates, case.open_quotas)


def _basis(line: GoodsLine, minor: int) -> Basis:
    return Basis(Fraction(minor, 100), line.measured)


def _gbp(minor: int) -> str:
    return str(from_minor(minor, "GBP"))
