"""A line that asks for an assessment, and the answer to it; needs no database."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from core.domain.errors import Refusal
from customs.domain.assessment import Assessment, GoodsLine, TaxCase
from customs.domain.json_lines import bad, mapping, number
from customs.jurisdictions.cn import taxes as cn
from customs.jurisdictions.cn.rates import Rate
from customs.jurisdictions.gb import taxes as gb

Given = Mapping[int, Mapping[str, Fraction]]
PER_UNIT = "consumption_tax_per_unit"
"""Consumption tax by quantity: money for one unit of the line's quantity."""
SPECIFIC = "specific_minor"
"""The same on the whole line, in whole minor units."""

_TAXES = frozenset({"duty", "vat", "consumption_tax", PER_UNIT})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HS_CODE = re.compile(r"\d{6}(?:\d{2}){0,2}", re.ASCII)
_CHAPTERS = {f"{chapter:02d}" for chapter in range(1, 98) if chapter != 77}
_SUMS = ("duty", "consumption_tax", "vat", "total")
STATED = "stated with the line"
MOST_LINES = 999


def answer(record: Mapping[str, Any]) -> dict[str, Any]:
    """The regime, the taxes and every step; a refusal of the rules is an answer too.

    Raises:
        BadField: a field is missing or no value of its kind.
    """
    name = str(record.get("jurisdiction") or "").strip().upper()
    if name not in _WAYS:
        raise bad("jurisdiction", name, f"is none of {', '.join(_WAYS)}")
    on = _day(record)
    case, given = _case(record)
    try:
        return _assessed(_WAYS[name](case, on, given))
    except Refusal as refusal:
        return _refused(case, refusal)


def _assessed(found: Assessment) -> dict[str, Any]:
    is_within = found.regime.value == "within-limits"
    return {
        "regime": "within-limits" if is_within else "full-tax",
        "dutiable_value": _amount(found.dutiable_minor),
        **{name: _amount(getattr(found, f"{name}_minor")) for name in _SUMS},
        "steps": [
            {
                "code": step.code,
                "line": step.line_no or None,
                "figures": dict(step.figures),
                "source": step.source,
            }
            for step in found.steps
        ],
    }


def _refused(case: TaxCase, refusal: Refusal) -> dict[str, Any]:
    return {
        "regime": "refused",
        "dutiable_value": _amount(case.value_minor),
        **dict.fromkeys(_SUMS),
        "steps": [],
        "refusal": {
            "code": refusal.code,
            "reason": refusal.reason_text(),
            "remedy": refusal.remedy_text(),
        },
    }


def _day(record: Mapping[str, Any]) -> date:
    text = record.get("on")
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise bad("on", text or "", "is no day written YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bad("on", text, "is no day of the calendar") from error


def _case(record: Mapping[str, Any]) -> tuple[TaxCase, Given]:
    lines = record.get("lines")
    if not isinstance(lines, list) or not lines:
        raise bad("lines", lines or "", "holds no line")
    if len(lines) > MOST_LINES:
        raise bad("lines", len(lines), f"are more than {MOST_LINES} lines")
    goods, given = [], {}
    for at, line in enumerate(lines):
        place = f"lines[{at}]"
        if not isinstance(line, dict):
            raise bad(place, line, "is no object")
        goods.append(_goods(line, at + 1, f"{place}."))
        given[at + 1] = _rates(line, f"{place}.")
    case = TaxCase(
        tuple(goods),
        _minor(record, "freight"),
        _minor(record, "insurance"),
        _minor(record, "annual_used"),
    )
    return case, given


def _goods(line: Mapping[str, Any], line_no: int, place: str) -> GoodsLine:
    hs_code = line.get("hs_code")
    is_code = isinstance(hs_code, str) and _HS_CODE.fullmatch(hs_code)
    if not is_code or str(hs_code)[:2] not in _CHAPTERS:
        raise bad(f"{place}hs_code", hs_code or "", "is no HS code of 6, 8 or 10 digits")
    quantity = number(line, "quantity", place=place, decimals=5, default=None)
    if not quantity:
        raise bad(f"{place}quantity", line["quantity"], "is not above zero")
    price = number(line, "unit_price", place=place, decimals=5, default=None)
    weight = number(line, "net_weight_g", place=place, decimals=0, default="0")
    sheets = number(line, "sheets", place=place, decimals=0, default="0")
    below = quantity.denominator * price.denominator
    value = (quantity.numerator * price.numerator * 200 + below) // (2 * below)
    return GoodsLine(line_no, str(hs_code), quantity.__ceil__(), value, int(weight), int(sheets))


def _rates(line: Mapping[str, Any], place: str) -> dict[str, Fraction]:
    stated = mapping(line, "rates", place=place)
    place = f"{place}rates."
    found = {}
    for name, value in stated.items():
        if name not in _TAXES:
            raise bad(f"{place}{name}", value, "is no tax that is known")
        if value is not None:
            found[name] = number(stated, name, place=place, decimals=8, default=None)
    if PER_UNIT in found:
        quantity = number(line, "quantity", decimals=5, default=None)
        found[SPECIFIC] = Fraction(_rounded(found.pop(PER_UNIT) * quantity * 100))
    tax = found.get("consumption_tax")
    if tax is not None and tax.numerator >= tax.denominator:
        raise bad(f"{place}consumption_tax", stated["consumption_tax"], "is not below 1")
    return found


def _rounded(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _minor(record: Mapping[str, Any], key: str) -> int:
    money = number(record, key, decimals=2, default="0")
    return money.numerator * 100 // money.denominator


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


@lru_cache(maxsize=4096)
def _rate_stated(above: int, below: int) -> Rate:
    return Rate(Fraction(above, below), STATED)


def _in_china(given: Given) -> dict[int, cn.GivenRates]:
    return {
        line_no: cn.GivenRates(
            **{
                name: _rate_stated(value.numerator, value.denominator)
                for name, value in stated.items()
                if name != SPECIFIC
            },
            specific_minor=int(stated.get(SPECIFIC, 0)),
        )
        for line_no, stated in given.items()
    }


def _in_britain(given: Given) -> dict[int, gb.GbRates]:
    return {
        line_no: gb.GbRates(
            **{name: value for name, value in stated.items() if name != SPECIFIC},
            specific_minor=int(stated.get(SPECIFIC, 0)),
        )
        for line_no, stated in given.items()
    }


def _retail(case: TaxCase, on: date, given: Given) -> Assessment:
    return cn.assess(case, on, _in_china(given))


def _general(case: TaxCase, on: date, given: Given) -> Assessment:
    return cn.assess_general_trade(case, on, _in_china(given))


def _britain(case: TaxCase, on: date, given: Given) -> Assessment:
    return gb.assess(case, on, _in_britain(given))


_WAYS: dict[str, Callable[[TaxCase, date, Given], Assessment]] = {
    "CN-1210": _retail,
    "CN-9610": _retail,
    "CN-0110": _general,
    "GB": _britain,
}
