"""Suppliers' addresses, price breaks as written, certificates with an end, blanket agreements."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise

from core.domain.errors import Refusal
from core.domain.trade import to_minor

EXPIRES_SOON = timedelta(days=60)
"""So long before its end a certificate warns: a renewal and a sailing fit in."""


class PostcodeWrong(Refusal):
    """Raised for a postcode that the country does not have."""

    code = "postcode-wrong"
    reason = "“{postcode}” is not a postcode of {country}, which look like {example}."
    remedy = "Correct the postcode or the country."


class BreaksUnreadable(Refusal):
    """Raised when price breaks are not units and a price a line."""

    code = "breaks-unreadable"
    reason = "“{line}” is not a number of units and a price of {currency}."
    remedy = "Write one break a line, such as 240: 17.05, the first from the minimum order."


class BreaksOutOfOrder(Refusal):
    """Raised when a price break begins where another one does, or costs more."""

    code = "breaks-out-of-order"
    reason = "From {units} units the price is no better than from fewer."
    remedy = "Give each number of units once, and a lower price for more units."


_POSTCODES = {
    "AU": (r"\d{4}", "3207"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "V6B 1A1"),
    "CN": (r"\d{6}", "315800"),
    "DE": (r"\d{5}", "20457"),
    "ES": (r"\d{5}", "08039"),
    "FR": (r"\d{5}", "13002"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "IP11 3SY"),
    "IT": (r"\d{5}", "16126"),
    "JP": (r"\d{3}-?\d{4}", "559-0034"),
    "KR": (r"\d{5}", "48943"),
    "NL": (r"\d{4} ?[A-Z]{2}", "3011 AA"),
    "NZ": (r"\d{4}", "1010"),
    "TH": (r"\d{5}", "10110"),
    "US": (r"\d{5}(-\d{4})?", "90731"),
}
"""Shape and an example by country. Source: the postal services' own descriptions (memory)."""


def postcode(value: str, country: str) -> str:
    """A postcode in capitals; of a country whose shape is not on record anything is taken.

    Raises:
        PostcodeWrong: it does not have the country's shape.
    """
    clean = " ".join(value.upper().split())
    shape, example = _POSTCODES.get(country, ("", ""))
    if shape and not re.fullmatch(shape, clean):
        raise PostcodeWrong(postcode=value, country=country, example=example)
    return clean


@dataclass(frozen=True)
class Break:
    """The unit price from so many units on, in minor units."""

    from_units: int
    price_minor: int


def breaks_from(text: str, currency: str) -> tuple[Break, ...]:
    """Price breaks written one a line as ``units: price``, from few units to many.

    Raises:
        BreaksUnreadable: a line is something else, or there is none.
        BreaksOutOfOrder: a price does not fall, or units repeat.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = sorted((_break(line, currency) for line in lines), key=lambda each: each.from_units)
    if not found:
        raise BreaksUnreadable(line="", currency=currency)
    for lower, higher in pairwise(found):
        is_further = higher.from_units > lower.from_units
        if not is_further or higher.price_minor >= lower.price_minor:
            raise BreaksOutOfOrder(units=higher.from_units)
    return tuple(found)


def _break(line: str, currency: str) -> Break:
    units, colon, price = line.replace("：", ":").partition(":")
    try:
        whole, minor = int(units.replace(",", "")), to_minor(Decimal(price.strip()), currency)
    except (ValueError, InvalidOperation, Refusal):
        raise BreaksUnreadable(line=line, currency=currency) from None
    if not colon or whole < 1 or minor < 1:
        raise BreaksUnreadable(line=line, currency=currency)
    return Break(whole, minor)


class Standing(StrEnum):
    """How long a certificate still holds."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


def standing(expires_on: date | None, on: date) -> Standing:
    """Whether a certificate holds on a day; its last day is ``expires_on``."""
    if expires_on is None or expires_on > on + EXPIRES_SOON:
        return Standing.VALID
    return Standing.EXPIRING if expires_on >= on else Standing.EXPIRED


@dataclass(frozen=True)
class CallOff:
    """How far a blanket agreement is used, in units or in minor units of its currency."""

    agreed: int
    called: int
    waiting: int = 0
    """What draft orders would call off on top."""

    @property
    def remaining(self) -> int:
        """What is left after what was called; below zero when more was called."""
        return self.agreed - self.called

    @property
    def over(self) -> int:
        """By how much placed and draft orders go beyond what was agreed."""
        return max(0, self.called + self.waiting - self.agreed)


def call_off(agreed: int, orders: Iterable[tuple[int, bool]]) -> CallOff:
    """The use of an agreement by orders, given as amount and whether the order is placed."""
    called = waiting = 0
    for amount, is_placed in orders:
        if is_placed:
            called += amount
        else:
            waiting += amount
    return CallOff(agreed, called, waiting)
