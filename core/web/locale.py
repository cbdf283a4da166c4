"""Numbers, money and dates as the reader writes them."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import timezone, translation

from core.domain import trade

LOCALES = {"en": "en", "zh-hans": "zh_Hans_CN"}
"""The CLDR locale behind each language of the product."""

DAY = {"en": "d MMM y", "zh-hans": "y年M月d日"}
BEFORE_TIME = {"en": ", ", "zh-hans": " "}
MINUS = "\N{MINUS SIGN}"


def language() -> str:
    """The active language if the product speaks it, else English."""
    active = translation.get_language() or "en"
    return active if active in LOCALES else "en"


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(LOCALES[code])


def _with_minus(text: str) -> str:
    return text.replace("-", MINUS)


def number(value: int | Decimal) -> str:
    """A number with the reader's grouping; decimals are kept as they come."""
    places = max(0, -int(Decimal(value).as_tuple().exponent))
    return _number(value, places, language())


@lru_cache(maxsize=4096)
def _number(value: int | Decimal, places: int, code: str) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return _with_minus(str(format_decimal(value, format=pattern, locale=_locale(code))))


def money(minor: int, currency: str) -> str:
    """Minor units with their currency sign: ``CN¥1,234.50``, in Chinese ``¥1,234.50``."""
    amount = trade.from_minor(minor, currency)
    return _with_minus(str(format_currency(amount, currency, locale=_locale(language()))))


def percent(share: Decimal, places: int = 1) -> str:
    """A share of one as a percentage: 0.174 is ``17.4%``."""
    pattern = "#,##0" + ("." + "0" * places if places else "") + "%"
    return _with_minus(str(format_percent(share, format=pattern, locale=_locale(language()))))


def day(value: date) -> str:
    """A calendar day: ``14 Mar 2028``, in Chinese ``2028年3月14日``."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day(value, language())


@lru_cache(maxsize=4096)
def _day(value: date, code: str) -> str:
    return format_date(value, format=DAY[code], locale=_locale(code))


def instant(value: datetime) -> str:
    """A point in time on the clock of the pool, with its zone named."""
    local = timezone.localtime(value)
    written = local.isoformat(timespec="minutes")
    return f"{day(local.date())}{BEFORE_TIME[language()]}{written[11:16]} UTC{written[16:]}"


def month(value: date) -> str:
    """A month with its year: ``Mar 2028``, in Chinese ``2028年3月``."""
    return format_skeleton("yMMM", value, locale=_locale(language()))


def month_name(number_of_month: int) -> str:
    """The short name of month 1 to 12: ``Mar``, in Chinese ``3月``."""
    return format_skeleton("MMM", date(2000, number_of_month, 1), locale=_locale(language()))
