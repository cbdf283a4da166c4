"""What suppliers say of an order on its way: units, containers, days; and how long stock lasts."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from core.domain.errors import Refusal


class ContainerWrong(Refusal):
    """Raised for a container number that cannot be one."""

    code = "container-wrong"
    reason = "“{number}” is not a container number: {letters} should end in {expected}."
    remedy = "Read the number on the door again: four letters, six digits, the check digit."


class ContainerShape(Refusal):
    """Raised for a text that does not have the shape of a container number."""

    code = "container-shape"
    reason = "“{number}” does not have the shape of a container number."
    remedy = "Give four letters, the last of them U, J or Z, and seven digits: CSQU3054383."


class MoreThanLeft(Refusal):
    """Raised when more units would travel than are left of a line."""

    code = "more-than-left"
    reason = "{units} units of {sku} would travel; {left} are left of what was agreed."
    remedy = "State {left} or fewer, or agree more units with the buyer first."


class NothingTravels(Refusal):
    """Raised when a notice or a consignment would hold no units."""

    code = "nothing-travels"
    reason = "No units are stated, or none are left."
    remedy = "State the units of at least one product."


_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
_VALUES = {letter: 10 + n + (n + 9) // 10 for n, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
"""Values of letters: 10 to 38 without the multiples of 11. Source: ISO 6346, annex A."""


def container_number(value: str) -> str:
    """A container number in capitals without blanks, its check digit right.

    Raises:
        ContainerShape, ContainerWrong: it cannot stand on a container. Source: ISO 6346.
    """
    number = re.sub(r"[\s-]", "", value.upper())
    if not _CONTAINER.fullmatch(number):
        raise ContainerShape(number=value)
    weighted = sum(
        (_VALUES[sign] if sign.isalpha() else int(sign)) * 2**place
        for place, sign in enumerate(number[:10])
    )
    expected = weighted % 11 % 10
    if int(number[10]) != expected:
        raise ContainerWrong(number=number, letters=number[:10], expected=expected)
    return number


def refuse_more_than_left(
    wanted: Mapping[int, int], left: Mapping[int, int], skus: Mapping[int, str]
) -> None:
    """Decline units beyond what is left of a line, and a load without any.

    Raises:
        NothingTravels, MoreThanLeft: the first line that is too much.
    """
    if not any(wanted.values()):
        raise NothingTravels
    for line, units in sorted(wanted.items()):
        if units > left.get(line, 0):
            raise MoreThanLeft(units=units, sku=skus.get(line, "?"), left=left.get(line, 0))


@dataclass(frozen=True)
class Arrival:
    """Units that are to arrive, and the day: first as planned, then as expected now."""

    units: int
    planned_on: date
    expected_on: date

    @property
    def days_late(self) -> int:
        """By how many days it is late; below zero when early."""
        return (self.expected_on - self.planned_on).days


@dataclass(frozen=True)
class Cover:
    """How long units last against a plan. ``runs_out_on`` is None within the horizon."""

    days: int
    runs_out_on: date | None
    days_without: int
    days_without_as_planned: int

    @property
    def days_lost(self) -> int:
        """Days without stock that the delays cause."""
        return self.days_without - self.days_without_as_planned


HORIZON = 365
"""Days that are looked ahead."""

Plan = Mapping[tuple[int, int], int]
"""Units planned by year and month."""


def cover(
    on_hand: int, plan: Plan, arrivals: Sequence[Arrival], *, today: date, days: int = HORIZON
) -> Cover:
    """How many days the stock and what is expected last, and on how many days it is missing.

    A month's plan is sold evenly over its days; what is not in stock on its day is not sold later.
    """
    expected = _walk(on_hand, plan, [(a.expected_on, a.units) for a in arrivals], today, days)
    planned = _walk(on_hand, plan, [(a.planned_on, a.units) for a in arrivals], today, days)
    first = next((day for day in range(days) if day in expected), None)
    return Cover(
        days=days if first is None else first,
        runs_out_on=None if first is None else today + timedelta(days=first),
        days_without=len(expected),
        days_without_as_planned=len(planned),
    )


def _walk(
    on_hand: int, plan: Plan, arrivals: Sequence[tuple[date, int]], today: date, days: int
) -> set[int]:
    """The days, counted from today, on which the plan of the day is not in stock in full."""
    stock = Fraction(on_hand + sum(units for on, units in arrivals if on < today))
    coming: dict[date, int] = {}
    for on, units in arrivals:
        coming[on] = coming.get(on, 0) + units
    missing = set()
    for place in range(days):
        day = today + timedelta(days=place)
        stock += coming.get(day, 0)
        wanted = _of_the_day(plan, day)
        if wanted > stock:
            missing.add(place)
        stock = max(Fraction(0), stock - wanted)
    return missing


def _of_the_day(plan: Plan, day: date) -> Fraction:
    units = plan.get((day.year, day.month), 0)
    return Fraction(units, monthrange(day.year, day.month)[1])
