"""What was entered late into posted months: corrected in the open month, month by month."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Min, Q

from core.domain.calendar import add_months, month_range, month_start
from core.models import Pool
from warehouse.domain import charges
from warehouse.domain.charges import Line, LotSize, NoRate, Rate, StockChange, Touch
from warehouse.domain.correcting import corrections
from warehouse.models import ChargeLine, ChargePeriod, ChargeRate, Movement
from warehouse.queries import charging

SLACK = timedelta(days=1)
"""A movement may be begun before a month is posted and be written down after it."""


@dataclass(frozen=True)
class _Posted:
    """The posted months of a pool, and the lots that were moved in them afterwards."""

    pool: Pool
    rates: Mapping[int, ChargeRate]
    until: Mapping[date, datetime]
    lots: Collection[int]


def late_lines(pool: Pool, rates: Mapping[int, ChargeRate], *, before: date) -> list[Line]:
    """Lines that put right every posted month before the open one, for what was entered late.

    Each month is reckoned anew for the lots concerned, at the rates and sizes that held when it
    was posted, and compared with what was billed of it since. Two queries where nothing is late.
    """
    posted = _posted(pool, rates, before)
    if not posted.lots:
        return []
    changes = charging.stock_changes(pool, before=before, lots=posted.lots)
    sizes = charging.lot_sizes(posted.lots)
    return [line for month in posted.until for line in _month_again(posted, month, changes, sizes)]


def _posted(pool: Pool, rates: Mapping[int, ChargeRate], before: date) -> _Posted:
    rows = ChargePeriod.objects.filter(pool=pool, posted_at__isnull=False, month__lt=before)
    posted = rows.order_by("month").values_list("month", "posted_at")
    closed = {month: at for month, at in posted if at}
    moved = _late(pool, closed) if closed else {}
    if not moved:
        return _Posted(pool, rates, {}, ())
    first = min(min(closed), month_start(min(moved.values())))
    return _Posted(pool, rates, _until(closed, max(first, date(pool.year, 1, 1))), moved.keys())


def _late(pool: Pool, closed: Mapping[date, datetime]) -> dict[int, date]:
    """Lots moved in a posted month after it was posted, with the first such day. One query."""
    is_late = Q(moved_on__lt=min(closed), made_at__gt=closed[min(closed)] - SLACK)
    for month, at in closed.items():
        is_late |= Q(moved_on__gte=month, moved_on__lt=add_months(month, 1), made_at__gt=at - SLACK)
    rows = Movement.objects.filter(is_late, lot__receipt_line__receipt__consignment__pool=pool)
    return dict(rows.order_by().values_list("lot_id").annotate(Min("moved_on")))


def _until(closed: Mapping[date, datetime], first: date) -> dict[date, datetime]:
    """When each month was posted; one that had no goods was as the next one after it was."""
    return {
        month: next(at for each, at in closed.items() if each >= month)
        for month in month_range(first, max(closed))
    }


def _month_again(
    posted: _Posted, month: date, changes: Sequence[StockChange], sizes: Mapping[int, LotSize]
) -> list[Line]:
    rows = list(
        ChargeLine.objects.filter(
            period__pool=posted.pool, period__posted_at__isnull=False, lot_id__in=posted.lots
        ).filter(_of(month))
    )
    as_then = {
        row.lot_id: replace(
            sizes[row.lot_id], unit_cm3=row.unit_cm3, unit_value_fen=row.unit_value_fen
        )
        for row in sorted(rows, key=_is_own)
    }
    return corrections(
        month,
        anew=_anew(posted, month, changes, {**sizes, **as_then}),
        posted=[_as_line(row, posted.rates) for row in rows],
    )


def _is_own(row: ChargeLine) -> bool:
    """Whether a line stands in the month it is of; its size is the one that counts."""
    return row.corrects is None


def _of(month: date) -> Q:
    return Q(period__month=month, corrects__isnull=True) | Q(corrects=month)


def _anew(
    posted: _Posted, month: date, changes: Sequence[StockChange], sizes: Mapping[int, LotSize]
) -> list[Line]:
    """A month's lines of the lots as the movements are today, at the rates that were known."""
    every = [rate.as_rate for rate in posted.rates.values()]
    known = [
        rate.as_rate
        for rate in posted.rates.values()
        if rate.entered_at is None or rate.entered_at <= posted.until[month]
    ]
    before = add_months(month, 1)
    touched = charging.touches(posted.pool, first=month, before=before, lots=posted.lots)
    try:
        return _lines(changes, touched, sizes, known, first=month, before=before)
    except NoRate:
        return _lines(changes, touched, sizes, every, first=month, before=before)


def _lines(
    changes: Sequence[StockChange],
    touched: Sequence[Touch],
    sizes: Mapping[int, LotSize],
    rates: Sequence[Rate],
    *,
    first: date,
    before: date,
) -> list[Line]:
    kept = charges.keeping_lines(changes, sizes, rates, first=first, before=before)
    handled, _ = charges.handling_lines(touched, sizes, rates)
    return [*kept, *handled]


def _as_line(row: ChargeLine, rates: Mapping[int, ChargeRate]) -> Line:
    return Line(
        row.owner_id,
        row.lot_id,
        rates[row.rate_id].as_rate,
        row.first_on,
        row.days,
        row.unit_days,
        row.exact,
    )
