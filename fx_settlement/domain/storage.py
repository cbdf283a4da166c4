"""Storage: cubic metres and days, from what moved and when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.domain.trade import round_half_up

CM3_PER_M3 = 1_000_000


@dataclass(frozen=True)
class StockChange:
    """Units that came to an owner (positive) or left it (negative) on a day."""

    owner: int
    units: int
    volume_cm3: int
    on: date


def cubic_metre_days(
    changes: Iterable[StockChange], *, first: date, before: date
) -> dict[int, Fraction]:
    """Cubic metres times days that each owner's stock took up from ``first`` until ``before``.

    Goods count from the day they come to the day before they leave.
    """
    room: dict[int, Fraction] = defaultdict(Fraction)
    for change in changes:
        days = (before - max(change.on, first)).days
        if days > 0:
            volume = Fraction(change.units * change.volume_cm3, CM3_PER_M3)
            room[change.owner] += volume * days
    return dict(room)


def storage_minor(room: Fraction, daily_price: Decimal, *, minor_per_unit: int = 100) -> int:
    """The charge for cubic-metre-days at a price per cubic metre and day, halves up."""
    exact = room * Fraction(daily_price) * minor_per_unit
    return round_half_up(Decimal(exact.numerator) / Decimal(exact.denominator))
