"""How long goods may still be sold, how old they are, and what each way out would cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from core.domain.trade import round_half_up
from warehouse.domain.charges import CM3_PER_M3


@dataclass(frozen=True)
class KeepingTerms:
    """What a pool reckons with: days until a buyer has the goods, and the price of each way out.

    ``offer_percent`` is what the pool's members pay for goods offered in time, of their worth;
    ``return_percent`` what a supplier credits for goods sent back. Costs are in fen.
    """

    clearance_days: int = 2
    delivery_days: int = 5
    minimum_use_days: int = 90
    warn_days: int = 60
    offer_percent: int = 60
    return_percent: int = 0
    return_case_fen: int = 500_00
    return_m3_fen: int = 900_00
    destroy_case_fen: int = 800_00
    destroy_m3_fen: int = 400_00


class Exit(StrEnum):
    """Ways out for goods that will not be sold in time."""

    OFFER = "offer"
    RETURN_ABROAD = "return_abroad"
    DESTROY = "destroy"


@dataclass(frozen=True)
class PricedExit:
    """A way out, with what it costs to take and what it leaves of the goods' worth, in fen."""

    way: Exit
    cost_fen: int
    recovered_fen: int
    worth_fen: int

    @property
    def loss_fen(self) -> int:
        """What the owner is poorer for: the worth and the cost, less what comes back."""
        return self.worth_fen + self.cost_fen - self.recovered_fen


class Urgency(StrEnum):
    """How soon something must be done."""

    FINE = "fine"
    WARNED = "warned"
    TOO_LATE = "too_late"
    EXPIRED = "expired"


def last_safe_sale(expires_on: date, terms: KeepingTerms) -> date:
    """The last day on which a unit may be sold: its buyer still has the promised days of use.

    ``expires_on`` is the last day of use.
    """
    needed = terms.clearance_days + terms.delivery_days + terms.minimum_use_days
    return expires_on - timedelta(days=needed)


def urgency(expires_on: date | None, terms: KeepingTerms, on: date) -> Urgency:
    """How a lot stands on a day; what does not expire is always fine."""
    if expires_on is None:
        return Urgency.FINE
    if on > expires_on:
        return Urgency.EXPIRED
    safe = last_safe_sale(expires_on, terms)
    if on > safe:
        return Urgency.TOO_LATE
    return Urgency.WARNED if on > safe - timedelta(days=terms.warn_days) else Urgency.FINE


def priced_exits(
    units: int, unit_worth_fen: int, unit_cm3: int, terms: KeepingTerms, *, may_offer: bool
) -> tuple[PricedExit, ...]:
    """The three ways out, the one with the smallest loss first.

    Goods past their last safe sale are offered to nobody.
    """
    worth = units * unit_worth_fen
    room = Fraction(units * unit_cm3, CM3_PER_M3)
    back, away = (
        _cost(terms.return_case_fen, terms.return_m3_fen, room),
        _cost(terms.destroy_case_fen, terms.destroy_m3_fen, room),
    )
    credited = _percent(worth, terms.return_percent)
    ways = [
        PricedExit(Exit.RETURN_ABROAD, back, credited, worth),
        PricedExit(Exit.DESTROY, away, 0, worth),
    ]
    if may_offer:
        ways.append(PricedExit(Exit.OFFER, 0, _percent(worth, terms.offer_percent), worth))
    return tuple(sorted(ways, key=lambda way: (way.loss_fen, way.way)))


def _cost(case_fen: int, m3_fen: int, room: Fraction) -> int:
    return case_fen + round_half_up(room * m3_fen)


def _percent(worth: int, percent: int) -> int:
    return round_half_up(Fraction(worth * percent, 100))


AGE_LIMITS = (30, 60, 90, 180)
"""Last days of the age groups; what is older is one more."""


def age_group(received_on: date, on: date) -> int:
    """The number of the age group, 0 for the freshest."""
    days = (on - received_on).days
    return sum(days > limit for limit in AGE_LIMITS)


def by_age(rows: Iterable[tuple[date, int]], on: date) -> list[int]:
    """Units by age group, from days of receipt and units."""
    units = [0] * (len(AGE_LIMITS) + 1)
    for received_on, count in rows:
        units[age_group(received_on, on)] += count
    return units


def days_of_cover(free_units: int, forecast: Mapping[date, int], on: date) -> int | None:
    """For how many days free units last at the forecast pace; None where nothing is forecast.

    ``forecast`` are units by month (its first day); a month's units go evenly over its days. What
    outlasts the forecast is None as well: nobody said what follows.
    """
    left = Fraction(free_units)
    day, days = on, 0
    if not any(forecast.values()):
        return None
    last = max(forecast)
    while day.replace(day=1) <= last:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        pace = Fraction(forecast.get(day.replace(day=1), 0), (following - day.replace(day=1)).days)
        span = (following - day).days
        if pace and left < pace * span:
            return days + int(left / pace)
        left -= pace * span
        days += span
        day = following
    return None
