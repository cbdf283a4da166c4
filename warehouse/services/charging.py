"""Accruing what keeping goods costs day by day, and posting it by month."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from core import clock, facts
from core.domain.calendar import add_months, month_range, month_start
from core.models import Pool
from imports import queries as imports_queries
from imports.domain.tariffs import Case
from imports.models import Product
from warehouse.domain import charges
from warehouse.domain.charges import Basis, ChargeKind, Estimate, LotSize, PeriodClosed, StockChange
from warehouse.domain.correcting import by_bill
from warehouse.domain.stock import MovementKind
from warehouse.models import ChargeLine, ChargePeriod, ChargeRate, Movement
from warehouse.queries import charging
from warehouse.services.correcting import late_lines

STORAGE_ROW = "BW_STORAGE"
BEGINNING = date(2000, 1, 1)
INCLUDED = "included in the pool's storage and consignment charges"


@dataclass(frozen=True)
class RateTerms:
    """A new rate as the operator enters it."""

    kind: ChargeKind
    basis: Basis
    price: Decimal
    valid_from: date
    source: str
    from_day: int = 1
    touch: str = ""
    is_posted: bool = True


def enter_rate(pool: Pool, terms: RateTerms) -> ChargeRate:
    """Enter a dated rate; it takes the place of the older one from its day on."""
    rate, _ = ChargeRate.objects.get_or_create(
        pool=pool,
        kind=terms.kind,
        touch=terms.touch,
        from_day=terms.from_day,
        valid_from=terms.valid_from,
        defaults={
            "basis": terms.basis,
            "price": terms.price,
            "source": terms.source,
            "is_posted": terms.is_posted,
            "entered_at": clock.now(),
        },
    )
    return rate


def rates_of(pool: Pool) -> list[ChargeRate]:
    """A pool's rates; where it has none, storage at the tariff's price and handling included."""
    found = list(ChargeRate.objects.filter(pool=pool).order_by("pk"))
    if found:
        return found
    row = imports_queries.tariff_book()[STORAGE_ROW]
    storage = RateTerms(
        ChargeKind.STORAGE, Basis.M3_DAY, row.price_at(Case.LIKELY), BEGINNING, f"tariff {row.key}"
    )
    handling = [
        RateTerms(ChargeKind.HANDLING, Basis.TOUCH, Decimal(0), BEGINNING, INCLUDED, touch=kind)
        for kind in (MovementKind.PICK, MovementKind.UNPICK, MovementKind.SHIP)
    ]
    return [enter_rate(pool, terms) for terms in (storage, *handling)]


@transaction.atomic
def accrue(pool: Pool, *, before: date) -> int:
    """Bring the lines of every month that is not posted up to a day; how many lines are new.

    The lines of an open month follow from its movements and rates alone, so that running again
    changes nothing. What was entered late into a posted month is put right in the first open one.

    Raises:
        NoRate: goods lay on a day for which no storage rate is in force.
    """
    Pool.objects.select_for_update().get(pk=pool.pk)
    made = 0
    work = _Work.of(pool, before)
    for month in work.months:
        made += _accrue_month(work, month, min(add_months(month, 1), before))
    return made


@dataclass
class _Work:
    """Everything that the open months are computed from, and what went before."""

    pool: Pool
    rates: dict[int, ChargeRate]
    changes: list[StockChange]
    sizes: dict[int, LotSize]
    months: list[date]
    late: list[charges.Line]
    exact: Counter[tuple[int, str]]
    billed: Counter[tuple[int, str]]

    @classmethod
    def of(cls, pool: Pool, before: date) -> "_Work":
        rates = {rate.pk: rate for rate in rates_of(pool)}
        changes = charging.stock_changes(pool, before=before)
        sizes = charging.lot_sizes({change.lot for change in changes})
        exact, billed = _earlier(pool)
        months = _open_months(pool, changes, before)
        late = late_lines(pool, rates, before=months[0]) if months else []
        sizes.update(charging.lot_sizes({line.lot for line in late} - sizes.keys()))
        return cls(pool, rates, changes, sizes, months, late, exact, billed)


def _open_months(pool: Pool, changes: Sequence[StockChange], before: date) -> list[date]:
    """The months from the first with stock, or the first that is not posted, up to a day.

    A pool's charges begin with its year; what lay there before is the year's before.
    """
    if not changes:
        return []
    posted = ChargePeriod.objects.filter(pool=pool, posted_at__isnull=False).order_by("month")
    last = posted.last()
    first = min(change.on for change in changes)
    start = add_months(last.month, 1) if last else month_start(first)
    start = max(start, date(pool.year, 1, 1))
    return list(month_range(start, before - timedelta(days=1)))


def _earlier(pool: Pool) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """What posted months came to by owner and kind: exactly, and as posted."""
    exact: Counter[tuple[int, str]] = Counter()
    billed: Counter[tuple[int, str]] = Counter()
    rows = ChargeLine.objects.filter(period__pool=pool, period__posted_at__isnull=False).order_by()
    for owner, kind, exactly, minor in rows.values_list("owner_id", "rate__kind").annotate(
        Sum("exact"), Sum("amount_minor")
    ):
        exact[owner, kind] = exactly
        billed[owner, kind] = minor
    return exact, billed


def _accrue_month(work: _Work, month: date, before: date) -> int:
    """The lines of one month; they replace other ones, equal ones stay as they are."""
    period, _ = ChargePeriod.objects.get_or_create(
        pool=work.pool, month=month, defaults={"accrued_before": before}
    )
    fresh = _lines(work, period, before)
    kept = {_told(row): row.pk for row in ChargeLine.objects.filter(period=period)}
    wanted = {_told(row): row for row in fresh}
    gone = [pk for told, pk in kept.items() if told not in wanted]
    ChargeLine.objects.filter(pk__in=gone).delete()
    made = [row for told, row in wanted.items() if told not in kept]
    ChargeLine.objects.bulk_create(made, batch_size=500)
    if period.accrued_before != before:
        ChargePeriod.objects.filter(pk=period.pk).update(accrued_before=before)
    return len(made)


def _told(row: ChargeLine) -> tuple[object, ...]:
    return (
        row.owner_id,
        row.lot_id,
        row.rate_id,
        row.first_on,
        row.days,
        row.unit_days,
        row.exact,
        row.amount_minor,
        row.corrects,
    )


def _lines(work: _Work, period: ChargePeriod, before: date) -> list[ChargeLine]:
    rates = [rate.as_rate for rate in work.rates.values()]
    kept = charges.keeping_lines(work.changes, work.sizes, rates, first=period.month, before=before)
    touches = charging.touches(work.pool, first=period.month, before=before)
    missing = {touch.lot for touch in touches} - work.sizes.keys()
    work.sizes.update(charging.lot_sizes(missing) if missing else {})
    handled, _ = charges.handling_lines(touches, work.sizes, rates)
    late = work.late if period.month == work.months[0] else []
    bills = by_bill([*kept, *(line for line in handled if line.exact), *late])
    return [row for bill, lines in bills.items() for row in _bill(work, period, bill, lines)]


def _bill(
    work: _Work, period: ChargePeriod, bill: tuple[int, str], lines: Sequence[charges.Line]
) -> Iterable[ChargeLine]:
    """An owner's lines of one kind with whole fen, and the sums for the next month's rounding."""
    exacts = {number: line.exact for number, line in enumerate(lines)}
    shares = charges.rounded(exacts, exact_before=work.exact[bill], posted_before=work.billed[bill])
    work.exact[bill] += sum(exacts.values())
    work.billed[bill] += sum(shares.values())
    for number, line in enumerate(lines):
        size = work.sizes[line.lot]
        yield ChargeLine(
            period=period,
            owner_id=line.owner,
            lot_id=line.lot,
            rate_id=line.rate.rate_id,
            first_on=line.first_on,
            days=line.days,
            unit_days=line.unit_days,
            unit_cm3=size.unit_cm3,
            unit_value_fen=size.unit_value_fen,
            exact=line.exact,
            amount_minor=shares[number],
            corrects=line.corrects,
        )


@transaction.atomic
def post_month(pool: Pool, month: date) -> list[ChargeLine]:
    """Close a month's charges once and for all; its lines. A posted month returns them again.

    What is entered later with a day in a posted month is put right in the month that is open
    then: nothing closed is rewritten. Settlement charges the lines whose rate is posted.

    Raises:
        PeriodClosed: an earlier month is open still, or the month has not ended.
    """
    month, end = month_start(month), add_months(month_start(month), 1)
    period = ChargePeriod.objects.filter(pool=pool, month=month).first()
    if period is None or period.posted_at is None:
        is_early = ChargePeriod.objects.filter(
            pool=pool, month__lt=month, posted_at__isnull=True
        ).exists()
        if is_early or clock.today() < end - timedelta(days=1):
            raise PeriodClosed(month=f"{month:%Y-%m}")
        accrue(pool, before=end)
        _close(pool, month)
    rows = ChargeLine.objects.filter(period__pool=pool, period__month=month)
    return list(rows.select_related("rate").order_by("pk"))


def _close(pool: Pool, month: date) -> None:
    period, _ = ChargePeriod.objects.get_or_create(
        pool=pool, month=month, defaults={"accrued_before": add_months(month, 1)}
    )
    ChargePeriod.objects.filter(pk=period.pk).update(posted_at=clock.now())
    lines = ChargeLine.objects.filter(period=period, rate__is_posted=True)
    data = {
        "pool": pool.pk,
        "month": month.isoformat(),
        "lines": lines.count(),
        "amount_minor": lines.aggregate(total=Sum("amount_minor"))["total"] or 0,
    }
    facts.append("warehouse.charges.posted", subject=f"pool:{pool.pk}", data=data)


def estimate_job(pool: Pool, product: Product, units: int, days: int) -> Estimate:
    """What units of a product will cost that come today, stay so many days and are sent out.

    Raises:
        NoRate: no storage rate is in force for the stay.
    """
    size = LotSize(
        clock.today(), int(max(product.volume_cm3, product.gross_weight_g)), _value_of(product)
    )
    rates = [rate.as_rate for rate in rates_of(pool)]
    return charges.estimate(
        size, units, days, rates, touches=(MovementKind.PICK, MovementKind.SHIP)
    )


def _value_of(product: Product) -> int:
    """What a unit was worth in fen the last time it came; 0 if it never did."""
    last = Movement.objects.filter(lot__product=product, kind=MovementKind.RECEIVE)
    row = last.order_by("-pk").values_list("lot_id", flat=True).first()
    return charging.lot_sizes([row])[row].unit_value_fen if row else 0
