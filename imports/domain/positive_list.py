"""The positive list of retail imports as dated rows, and its remarks read as rules.

Remarks are of four kinds: goods left out (列入…的商品除外), bonded mode only (仅限网购保税商品),
goods of certain names only (仅限…), and a quantity for each person and year (每人每年…).
Source: list of retail imports, edition in force since 2022-03-01, as reported in secondary sources.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class RemarkKind(StrEnum):
    """What a remark beside a line does."""

    EXCLUSION = "exclusion"
    BONDED_ONLY = "bonded_only"
    NAME_LIMITED = "name_limited"
    PERSON_YEAR = "person_year"
    OTHER = "other"


@dataclass(frozen=True)
class Remark:
    """One remark: its wording, and the names or the quantity that it holds.

    A remark that is read as none of the four kinds is OTHER: somebody has to look at it.
    """

    kind: RemarkKind
    wording: str
    names: tuple[str, ...] = ()
    most: Decimal = Decimal(0)
    unit: str = ""


@dataclass(frozen=True)
class ListedLine:
    """A line of one edition: eight digits, or fewer where only the heading is known."""

    code: str
    name_zh: str
    remark: str
    edition: str
    valid_from: date
    valid_before: date | None
    source: str
    trust: str

    @property
    def is_exact(self) -> bool:
        """Whether the line itself is known, and not only its heading."""
        return len(self.code) == 8

    def is_in_force(self, on: date) -> bool:
        """Whether the edition holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """The line's remarks as rules."""
        return remarks_from(self.remark)


_PARTS = re.compile(r"[;；。]")
_PERSON_YEAR = re.compile(
    r"每人每年\D*?(\d+(?:\.\d+)?)\s*(千克|公斤|克|件|个|支|瓶|盒|包|罐|片|双)"
)
_ONLY = re.compile(r"^(?:仅限于?|限于)(.+?)(?:商品)?$")
_BETWEEN_NAMES = re.compile(r"[、,，/]|或|和|及")
_GRAMS = {"千克": Decimal(1000), "公斤": Decimal(1000), "克": Decimal(1)}


def remarks_from(text: str) -> tuple[Remark, ...]:
    """The remarks of a line, in the order in which they stand; several are set off by ``;``."""
    parts = (part.strip() for part in _PARTS.split(text))
    return tuple(_remark(part) for part in parts if part)


def _remark(text: str) -> Remark:
    limited = _PERSON_YEAR.search(text)
    if limited:
        most, unit = Decimal(limited[1]), limited[2]
        return Remark(RemarkKind.PERSON_YEAR, text, most=most, unit=unit)
    if "网购保税" in text:
        return Remark(RemarkKind.BONDED_ONLY, text)
    if text.endswith("除外"):
        return Remark(RemarkKind.EXCLUSION, text)
    only = _ONLY.match(text)
    if only:
        names = tuple(name.strip() for name in _BETWEEN_NAMES.split(only[1]) if name.strip())
        return Remark(RemarkKind.NAME_LIMITED, text, names=names)
    return Remark(RemarkKind.OTHER, text)


def in_grams(remark: Remark) -> int | None:
    """The quantity of a remark in grams; None where it counts pieces."""
    ratio = _GRAMS.get(remark.unit)
    return None if ratio is None else int(remark.most * ratio)


def units_within(remark: Remark, net_weight_g: Decimal) -> int:
    """How many consumer units of a net weight a person may buy in a year; zero when not one.

    Weights count by net weight, everything else by pieces.
    """
    if remark.unit in _GRAMS:
        return int(remark.most * _GRAMS[remark.unit] // net_weight_g) if net_weight_g else 0
    return int(remark.most)
