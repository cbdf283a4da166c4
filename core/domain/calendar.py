"""Months and days as trade counts them."""

from collections.abc import Iterator
from datetime import date


def month_start(day: date) -> date:
    """The first day of the month that holds ``day``."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The first day of the month ``months`` after (or before) the month of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_range(first: date, last: date) -> Iterator[date]:
    """First days of the months from ``first`` to ``last``, both included."""
    month = month_start(first)
    while month <= last:
        yield month
        month = add_months(month, 1)
