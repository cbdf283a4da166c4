"""A month's end: open payables revalued, what was bought told, and the month closed for good."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import make_aware

from core import clock, facts, ledger, rates
from core.domain.calendar import add_months, month_start
from core.domain.chart import AccountCode, TransferCode
from core.domain.errors import Refusal
from core.ledger import TransferSpec
from core.models import ClosedMonth, Pool, Transfer, User
from core.rates import Mid
from fx_settlement.domain.revaluation import Difference, Payable, differences
from fx_settlement.models import ExchangeDifference, Obligation
from fx_settlement.services import books

Key = tuple[int, int, str]
"""Importer, pool and currency."""


class MonthNotOver(Refusal):
    """Raised when a month would be closed before its last day has passed."""

    code = "month-not-over"
    reason = "{month} is not over; it may be closed from {on} on."
    remedy = "Close it once the month has ended."


class MonthOutOfTurn(Refusal):
    """Raised when a month would be closed while an earlier one is open, or before any books."""

    code = "month-out-of-turn"
    reason = "{month} is not next: {wanted} is."
    remedy = "Close months one after the other."


def next_month() -> date | None:
    """The first day of the month that is closed next; None while nothing was ever posted."""
    first_open = ledger.open_from()
    if first_open is not None:
        return first_open
    first = Transfer.objects.order_by("on").values_list("on", flat=True).first()
    return month_start(first) if first else None


def month_end(month: date) -> tuple[dict[Key, Difference], dict[str, Mid]]:
    """What closing a month would post, and the closing mids it takes. 2 queries a currency, and 1.

    Raises:
        RateTooOld: there is no mid at the month's end.
    """
    payables = list(_payables(month))
    last_day = add_months(month, 1) - timedelta(days=1)
    mids = {
        currency: rates.mid(currency, books.HOME, last_day)
        for currency in sorted({each.currency for each in payables})
    }
    closing = {currency: mid.rate for currency, mid in mids.items()}
    return differences(payables, home=books.HOME, closing=closing), mids


def _payables(month: date) -> Iterable[Payable[Key]]:
    """What is open at a month's end, and what was bought since the last close. One query."""
    since, until = _instant(month), _instant(add_months(month, 1))
    rows = Obligation.objects.filter(raised_on__lt=add_months(month, 1)).exclude(
        state=Obligation.State.CANCELLED
    )
    if ledger.open_from() is not None:
        rows = rows.filter(Q(conversion__isnull=True) | Q(conversion__converted_at__gte=since))
    found = rows.order_by("pk").values_list(
        "importer_id",
        "order__round__pool_id",
        "currency",
        "amount_minor",
        "benchmark_rate",
        "cny_minor",
        "margin_minor",
        "conversion__converted_at",
    )
    for importer, pool, currency, minor, rate, cny, margin, bought_at in found:
        is_bought = bought_at is not None and bought_at < until
        cost = cny - (margin or 0) if is_bought else None
        yield Payable((importer, pool, currency), currency, minor, rate, cost)


def _instant(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))


@transaction.atomic
def close_month(month: date, *, by: User | None = None) -> ClosedMonth:
    """Close a month: post what rates did, then let nothing be posted in it any more.

    What importers owe and nobody bought is revalued at the mid of the last day, and the
    difference is reversed on the first of the next month; of what was bought the difference to
    its benchmark is realised. The bank's margin is in neither. Called again it changes nothing.

    Raises:
        MonthOutOfTurn: an earlier month is open.
        MonthNotOver: the month has not ended.
        RateTooOld: there is no mid at its end.
    """
    month = month_start(month)
    earlier = ClosedMonth.objects.filter(month=month).first()
    if earlier is not None:
        return earlier
    _refuse_early(month)
    found, mids = month_end(month)
    _post(month, found)
    closed = ClosedMonth.objects.create(
        month=month, open_from=add_months(month, 1), closed_by=by, closed_at=clock.now()
    )
    ExchangeDifference.objects.bulk_create(
        _row(closed, key, each, mids[key[2]]) for key, each in sorted(found.items())
    )
    data = {
        "month": month.isoformat(),
        "importers": len({importer for importer, _, _ in found}),
        "unrealised_minor": sum(each.unrealised_minor for each in found.values()),
        "realised_minor": sum(each.realised_minor for each in found.values()),
    }
    facts.append("fx.month.closed", subject=f"month:{month:%Y-%m}", data=data)
    return closed


def _refuse_early(month: date) -> None:
    wanted = next_month()
    if wanted != month:
        told = f"{wanted:%Y-%m}" if wanted else "–"
        raise MonthOutOfTurn(month=f"{month:%Y-%m}", wanted=told)
    over = add_months(month, 1)
    if clock.today() < over:
        raise MonthNotOver(month=f"{month:%Y-%m}", on=over.isoformat())


def _row(closed: ClosedMonth, key: Key, each: Difference, mid: Mid) -> ExchangeDifference:
    importer, pool, currency = key
    return ExchangeDifference(
        month=closed,
        importer_id=importer,
        pool_id=pool,
        currency=currency,
        open_minor=each.open_minor,
        booked_minor=each.booked_minor,
        closing_minor=each.closing_minor,
        realised_minor=each.realised_minor,
        rate=mid.rate,
        rate_on=mid.on,
    )


def _post(month: date, found: Mapping[Key, Difference]) -> None:
    """Realised on the last day; unrealised on the last day and back on the first of the next."""
    realised, unrealised = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for (importer, pool, _), each in found.items():
        realised[pool, importer] += each.realised_minor
        unrealised[pool, importer] += each.unrealised_minor
    group, following = f"fx.month:{month:%Y-%m}", add_months(month, 1)
    last_day = following - timedelta(days=1)
    gone = _moves(f"{group}/realised", realised, AccountCode.FX_REALISED)
    open_ = _moves(f"{group}/unrealised", unrealised, AccountCode.FX_UNREALISED)
    ledger.transfer_many([*gone, *open_], group=group, on=last_day)
    back = [
        TransferSpec(f"{each.key}/back", each.credit, each.debit, each.amount_minor, each.code)
        for each in open_
    ]
    ledger.transfer_many(back, group=group, on=following)


def _moves(key: str, minor: Mapping[tuple[int, int], int], code: AccountCode) -> list[TransferSpec]:
    """A loss is debited to an importer's account of differences, a gain credited."""
    is_realised = code is AccountCode.FX_REALISED
    why = TransferCode.REALISED_DIFFERENCE if is_realised else TransferCode.REVALUATION
    specs: list[TransferSpec] = []
    for pool_id in sorted({pool for pool, _ in minor}):
        owners = [importer for pool, importer in minor if pool == pool_id]
        subject = books.of_pool(Pool(pk=pool_id))
        kept = ledger.accounts_of(code, books.HOME, owners, subject)
        value = ledger.accounts_of(AccountCode.FX_VALUATION, books.HOME, owners, subject)
        for owner in sorted(owners):
            specs += books.move(
                f"{key}/{pool_id}/{owner}",
                debit=kept[owner],
                credit=value[owner],
                amount_minor=minor[pool_id, owner],
                code=why,
            )
    return specs
