"""Working days of China, as the State Council announces them year by year.

Weekends that are worked to make up for a holiday are working days. A year is announced in the
autumn before it; of a year that is not, nothing is guessed: every Monday to Friday counts, so that
a period ends too early rather than too late.
"""

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def announced(year: int) -> bool:
    """Whether the State Council has published a year's make-up working weekends."""
    return any(day.year == year for day in _calendar(year).weekend_workdays)


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def is_working_day(day: date) -> bool:
    """Whether offices are open on a day."""
    if not announced(day.year):
        return day.weekday() < 5
    return _calendar(day.year).is_working_day(day)


def working_day_after(day: date, count: int) -> date:
    """The ``count``-th working day after a day, which is not counted itself."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def unannounced(first: date, last: date) -> tuple[int, ...]:
    """The years of a stretch of days whose holidays nobody has announced yet."""
    return tuple(year for year in range(first.year, last.year + 1) if not announced(year))
