"""Duty expressions as a tariff writes them: ad valorem, specific, compound, least and most."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from core.domain.errors import Refusal

_TOKENS = re.compile(r"(?<!\S)(MIN|MAX|\+|-)(?!\S)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%$", re.ASCII)
_SPECIFIC = re.compile(
    r"(\d+(?:\.\d+)?)\s*([A-Z]{3})(?:\s*/\s*|\s+per\s+|\s+(?=[A-Z]{3}\b))(\S.*)$", re.ASCII
)
_PLAIN = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Z]{3})$", re.ASCII)
_CODE = re.compile(r"([a-z][a-z0-9]{2})(?: ?([a-z]))?", re.ASCII)

UNITS: dict[str, tuple[str, ...]] = {
    "100kg": ("DTN",),
    "kg": ("KGM",),
    "tonne": ("TNE",),
    "1000kg": ("TNE",),
    "g": ("GRM",),
    "hl": ("HLT",),
    "100l": ("HLT",),
    "l": ("LTR",),
    "1000l": ("KLT",),
    "item": ("NAR",),
    "p/st": ("NAR",),
    "100items": ("CEN",),
    "100p/st": ("CEN",),
    "1000items": ("MIL",),
    "1000p/st": ("MIL",),
    "pair": ("NPR",),
    "pa": ("NPR",),
    "m": ("MTR",),
    "m2": ("MTK",),
    "m3": ("MTQ",),
    "1000m3": ("KMQ",),
    "lalc.100%": ("LPA",),
    "lalc100%": ("LPA",),
    "lalc.100%xspr": ("LPA", "SPR"),
    "%vol/hl": ("ASV", "HLT"),
    "asvx": ("ASV", "HLT"),
    "100kg/net/%sacchar.": ("BRX", "DTN"),
}
"""Written unit (lower case, no spaces): the quantities that are multiplied."""

BASES: dict[str, str] = {"100kg": "DTN", "kg": "KGM", "1000kg": "TNE", "tonne": "TNE"}
"""Weights that may be qualified."""

QUALIFIERS: dict[str, str] = {
    "": "",
    "net": "",
    "netdrainedwt": "E",
    "netdrained": "E",
    "drained": "E",
    "gross": "G",
    "biodiesel": "I",
    "netdry": "M",
    "lacticmatter": "P",
    "lactic.": "P",
    "stdqual": "R",
    "rawsugar": "S",
    "drylacticmatter": "T",
}
"""What of the weight is meant; a qualified weight is a quantity of its own (``DTNE``).

Source: TARIC measurement unit qualifiers.
"""

CONVERSIONS: dict[str, tuple[tuple[str, Fraction], ...]] = {
    "DTN": (("KGM", Fraction(1, 100)), ("TNE", Fraction(10))),
    "KGM": (("DTN", Fraction(100)), ("TNE", Fraction(1000)), ("GRM", Fraction(1, 1000))),
    "TNE": (("KGM", Fraction(1, 1000)), ("DTN", Fraction(1, 10))),
    "GRM": (("KGM", Fraction(1000)),),
    "HLT": (("LTR", Fraction(1, 100)), ("KLT", Fraction(10))),
    "LTR": (("HLT", Fraction(100)), ("KLT", Fraction(1000))),
    "KLT": (("LTR", Fraction(1, 1000)), ("HLT", Fraction(1, 10))),
    "CEN": (("NAR", Fraction(1, 100)), ("MIL", Fraction(10))),
    "MIL": (("NAR", Fraction(1, 1000)), ("CEN", Fraction(1, 10))),
    "NAR": (("CEN", Fraction(100)), ("MIL", Fraction(1000))),
}
"""What a quantity may be reckoned from where it was not stated itself."""


class ExpressionNotRead(Refusal):
    """Raised for an expression, or a part of one, that follows none of the known forms."""

    code = "expression-not-read"
    reason = "“{part}” is no duty expression that is known."
    remedy = "Write it like “8.00 %”, “35.10 GBP / 100 kg”, joined by +, -, MIN or MAX."


class UnitNotRead(Refusal):
    """Raised for a unit of a specific duty that is not known."""

    code = "unit-not-read"
    reason = "“{unit}” is no unit of duty that is known."
    remedy = "Write the unit as the tariff does, like “100 kg”, or as its code, like “DTN”."


class QuantityMissing(Refusal):
    """Raised when a specific duty needs a quantity that was not stated."""

    code = "quantity-missing"
    reason = "The duty is charged by {unit}, and no quantity of it was stated."
    remedy = "State the quantity in {unit}, then compute again."


class ExchangeRateMissing(Refusal):
    """Raised when a duty stands in a currency without an exchange rate."""

    code = "exchange-rate-missing"
    reason = "The duty is stated in {currency}, and no exchange rate for it was given."
    remedy = "Give the pounds for one {currency}, then compute again."


@dataclass(frozen=True)
class Basis:
    """What a duty is reckoned on; all figures exact, money in the territory's currency."""

    value: Fraction = Fraction(0)
    """Customs value with duties already assessed."""
    quantities: Mapping[str, Fraction] = field(default_factory=dict)
    fx: Mapping[str, Fraction] = field(default_factory=dict)
    """Money of the territory for one unit of a currency."""
    currency: str = "GBP"


def evaluate(expression: str, basis: Basis) -> Fraction:
    """Duty by an expression, in the territory's currency, unrounded.

    The expression is split at its last MIN or MAX: MIN takes the greater side (a least duty),
    MAX the smaller (a most). Sums are taken from left to right.

    Raises:
        ExpressionNotRead: a part follows no known form.
        UnitNotRead: a unit is not known.
        QuantityMissing: a specific duty lacks its quantity.
        ExchangeRateMissing: a duty in another currency lacks its rate.

    Source: UK trade tariff duty calculator, compound evaluator (2025-06).
    """
    return _folded(_parts(expression), basis)


def check(expression: str) -> None:
    """Read an expression without reckoning anything.

    Raises:
        ExpressionNotRead, UnitNotRead: as :func:`evaluate` would.
    """
    _parts(expression)


@cache
def _parts(expression: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in _TOKENS.split(expression))
    for part in parts[::2]:
        if not any(form.match(part) for form in (_PERCENT, _SPECIFIC, _PLAIN)):
            raise ExpressionNotRead(part=part or expression)
        if (specific := _SPECIFIC.match(part)) and not _PLAIN.match(part):
            _codes(specific[3])
    return parts


def _folded(parts: tuple[str, ...], basis: Basis) -> Fraction:
    for at in range(len(parts) - 2, 0, -2):
        if parts[at] in {"MIN", "MAX"}:
            left, right = _folded(parts[:at], basis), _folded(parts[at + 1 :], basis)
            return max(left, right) if parts[at] == "MIN" else min(left, right)
    total = _component(parts[0], basis)
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        amount = _component(part, basis)
        total += amount if sign == "+" else -amount
    return total


def _component(part: str, basis: Basis) -> Fraction:
    if percent := _PERCENT.match(part):
        return basis.value * Fraction(percent[1]) / 100
    if plain := _PLAIN.match(part):
        return Fraction(plain[1]) * _rate(plain[2], basis)
    specific = _SPECIFIC.match(part)
    if specific is None:
        raise ExpressionNotRead(part=part)
    return Fraction(specific[1]) * _rate(specific[2], basis) * _quantity(specific[3], basis)


def _rate(currency: str, basis: Basis) -> Fraction:
    if currency == basis.currency:
        return Fraction(1)
    if currency not in basis.fx:
        raise ExchangeRateMissing(currency=currency)
    return basis.fx[currency]


def _quantity(written: str, basis: Basis) -> Fraction:
    product = Fraction(1)
    for code in _codes(written):
        product *= _stated(code, basis.quantities)
    return product


@cache
def _codes(written: str) -> tuple[str, ...]:
    """The quantities behind a written unit; a weight of another kind is never taken for it."""
    unit = "".join(written.split()).lower()
    if unit in UNITS:
        return UNITS[unit]
    base, _, qualifier = unit.partition("/")
    if base in BASES and qualifier in QUALIFIERS:
        return (BASES[base] + QUALIFIERS[qualifier],)
    if code := _CODE.fullmatch(written.strip().lower()):
        return ((code[1] + (code[2] or "")).upper(),)
    raise UnitNotRead(unit=written)


def _stated(code: str, quantities: Mapping[str, Fraction]) -> Fraction:
    if code in quantities:
        return quantities[code]
    qualifier = code[3:]
    for other, factor in CONVERSIONS.get(code[:3], ()):
        if other + qualifier in quantities:
            return quantities[other + qualifier] * factor
    raise QuantityMissing(unit=code)
