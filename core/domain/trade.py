"""Identifiers and quantities of trade: GTIN, HS code, incoterm, money in minor units."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.domain.errors import Phrase, Refusal


class BadGTIN(Refusal):
    """Raised when a trade item number has the wrong length or check digit."""

    code = "bad-gtin"
    reason = "GTIN “{value}” is not valid: {fault}."
    remedy = "Read the number under the bar code again; the last digit is the check digit."


class BadHSCode(Refusal):
    """Raised when an HS code is not 6, 8 or 10 digits of a known chapter."""

    code = "bad-hs-code"
    reason = "HS code “{value}” is not valid: {fault}."
    remedy = "Give 6, 8 or 10 digits without dots, as in the customs tariff."


class BadMoney(Refusal):
    """Raised when an amount has more decimals than its currency, or is not a number."""

    code = "bad-money"
    reason = "“{value}” is not an amount of {currency} with at most {decimals} decimals."
    remedy = "Round the amount to the currency's smallest unit."


class UnknownCurrency(Refusal):
    """Raised for a currency that the pool does not handle."""

    code = "unknown-currency"
    reason = "“{value}” is not a currency that the pool handles."
    remedy = "Use a three-letter ISO 4217 code such as CNY, USD or JPY."


class Incoterm(StrEnum):
    """Incoterms 2020 that the pool buys under (ICC, in force 2020-01-01)."""

    EXW = "EXW"
    FCA = "FCA"
    FOB = "FOB"
    CFR = "CFR"
    CIF = "CIF"


MINOR_UNITS: dict[str, int] = {
    "CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "AUD": 2, "NZD": 2, "HKD": 2, "CAD": 2, "CHF": 2,
    "SGD": 2, "THB": 2, "DKK": 2, "SEK": 2, "NOK": 2, "JPY": 0, "KRW": 0,
}  # fmt: skip
"""Decimals of a currency's smallest unit. Source: ISO 4217, table A.1."""

HS_CHAPTERS = frozenset(f"{n:02d}" for n in range(1, 98) if n != 77)
"""Chapters of the Harmonized System 2022; 77 is reserved (WCO)."""


def gs1_check_digit(digits: str) -> str:
    """The check digit that completes ``digits`` (GS1 General Specifications 7.9)."""
    weighted = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-weighted % 10)


def gtin(value: str) -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits.

    Raises:
        BadGTIN: wrong length, other characters than digits, or a wrong check digit.
    """
    digits = value.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise BadGTIN(value=value, fault=Phrase("it may hold digits only"))
    if len(digits) not in (8, 12, 13, 14):
        fault = Phrase("it has {digits} digits, not 8, 12, 13 or 14", digits=len(digits))
        raise BadGTIN(value=value, fault=fault)
    expected = gs1_check_digit(digits[:-1])
    if digits[-1] != expected:
        fault = Phrase(
            "the check digit should be {expected}, not {found}", expected=expected, found=digits[-1]
        )
        raise BadGTIN(value=value, fault=fault)
    return digits.zfill(14)


def hs_code(value: str, *, digits: tuple[int, ...] = (6, 8, 10)) -> str:
    """An HS code as bare digits.

    Raises:
        BadHSCode: a wrong number of digits, or a chapter that does not exist.
    """
    bare = value.strip().replace(".", "").replace(" ", "")
    if not (bare.isascii() and bare.isdigit()):
        raise BadHSCode(value=value, fault=Phrase("it may hold digits only"))
    if len(bare) not in digits:
        wanted = ", ".join(str(n) for n in digits)
        fault = Phrase("it has {digits} digits, not {wanted}", digits=len(bare), wanted=wanted)
        raise BadHSCode(value=value, fault=fault)
    if bare[:2] not in HS_CHAPTERS:
        raise BadHSCode(
            value=value, fault=Phrase("there is no chapter {chapter}", chapter=bare[:2])
        )
    return bare


def minor_units(currency: str) -> int:
    """Decimals of the currency's smallest unit: 2 for CNY, 0 for JPY.

    Raises:
        UnknownCurrency: the pool does not handle the currency.
    """
    if currency not in MINOR_UNITS:
        raise UnknownCurrency(value=currency)
    return MINOR_UNITS[currency]


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount in whole minor units.

    Raises:
        BadMoney: the amount is not a number, or has more decimals than the currency.
    """
    decimals = minor_units(currency)
    if not amount.is_finite() or amount != round(amount, decimals):
        raise BadMoney(value=amount, currency=currency, decimals=decimals)
    return int(amount.scaleb(decimals))


def from_minor(minor: int, currency: str) -> Decimal:
    """Minor units as an amount with the currency's decimals."""
    return Decimal(minor).scaleb(-minor_units(currency))


def round_half_up(value: Decimal | Fraction) -> int:
    """The nearest whole number; exact halves go away from zero (EC 1103/97, article 5)."""
    numerator, denominator = value.as_integer_ratio()
    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return nearest if numerator >= 0 else -nearest
