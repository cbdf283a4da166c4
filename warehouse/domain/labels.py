"""What stands on cartons, pallets and shelves, and what a scanner makes of it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.errors import Refusal
from core.domain.trade import gs1_check_digit

GROUP_SEPARATOR = "\x1d"
_SYMBOLOGY = re.compile(r"^\](?:C1|d2|e0|Q3|J1)")
_BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6}
"""Lengths of the identifiers that end by themselves. Source: GS1 General Specifications 7.8.5."""
_VARIABLE = ("10", "21", "37", "30")
_LINK = re.compile(r"https?://[^?#]*?/01/(\d{14})(?:/10/([^/?#]+))?", re.IGNORECASE)


class BadSSCC(Refusal):
    """Raised for a pallet number that is no serial shipping container code."""

    code = "bad-sscc"
    reason = "“{value}” is not a pallet's number: it has 18 digits, the last of them a check digit."
    remedy = "Scan the label again, or type all 18 digits."


class LabelUnreadable(Refusal):
    """Raised for a scan that is none of the labels of a warehouse."""

    code = "label-unreadable"
    reason = "Nothing known is written in “{value}”."
    remedy = "Scan the carton's, the pallet's or the shelf's label."


def sscc(extension: int, company_prefix: str, serial: int) -> str:
    """A serial shipping container code: 18 digits, the check digit last.

    The prefix and the serial share 16 digits. Source: GS1 General Specifications 2.2.1.

    Raises:
        BadSSCC: the numbers do not fit.
    """
    number = str(serial).zfill(16 - len(company_prefix))
    body = f"{extension}{company_prefix}{number}"
    if len(body) != 17 or not (body.isascii() and body.isdigit()):
        raise BadSSCC(value=body)
    return body + gs1_check_digit(body)


def read_sscc(value: str) -> str:
    """A pallet's number as 18 digits; an identifier (00) before it is passed over.

    Raises:
        BadSSCC: wrong length, other characters, or a wrong check digit.
    """
    digits = value.strip().removeprefix("(00)").replace(" ", "")
    if len(digits) == 20 and digits.startswith("00"):
        digits = digits[2:]
    is_whole = len(digits) == 18 and digits.isascii() and digits.isdigit()
    if not is_whole or gs1_check_digit(digits[:-1]) != digits[-1]:
        raise BadSSCC(value=value)
    return digits


@dataclass(frozen=True)
class Label:
    """What a label says; empty where it says nothing about it. ``units`` is the carton's count."""

    gtin: str = ""
    lot_no: str = ""
    sscc: str = ""
    serial: str = ""
    expires_on: date | None = None
    produced_on: date | None = None
    units: int | None = None


def read_label(scan: str) -> Label:
    """The contents of a GS1 label: a bare GTIN, a Digital Link, or identifiers with values.

    Identifiers stand in brackets, or as the scanner sends them, with separators.

    Raises:
        LabelUnreadable: it is none of these.
    """
    text = _SYMBOLOGY.sub("", scan.strip())
    if link := _LINK.search(text):
        return Label(gtin=link[1], lot_no=link[2] or "")
    if text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14):
        return Label(gtin=text.zfill(14))
    found = dict(_BRACKETED.findall(text)) if text.startswith("(") else _elements(text)
    if not found:
        raise LabelUnreadable(value=scan[:60])
    return _label(found)


def _elements(text: str) -> dict[str, str]:
    """Values by identifier, as a scanner sends them; empty when the text is not such a string."""
    found: dict[str, str] = {}
    rest = text.strip(GROUP_SEPARATOR)
    while rest:
        ai, rest = rest[:2], rest[2:]
        if ai in _FIXED:
            value, rest = rest[: _FIXED[ai]], rest[_FIXED[ai] :].lstrip(GROUP_SEPARATOR)
            if len(value) != _FIXED[ai] or not value.isdigit():
                return {}
        elif ai in _VARIABLE:
            value, _, rest = rest.partition(GROUP_SEPARATOR)
        else:
            return {}
        found[ai] = value
    return found


def _label(found: dict[str, str]) -> Label:
    count = found.get("37") or found.get("30") or ""
    return Label(
        gtin=(found.get("01") or found.get("02") or "").zfill(14) if _has_gtin(found) else "",
        lot_no=found.get("10", ""),
        sscc=found.get("00", ""),
        serial=found.get("21", ""),
        expires_on=_day(found.get("17") or found.get("15") or ""),
        produced_on=_day(found.get("11") or ""),
        units=int(count) if count.isdigit() else None,
    )


def _has_gtin(found: dict[str, str]) -> bool:
    return bool(found.get("01") or found.get("02"))


def _day(text: str) -> date | None:
    """YYMMDD as a day of this century; the day 00 is the last of its month."""
    if len(text) != 6 or not text.isdigit():
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        if day:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return None
