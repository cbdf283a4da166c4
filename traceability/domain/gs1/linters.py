"""Content rules of GS1 element strings, one small function per rule of the syntax dictionary.

Each takes a component and returns None, or why it is refused.
Source: GS1 General Specifications; names as in the GS1 Barcode Syntax Dictionary.
"""

import re
from calendar import monthrange
from collections.abc import Callable

from traceability.domain.gs1.codes import (
    COUNTRIES,
    COUNTRIES_2,
    CURRENCIES,
    PACKAGE_TYPES,
)

Linter = Callable[[str], str | None]

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
CSET39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}")
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def digits(value: str) -> bool:
    """Whether every character is an ASCII digit."""
    return value == "" or (value.isascii() and value.isdigit())


def _fits(pattern: str, why: str) -> Linter:
    rule = re.compile(pattern, re.ASCII)
    return lambda value: None if rule.fullmatch(value) else why


def _listed(codes: frozenset[str], why: str) -> Linter:
    return lambda value: None if value in codes else why


def _up_to(limit: int, length: int, why: str) -> Linter:
    def lint(value: str) -> str | None:
        good = digits(value) and len(value) == length and int(value) <= limit
        return None if good else why

    return lint


def check_digit(body: str) -> str:
    """The modulo 10 check digit of a GS1 key without it."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def csum(value: str) -> str | None:
    """A numeric key ends in its modulo 10 check digit."""
    if not digits(value):
        return "a character is not a digit"
    if not value:
        return "too short for a check digit"
    return None if check_digit(value[:-1]) == value[-1] else "the check digit is wrong"


def csumalpha(value: str) -> str | None:
    """An alphanumeric key ends in its pair of check characters (modulo 1021)."""
    if len(value) < 2 or len(value) > 25:
        return "the length does not leave room for a check pair"
    if any(c not in CSET82 for c in value[:-2]):
        return "a character is not in the GS1 set of 82"
    if any(c not in CSET32 for c in value[-2:]):
        return "the check pair is wrong"
    body = value[:-2]
    total = sum(CSET82.index(c) * p for c, p in zip(reversed(body), _PRIMES, strict=False)) % 1021
    return (
        None
        if value[-2:] == CSET32[total // 32] + CSET32[total % 32]
        else "the check pair is wrong"
    )


def _date(value: str, *, century: bool, day_zero: bool) -> str | None:
    if not digits(value):
        return "a character is not a digit"
    if len(value) != (8 if century else 6):
        return "the date has the wrong length"
    year = int(value[:-4]) if century else 2000 + int(value[:2])
    month, day = int(value[-4:-2]), int(value[-2:])
    if not 1 <= month <= 12:
        return "the month does not exist"
    last = monthrange(year, month)[1] if year else monthrange(2000, month)[1]
    return None if (0 if day_zero else 1) <= day <= last else "the day does not exist"


def _iban(value: str) -> str | None:
    if len(value) <= 4:
        return "the IBAN is too short"
    if len(value) > 34:
        return "the IBAN is too long"
    if not re.fullmatch(r"[A-Z0-9]+", value):
        return "the IBAN holds an illegal character"
    if value[:2] not in COUNTRIES_2 | {"XK"}:
        return "the IBAN's country does not exist"
    number = "".join(str(int(c, 36)) for c in value[4:] + value[:4])
    return (
        None
        if digits(value[2:4]) and int(number) % 97 == 1
        else "the IBAN's check digits are wrong"
    )


def _piece_of_total(value: str) -> str | None:
    if not digits(value) or not value or len(value) % 2:
        return "piece and total need the same number of digits"
    half = len(value) // 2
    piece, total = int(value[:half]), int(value[half:])
    return None if 1 <= piece <= total else "the piece is not one of the total"


def _position_in_sequence(value: str) -> str | None:
    found = re.fullmatch(r"(\d+)/(\d+)", value, re.ASCII)
    if not found:
        return "must read position/total"
    at, end = found[1], found[2]
    if at.startswith("0") or end.startswith("0"):
        return "position and total start with no zero"
    return None if int(at) <= int(end) else "the position is past the total"


def _nonzero(value: str) -> str | None:
    if not digits(value):
        return "a character is not a digit"
    return None if value.strip("0") else "the number must not be zero"


def _media_type(value: str) -> str | None:
    good = digits(value) and len(value) == 2 and (1 <= int(value) <= 10 or 80 <= int(value) <= 99)
    return None if good else "the media type is not allocated"


class _Coupon:
    """Reads a coupon's digits from the left; any shortfall is a refusal."""

    def __init__(self, value: str) -> None:
        self.left = value

    def take(self, length: int) -> str:
        if len(self.left) < length:
            raise ValueError("the coupon is cut short")
        head, self.left = self.left[:length], self.left[length:]
        return head

    def sized(self, *, base: int, low: int, high: int, what: str) -> str:
        size = int(self.take(1))
        if not low <= size <= high:
            raise ValueError(f"the coupon's {what} has an illegal length indicator")
        return self.take(size + base)

    def choice(self, allowed: str, what: str) -> str:
        got = self.take(1)
        if got not in allowed:
            raise ValueError(f"the coupon's {what} is not allocated")
        return got

    def day(self) -> str:
        got = self.take(6)
        wrong = _date(got, century=False, day_zero=False)
        if wrong:
            raise ValueError("the coupon's date does not exist")
        return got


def _company(read: _Coupon) -> None:
    size = read.take(1)
    if size == "9":
        raise ValueError("the coupon's company prefix has an illegal length indicator")
    read.take(int(size) + 6)


def _purchase(read: _Coupon, *, company: bool) -> None:
    read.sized(base=0, low=1, high=5, what="purchase requirement")
    read.choice("012349", "purchase requirement code")
    read.take(3)
    if company:
        size = read.take(1)
        if size != "9":
            if size > "6":
                raise ValueError("the coupon's company prefix has an illegal length indicator")
            read.take(int(size) + 6)


_COUPON_SIZED = {"5": (0, 9, "serial number"), "6": (1, 7, "retailer")}


def _coupon_save(read: _Coupon) -> None:
    read.choice("01256", "save value code")
    read.choice("012", "save value applies to")
    read.choice("01", "store coupon flag")
    read.choice("01", "don't multiply flag")


def _coupon_purchase(read: _Coupon, field: str) -> None:
    if field == "1":
        read.choice("0123", "additional purchase rules")
    _purchase(read, company=True)


def _coupon_start(read: _Coupon, end: str) -> None:
    begin = read.day()
    if end and begin > end:
        raise ValueError("the coupon ends before it starts")


def _coupon_rest(read: _Coupon) -> None:
    end = ""
    last = -1
    while read.left:
        field = read.take(1)
        if int(field) <= last:
            raise ValueError("the coupon's optional fields are out of order")
        last = int(field)
        if field in "12":
            _coupon_purchase(read, field)
        elif field == "3":
            end = read.day()
        elif field == "4":
            _coupon_start(read, end)
        elif field in _COUPON_SIZED:
            low, high, what = _COUPON_SIZED[field]
            read.sized(base=6, low=low, high=high, what=what)
        elif field == "9":
            _coupon_save(read)
        else:
            raise ValueError("the coupon's optional field is not allocated")


def coupon_code(value: str) -> str | None:
    """North American coupon code (AI 8110)."""
    if not digits(value):
        return "a character is not a digit"
    read = _Coupon(value)
    try:
        size = read.take(1)
        if size > "6":
            return "the coupon's company prefix has an illegal length indicator"
        read.take(int(size) + 6)
        read.take(6)
        read.sized(base=0, low=1, high=5, what="save value")
        _purchase(read, company=False)
        _coupon_rest(read)
    except ValueError as wrong:
        return str(wrong)
    return None


def coupon_offer(value: str) -> str | None:
    """Positive offer file coupon code (AI 8112)."""
    if not digits(value):
        return "a character is not a digit"
    read = _Coupon(value)
    try:
        read.choice("01", "format")
        size = read.take(1)
        if size > "6":
            return "the coupon's funder has an illegal length indicator"
        read.take(int(size) + 6)
        read.take(6)
        read.sized(base=6, low=0, high=9, what="serial number")
    except ValueError as wrong:
        return str(wrong)
    return "the coupon has data after its end" if read.left else None


LINTERS: dict[str, Linter] = {
    "cset82": lambda v: (
        None if all(c in CSET82 for c in v) else "a character is not in the GS1 set of 82"
    ),
    "cset39": lambda v: (
        None if all(c in CSET39 for c in v) else "a character is not in the GS1 set of 39"
    ),
    "cset64": lambda v: None if _BASE64URL.fullmatch(v) else "not base64url",
    "csetnumeric": lambda v: None if digits(v) else "a character is not a digit",
    "csum": csum,
    "csumalpha": csumalpha,
    "gcppos1": lambda v: (
        None if digits(v[:4]) and len(v) >= 4 else "no company prefix at its place"
    ),
    "gcppos2": lambda v: (
        None if digits(v[1:5]) and len(v) >= 5 else "no company prefix at its place"
    ),
    "yymmd0": lambda v: _date(v, century=False, day_zero=True),
    "yymmdd": lambda v: _date(v, century=False, day_zero=False),
    "yyyymmd0": lambda v: _date(v, century=True, day_zero=True),
    "yyyymmdd": lambda v: _date(v, century=True, day_zero=False),
    "hh": _up_to(23, 2, "the hour does not exist"),
    "mi": _up_to(59, 2, "the minute does not exist"),
    "ss": _up_to(59, 2, "the second does not exist"),
    "hhmi": _fits(r"([01]\d|2[0-3])[0-5]\d", "the time does not exist"),
    "hhmm": _fits(r"([01]\d|2[0-3])[0-5]\d", "the time does not exist"),
    "iso3166": _listed(COUNTRIES, "not an ISO 3166 country number"),
    "iso3166999": _listed(COUNTRIES | {"999"}, "not an ISO 3166 country number or 999"),
    "iso3166alpha2": _listed(COUNTRIES_2, "not an ISO 3166 country code"),
    "iso4217": _listed(CURRENCIES, "not an ISO 4217 currency number"),
    "iso5218": _listed(frozenset("0129"), "not an ISO 5218 sex code"),
    "packagetype": _listed(PACKAGE_TYPES, "not a package type of UN/ECE Recommendation 21"),
    "iban": _iban,
    "importeridx": _fits(r"[-_0-9A-Za-z]", "not an importer index"),
    "latitude": _up_to(1800000000, 10, "the latitude is out of range"),
    "longitude": _up_to(3600000000, 10, "the longitude is out of range"),
    "mediatype": _media_type,
    "nonzero": _nonzero,
    "nozeroprefix": lambda v: "the number starts with zero" if len(v) > 1 and v[0] == "0" else None,
    "pcenc": lambda v: (
        None if not re.search(r"%(?![0-9A-Fa-f]{2})", v) else "a percent sequence is broken"
    ),
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position_in_sequence,
    "winding": _fits(r"[019]", "not a winding direction"),
    "yesno": _fits(r"[01]", "must be 0 or 1"),
    "zero": lambda v: None if v and not v.strip("0") else "must be zero",
    "hyphen": lambda v: None if v and not v.strip("-") else "must be a hyphen",
    "hasnondigit": lambda v: (
        None if v and not digits(v) else "must hold a character that is no digit"
    ),
    "couponcode": coupon_code,
    "couponposoffer": coupon_offer,
}
