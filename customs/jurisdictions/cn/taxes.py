"""Taxes on retail import from a bonded zone (supervision mode 1210)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from customs.domain import measures
from customs.domain.assessment import (
    Assessment,
    EmptyOrder,
    GoodsLine,
    LineTax,
    OverOrderLimit,
    OverPersonYearLimit,
    Regime,
    Step,
    TaxCase,
    dutiable_values,
)
from customs.domain.duty_expressions import Basis
from customs.domain.measures import Claim
from customs.jurisdictions.cn import rates
from customs.jurisdictions.cn.rates import Limits, Rate

FORMULAS = "财关税〔2016〕18号; VAT and consumption tax regulations of the PRC"
ROUNDING = "each tax of each line to 0.01 CNY, halves up; the tax notice of customs decides"


@dataclass(frozen=True)
class LineRates:
    """Rates of one line, and the share of each tax that is levied (1 = in full)."""

    duty: Rate
    consumption_tax: Rate
    vat: Rate
    duty_share: Fraction = Fraction(1)
    tax_share: Fraction = Fraction(1)
    specific_minor: int = 0
    """Consumption tax by quantity on the whole line, before the share."""


@dataclass(frozen=True)
class GivenRates:
    """Rates stated with a line, which go before those of the tables; None leaves the table's."""

    duty: Rate | None = None
    consumption_tax: Rate | None = None
    vat: Rate | None = None
    specific_minor: int = 0
    """Consumption tax by quantity on the whole line, besides that by value."""


NOTHING_GIVEN = GivenRates()


def assess(case: TaxCase, on: date, given: Mapping[int, GivenRates] | None = None) -> Assessment:
    """Duty, consumption tax and VAT of an order under 1210, with every step explained.

    Within the limits duty is nil and the other taxes are levied at 70 %. One indivisible item
    above the limit of an order is taxed in full and still counts towards the person's year.

    Raises:
        EmptyOrder: no units.
        OverOrderLimit: several items above the limit of an order.
        OverPersonYearLimit: the person's year would pass its limit.
    """
    if not case.lines or any(line.units <= 0 for line in case.lines):
        raise EmptyOrder
    limits = rates.limits(on)
    regime = _regime(case, limits, on)
    values = dutiable_values(case)
    lines, steps = [], [_limit_step(case, limits, regime)]
    for line in case.lines:
        stated = _known(case, line, values[line.line_no], on, regime, given)
        line_rates = _rates_of(line, values[line.line_no], limits, regime, on, stated)
        taxed = tax_line(line.line_no, values[line.line_no], line_rates)
        lines.append(taxed)
        steps += explain(line, taxed, line_rates)
    steps.append(Step("rounding", {"total": _cny(sum(x.total_minor for x in lines))}, ROUNDING))
    return Assessment("cn", on, regime, tuple(lines), tuple(steps))


def assess_general_trade(
    case: TaxCase, on: date, given: Mapping[int, GivenRates] | None = None
) -> Assessment:
    """Duty, consumption tax and VAT in full, as general trade (supervision mode 0110) pays.

    No limit of the retail regime applies, and nothing counts towards a person's year.

    Raises:
        EmptyOrder: no units.
    """
    if not case.lines or any(line.units <= 0 for line in case.lines):
        raise EmptyOrder
    values = dutiable_values(case)
    lines, steps = [], []
    for line in case.lines:
        value = values[line.line_no]
        stated = _known(case, line, value, on, Regime.FULL, given)
        line_rates = _full_rates(line, value, on, stated)
        taxed = tax_line(line.line_no, value, line_rates)
        lines.append(taxed)
        steps += explain(line, taxed, line_rates)
    steps.append(Step("rounding", {"total": _cny(sum(x.total_minor for x in lines))}, ROUNDING))
    return Assessment("cn", on, Regime.FULL, tuple(lines), tuple(steps))


def tax_line(line_no: int, dutiable_minor: int, line_rates: LineRates) -> LineTax:
    """Taxes of one line, each rounded to 0.01, halves up.

    With P the dutiable value, t, c, v the rates of duty, consumption tax and VAT:
    duty = P·t; composite value K = (P + duty + s) / (1 - c) with s the consumption tax by
    quantity; consumption tax = K·c + s; VAT = K·v. Whole numbers throughout.
    """
    t, c, v = line_rates.duty.value, line_rates.consumption_tax.value, line_rates.vat.value
    base = t.denominator * line_rates.duty_share.denominator
    duty = dutiable_minor * t.numerator * line_rates.duty_share.numerator
    # K = (P + duty + specific) / (1 - c), kept as one numerator over one denominator
    above = ((dutiable_minor + line_rates.specific_minor) * base + duty) * c.denominator
    below = base * (c.denominator - c.numerator)
    share, whole = line_rates.tax_share.numerator, line_rates.tax_share.denominator
    specific = line_rates.specific_minor * below * c.denominator
    consumption_tax = (above * c.numerator + specific) * share
    return LineTax(
        line_no=line_no,
        dutiable_minor=dutiable_minor,
        duty_minor=_half_up(duty, base),
        consumption_tax_minor=_half_up(consumption_tax, below * c.denominator * whole),
        vat_minor=_half_up(above * v.numerator * share, below * v.denominator * whole),
    )


def explain(line: GoodsLine, taxed: LineTax, line_rates: LineRates) -> list[Step]:
    """The steps of one line: its dutiable value, then each tax with base, rate and share."""
    value = Step("dutiable-value", _value_figures(line, taxed), FORMULAS, line.line_no)
    duty = _tax_step(line.line_no, "duty", line_rates.duty, line_rates.duty_share, taxed.duty_minor)
    consumption_tax = _tax_step(
        line.line_no,
        "consumption-tax",
        line_rates.consumption_tax,
        line_rates.tax_share,
        taxed.consumption_tax_minor,
    )
    if line_rates.specific_minor:
        by_quantity = {"by_quantity": _cny(line_rates.specific_minor)}
        consumption_tax = replace(
            consumption_tax, figures={**consumption_tax.figures, **by_quantity}
        )
    vat = _tax_step(line.line_no, "vat", line_rates.vat, line_rates.tax_share, taxed.vat_minor)
    return [value, duty, consumption_tax, vat]


def _tax_step(line_no: int, code: str, rate: Rate, share: Fraction, amount_minor: int) -> Step:
    figures = {
        "rate_percent": rate.percent,
        "share_percent": rates.percent(share),
        "amount": _cny(amount_minor),
    }
    return Step(code, figures, rate.source, line_no)


def _value_figures(line: GoodsLine, taxed: LineTax) -> dict[str, str]:
    return {
        "hs_code": line.hs_code,
        "goods": _cny(line.value_minor),
        "freight_and_insurance": _cny(taxed.dutiable_minor - line.value_minor),
        "dutiable": _cny(taxed.dutiable_minor),
    }


def _regime(case: TaxCase, limits: Limits, on: date) -> Regime:
    value = case.value_minor
    if case.used_this_year_minor + value > limits.person_year_minor:
        raise OverPersonYearLimit(
            value=_cny(value),
            used=_cny(case.used_this_year_minor),
            limit=_cny(limits.person_year_minor),
            year=on.year,
        )
    if value <= limits.order_minor:
        return Regime.WITHIN_LIMITS
    if case.is_indivisible:
        return Regime.FULL
    raise OverOrderLimit(value=_cny(value), limit=_cny(limits.order_minor))


def _rates_of(
    line: GoodsLine,
    dutiable_minor: int,
    limits: Limits,
    regime: Regime,
    on: date,
    stated: GivenRates,
) -> LineRates:
    """Rates of a line; within the limits the duty table is not consulted, for duty is nil."""
    if regime is Regime.FULL:
        return _full_rates(line, dutiable_minor, on, stated)
    return LineRates(
        limits.duty_share,
        stated.consumption_tax or rates.consumption_tax_rate(line, dutiable_minor, on),
        stated.vat or rates.vat_rate(line.hs_code, on),
        limits.duty_share.value,
        limits.tax_share.value,
        stated.specific_minor,
    )


def _full_rates(line: GoodsLine, dutiable_minor: int, on: date, given: GivenRates) -> LineRates:
    return LineRates(
        given.duty or rates.duty_rate(line.hs_code, on),
        given.consumption_tax or rates.consumption_tax_rate(line, dutiable_minor, on),
        given.vat or rates.vat_rate(line.hs_code, on),
        specific_minor=given.specific_minor,
    )


def _known(
    case: TaxCase,
    line: GoodsLine,
    dutiable_minor: int,
    on: date,
    regime: Regime,
    given: Mapping[int, GivenRates] | None,
) -> GivenRates:
    """Rates that go before the shipped tables: those stated with the line, then measures held."""
    stated = (given or {}).get(line.line_no, NOTHING_GIVEN)
    if not case.measures:
        return stated
    claim = Claim(line.origin, line.certificates, case.open_quotas, rates.origin_groups(on))
    basis = Basis(Fraction(dutiable_minor, 100), line.measured, currency="CNY")
    if stated.duty is None and regime is Regime.FULL:
        stated = replace(stated, duty=_held_duty(case, line, on, claim, basis))
    if stated.consumption_tax is None:
        stated = _with_consumption_tax(case, line, on, claim, basis, stated)
    if stated.vat is None:
        held = measures.composite(case.measures, measures.VAT, line.hs_code, claim, on, basis)
        stated = replace(stated, vat=_rate(held) if held else None)
    return stated


def _held_duty(case: TaxCase, line: GoodsLine, on: date, claim: Claim, basis: Basis) -> Rate | None:
    """The duty of measures, as the share of the value that it comes to."""
    charged = measures.duty(case.measures, line.hs_code, claim, on, basis)
    if charged is None:
        return None
    share = charged.amount / basis.value if basis.value else Fraction(0)
    return Rate(share, charged.source, charged.written)


def _with_consumption_tax(
    case: TaxCase, line: GoodsLine, on: date, claim: Claim, basis: Basis, stated: GivenRates
) -> GivenRates:
    held = measures.composite(
        case.measures, measures.CONSUMPTION_TAX, line.hs_code, claim, on, basis
    )
    if held is None:
        return stated
    specific = held.specific * 100
    return replace(
        stated,
        consumption_tax=_rate(held),
        specific_minor=_half_up(specific.numerator, specific.denominator),
    )


def _rate(held: measures.Composite) -> Rate:
    return Rate(held.rate, held.measure.source)


def _limit_step(case: TaxCase, limits: Limits, regime: Regime) -> Step:
    figures = {
        "value": _cny(case.value_minor),
        "order_limit": _cny(limits.order_minor),
        "used_this_year": _cny(case.used_this_year_minor),
        "person_year_limit": _cny(limits.person_year_minor),
    }
    return Step(f"limits-{regime.value}", figures, limits.source)


def _half_up(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)


def _cny(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
