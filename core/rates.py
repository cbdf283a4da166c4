"""Dated reference rates of the European Central Bank, and exact conversion by them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from operator import itemgetter

from django.db import connection, transaction
from django.db.models import Max, Min

from core.domain.errors import Refusal
from core.domain.trade import minor_units, round_half_up
from core.models.reference import ExchangeRate

ECB = "ECB euro reference rates"
OLDEST = timedelta(days=7)
DIGITS = 34


class RateTooOld(Refusal):
    """Raised when no rate is on record within a week before the day."""

    code = "rate-too-old"
    reason = "There is no rate of {currency} on or within {days} days before {on}."
    remedy = "Load newer reference rates (manage.py load_reference), then try again."


@dataclass(frozen=True)
class Mid:
    """A reference mid: 1 base = ``rate`` quote, the day it was fixed, and who fixed it."""

    base: str
    quote: str
    rate: Decimal
    on: date
    source: str


def mid(base: str, quote: str, on: date) -> Mid:
    """The last reference rate fixed on or before a day, crossed through the euro if need be.

    The rate is rounded to 10 decimals, half-even, and used as such afterwards. Two queries at most.

    Raises:
        RateTooOld: nothing within seven days.
    """
    per_base, base_on = _euro_rate(base, on)
    per_quote, quote_on = _euro_rate(quote, on)
    return Mid(base, quote, _crossed(per_base, per_quote), min(base_on, quote_on), ECB)


def _crossed(per_base: Decimal, per_quote: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return (per_quote / per_base).quantize(Decimal("1e-10"))


def _euro_rate(currency: str, on: date) -> tuple[Decimal, date]:
    if currency == "EUR":
        return Decimal(1), on
    row = (
        ExchangeRate.objects.filter(base="EUR", quote=currency, on__lte=on, on__gte=on - OLDEST)
        .order_by("-on")
        .values_list("rate", "on")
        .first()
    )
    if row is None:
        raise RateTooOld(currency=currency, days=OLDEST.days, on=on.isoformat())
    return row


def mids(wanted: Iterable[tuple[str, date]], quote: str) -> dict[tuple[str, date], Mid]:
    """The mids of many currencies and days at once, as :func:`mid` gives each. One query.

    What has no rate within seven days is left out.
    """
    asked = set(wanted)
    if not asked:
        return {}
    days = [on for _, on in asked]
    rows = ExchangeRate.objects.filter(
        base="EUR",
        quote__in={quote, *(base for base, _ in asked)},
        on__gte=min(days) - OLDEST,
        on__lte=max(days),
    )
    fixed: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for currency, on, rate in rows.order_by("on").values_list("quote", "on", "rate"):
        fixed[currency].append((on, rate))
    found = {}
    for base, on in asked:
        per_base, per_quote = (_last_of(fixed[each], each, on) for each in (base, quote))
        if per_base and per_quote:
            rate = _crossed(per_base[0], per_quote[0])
            found[base, on] = Mid(base, quote, rate, min(per_base[1], per_quote[1]), ECB)
    return found


def _last_of(
    fixed: Sequence[tuple[date, Decimal]], currency: str, on: date
) -> tuple[Decimal, date] | None:
    """Of a currency's rates in order of days: the last one on or before a day, if new enough."""
    if currency == "EUR":
        return Decimal(1), on
    place = bisect_right(fixed, on, key=itemgetter(0))
    if not place or fixed[place - 1][0] < on - OLDEST:
        return None
    day, rate = fixed[place - 1]
    return rate, day


def convert_minor(amount_minor: int, mid: Mid) -> int:
    """An amount of the base currency in minor units of the quote, rounded once, half-up."""
    shift = minor_units(mid.quote) - minor_units(mid.base)
    return round_half_up(Fraction(amount_minor) * Fraction(mid.rate) * Fraction(10) ** shift)


def convert_on(amount_minor: int, base: str, quote: str, on: date) -> int:
    """An amount converted at the mid of a day.

    Raises:
        RateTooOld: there is no rate near the day.
    """
    return amount_minor if base == quote else convert_minor(amount_minor, mid(base, quote, on))


@transaction.atomic
def load(rows: Iterable[tuple[str, date, Decimal]]) -> int:
    """Store euro rates as (currency, day, units for 1 euro); days on record stay as they are.

    Returns the number of rates that were new.
    """
    before = ExchangeRate.objects.count()
    with connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO core_exchangerate (base, quote, "on", rate, source) '
            "VALUES ('EUR', %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [(currency, on.isoformat(), str(rate), ECB) for currency, on, rate in rows],
        )
    return ExchangeRate.objects.count() - before


def history(currencies: Iterable[str], first: date, last: date) -> dict[str, dict[date, Decimal]]:
    """Units for 1 euro by currency and day, both days included. One query."""
    rows = ExchangeRate.objects.filter(
        base="EUR", quote__in=list(currencies), on__gte=first, on__lte=last
    )
    found: dict[str, dict[date, Decimal]] = {}
    for currency, on, rate in rows.values_list("quote", "on", "rate"):
        found.setdefault(currency, {})[on] = rate
    return found


def span() -> tuple[date, date] | None:
    """The first and the last day that rates are on record for; None without any."""
    ends = ExchangeRate.objects.filter(base="EUR").aggregate(first=Min("on"), last=Max("on"))
    return (ends["first"], ends["last"]) if ends["first"] else None


def count() -> int:
    """The number of rates on record."""
    return ExchangeRate.objects.count()
