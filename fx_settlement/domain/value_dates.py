"""Value dates: the spot day that banks in China, New York and the payment currency share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache

import holidays

from core.domain.errors import Refusal
from core.domain.workdays import unannounced

SPOT_LAG = 2
_HOMES = {
    "AUD": "AU",
    "CAD": "CA",
    "CHF": "CH",
    "DKK": "DK",
    "GBP": "GB",
    "HKD": "HK",
    "JPY": "JP",
    "KRW": "KR",
    "NOK": "NO",
    "NZD": "NZ",
    "SEK": "SE",
    "SGD": "SG",
    "THB": "TH",
}
_MARKETS = {"USD": "XFED", "EUR": "XECB"}
_PARTS = {"AU": "NSW", "CA": "ON", "CH": "ZH", "GB": "ENG"}
_EARLIEST, _LATEST = date(2005, 1, 1), date(2099, 1, 1)


class Cycle(StrEnum):
    """How often suppliers are paid or currency is bought."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class UnknownCalendar(Refusal):
    """Raised for a currency without a bank calendar here."""

    code = "unknown-bank-calendar"
    reason = "No bank calendar is known for the currency {value}."
    remedy = "Use one of these currencies: {known}."


class BadTradeDate(Refusal):
    """Raised for a trade day that is no day of the years that calendars cover."""

    code = "bad-trade-date"
    reason = "{value} is not a day between 2005 and 2098."
    remedy = "Write the day as YYYY-MM-DD."


@dataclass(frozen=True)
class Skipped:
    """A day that does not count, with the calendars that close on it and why."""

    on: date
    why: tuple[str, ...]


@dataclass(frozen=True)
class ValueDate:
    """The day on which a trade settles, and how it was counted."""

    currency: str
    trade: date
    on: date
    calendars: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    unannounced: tuple[int, ...] = field(default=())


def parse_day(text: str) -> date:
    """A day from ``YYYY-MM-DD``.

    Raises:
        BadTradeDate: when the text is no day of 2005 to 2098.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadTradeDate(value=text, place="trade") from None
    if len(text) != 10 or not _EARLIEST <= day < _LATEST:
        raise BadTradeDate(value=text, place="trade")
    return day


def calendars(currency: str) -> tuple[str, ...]:
    """The calendars that must all be open: China's, the currency's and New York's.

    Raises:
        UnknownCalendar: for a currency without one.
    """
    if currency == "CNY":
        return ("CN",)
    home = _MARKETS.get(currency) or _HOMES.get(currency)
    if home is None:
        known = ", ".join(sorted({"CNY", *_HOMES, *_MARKETS}))
        raise UnknownCalendar(value=currency, known=known, place="currency")
    return tuple(dict.fromkeys(("CN", home, "XFED")))


@cache
def _closed(calendar: str, year: int) -> holidays.HolidayBase:
    if calendar.startswith("X"):
        return holidays.financial_holidays(calendar, years=year, expand=False)
    entity = holidays.country_holidays(calendar, years=year, subdiv=_PARTS.get(calendar))
    if "bank" not in entity.supported_categories:
        return entity
    return holidays.country_holidays(
        calendar, years=year, subdiv=_PARTS.get(calendar), categories=("public", "bank")
    )


def closed_because(day: date, currency: str) -> tuple[str, ...]:
    """Why a day is no settlement day: weekends always, make-up working weekends of China too."""
    if day.weekday() >= 5:
        return ("weekend",)
    names = ((c, _closed(c, day.year).get(day)) for c in calendars(currency))
    return tuple(f"{calendar}: {name}" for calendar, name in names if name)


def is_good_day(day: date, currency: str) -> bool:
    """Whether all calendars of a currency are open."""
    return not closed_because(day, currency)


def _after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


def value_date(currency: str, trade: date, lag: int = SPOT_LAG) -> ValueDate:
    """The ``lag``-th joint good day after a trade; the trade day itself is never counted.

    Raises:
        UnknownCalendar: for a currency without a calendar.
    """
    used, skipped, left, day = calendars(currency), list[Skipped](), lag, trade
    for day in _after(trade):
        why = closed_because(day, currency)
        if why:
            skipped.append(Skipped(day, why))
        else:
            left -= 1
        if left <= 0:
            break
    return ValueDate(currency, trade, day, used, tuple(skipped), unannounced(trade, day))


def following(day: date, currency: str) -> date:
    """The day itself, or the next joint good day."""
    while not is_good_day(day, currency):
        day += timedelta(days=1)
    return day


def modified_following(day: date, currency: str) -> date:
    """As ``following``, but the last good day before when that leaves the month."""
    rolled = following(day, currency)
    while rolled.month != day.month or not is_good_day(rolled, currency):
        rolled -= timedelta(days=1)
    return rolled


def dealing_day(day: date, at: time, *, cut_off: time, currency: str) -> date:
    """The day as which a bank takes an order: the next joint good day once its cut-off is past.

    ``at`` and ``cut_off`` are the bank's local time; at the very minute it is too late.
    """
    asked = day if at < cut_off else day + timedelta(days=1)
    return following(asked, currency)


def cycle_end(day: date, cycle: Cycle) -> date:
    """The last calendar day of the cycle that a day falls into: its Friday, month or quarter end.

    A weekend belongs to the week that follows.
    """
    if cycle is Cycle.DAILY:
        return day
    if cycle is Cycle.WEEKLY:
        return day + timedelta(days=(4 - day.weekday()) % 7)
    months = 1 if cycle is Cycle.MONTHLY else 3 - (day.month - 1) % 3
    first = (day.year * 12 + day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(*first, 1) - timedelta(days=1)


def cycle_day(day: date, cycle: Cycle, currency: str) -> date:
    """The good day on which a cycle's payments are made.

    Weeks roll forward, months and quarters by modified following; after the last good day of a
    month the next one follows.
    """
    end = cycle_end(day, cycle)
    if cycle in (Cycle.DAILY, Cycle.WEEKLY):
        return following(end, currency)
    return max(modified_following(end, currency), following(day, currency))
