"""When a standing query is asked: fields of a calendar, each a list of numbers and ranges.

Source: GS1 EPCIS 2.0.1, section 8.2.5.3 (QuerySchedule).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from traceability.domain.repository.faults import EpcisFault

FIELDS = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
_PART = re.compile(r"(\d{1,2})|\[(\d{1,2})-(\d{1,2})\]|(\d{1,2})/(\d{1,2})|\*", re.ASCII)
MOST_DAYS = 366 * 8
"""A schedule that no day of so many meets (30 February) is never met."""


class SubscriptionWrong(EpcisFault):
    """Raised for a subscription that could never be told of anything."""

    code = "epcis-subscription"
    exception = "SubscriptionControlsException"
    statuses = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    reason = "The subscription cannot be kept: {fault}."
    remedy = "Give “dest”, and either “stream”: true or a “schedule” of numbers, lists and ranges."


@dataclass(frozen=True)
class Schedule:
    """The numbers that each field of the calendar must be among; times are UTC."""

    second: frozenset[int]
    minute: frozenset[int]
    hour: frozenset[int]
    day_of_month: frozenset[int]
    month: frozenset[int]
    day_of_week: frozenset[int]

    def after(self, at: datetime) -> datetime | None:
        """The first whole second after an instant that meets the schedule; None for never."""
        first = at.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day = first.date()
        for _ in range(MOST_DAYS):
            if self._meets_day(day.day, day.month, day.isoweekday()):
                since = first if day == first.date() else None
                found = self._within(since)
                if found:
                    return datetime(day.year, day.month, day.day, *found, tzinfo=UTC)
            day += timedelta(days=1)
        return None

    def _meets_day(self, day: int, month: int, weekday: int) -> bool:
        return day in self.day_of_month and month in self.month and weekday in self.day_of_week

    def _within(self, since: datetime | None) -> tuple[int, int, int] | None:
        """The first time of a day, or the first at or after an instant of that day."""
        least = (since.hour, since.minute, since.second) if since else (0, 0, 0)
        for hour in sorted(h for h in self.hour if h >= least[0]):
            for minute in sorted(self.minute):
                if (hour, minute) < least[:2]:
                    continue
                for second in sorted(self.second):
                    if (hour, minute, second) >= least:
                        return hour, minute, second
        return None


def schedule_of(said: Any) -> Schedule:
    """The schedule that a JSON object gives; a finer time of day left out is its least number.

    Raises:
        SubscriptionWrong: a field is unknown or holds what is no number, list or range.
    """
    if not isinstance(said, dict) or not said or set(said) - set(FIELDS):
        raise SubscriptionWrong(fault="the schedule has no field, or one that is not known")
    given = [name for name in FIELDS if name in said]
    finest = list(FIELDS).index(given[0])
    numbers = []
    for place, (name, (least, most)) in enumerate(FIELDS.items()):
        if name in said:
            numbers.append(_numbers(name, said[name]))
        else:
            whole = frozenset(range(least, most + 1))
            numbers.append(frozenset({least}) if place < min(finest, 3) else whole)
    return Schedule(*numbers)


def _numbers(name: str, text: Any) -> frozenset[int]:
    least, most = FIELDS[name]
    found: set[int] = set()
    for part in str(text).split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise SubscriptionWrong(fault=f"{name} is no list of numbers and ranges")
        one, low, high, start, step = match.groups()
        if one is not None:
            found.add(int(one))
        elif low is not None:
            found.update(range(int(low), int(high) + 1))
        elif start is not None:
            found.update(range(int(start), most + 1, max(1, int(step))))
        else:
            found.update(range(least, most + 1))
    if not found or min(found) < least or max(found) > most:
        raise SubscriptionWrong(fault=f"{name} lies between {least} and {most}")
    return frozenset(found)
