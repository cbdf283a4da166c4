"""What charges are made of: who had what of which lot since when, and how it was handled."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.functional import Promise

from core import rates
from core.models import Party, Pool
from warehouse.domain.charges import LotSize, StockChange, Touch
from warehouse.domain.stock import INSIDE, MovementKind
from warehouse.models import ChargeLine, ChargePeriod, ChargeRate, Holding, Lot, Movement

HOME = "CNY"
TOUCHES = frozenset(MovementKind) - {
    MovementKind.RECEIVE,
    MovementKind.ALLOCATE,
    MovementKind.TRANSFER,
    MovementKind.MISS,
    MovementKind.FIND,
}
"""Movements for which somebody lifts an owner's goods; arrivals are charged by consignment."""


def stock_changes(
    pool: Pool, *, before: date, lots: Collection[int] | None = None
) -> list[StockChange]:
    """What came to each owner and left it before a day, by lot and day. Two queries.

    The operator's own stock, the pool's buffer, is not charged. ``lots`` leaves out all others.
    """
    found = []
    rows = _movements(pool, lots).filter(moved_on__lt=before)
    rows = rows.exclude(from_owner=F("to_owner"), from_place__in=INSIDE, to_place__in=INSIDE)
    for side, sign in (("from", -1), ("to", 1)):
        sums = (
            rows.filter(**{f"{side}_place__in": INSIDE})
            .exclude(**{f"{side}_owner": pool.operator_id})
            .order_by()
            .values_list(f"{side}_owner_id", "lot_id", "moved_on")
            .annotate(Sum("units"))
        )
        found += [StockChange(owner, lot, sign * units, on) for owner, lot, on, units in sums]
    return found


def _movements(pool: Pool, lots: Collection[int] | None) -> QuerySet[Movement]:
    rows = Movement.objects.filter(lot__receipt_line__receipt__consignment__pool=pool)
    return rows if lots is None else rows.filter(lot_id__in=lots)


def touches(
    pool: Pool, *, first: date, before: date, lots: Collection[int] | None = None
) -> list[Touch]:
    """How owners' goods were handled, by lot, kind and day. One query."""
    rows = (
        _movements(pool, lots)
        .filter(moved_on__gte=first, moved_on__lt=before, kind__in=TOUCHES)
        .exclude(from_owner=pool.operator_id)
        .order_by("moved_on", "from_owner_id", "lot_id", "kind")
        .values_list("from_owner_id", "lot_id", "kind", "moved_on")
        .annotate(Count("pk"), Sum("units"))
    )
    return [
        Touch(owner, lot, kind, times, units, on) for owner, lot, kind, on, times, units in rows
    ]


def lot_sizes(lot_ids: Iterable[int]) -> dict[int, LotSize]:
    """Since when lots lie, their size, and their worth at the order's price. Two queries.

    The rate is that of the day goods came; where none is on record they are worth 0.
    """
    rows = list(
        Lot.objects.filter(pk__in=set(lot_ids)).values_list(
            "pk",
            "received_on",
            "product__volume_cm3",
            "product__gross_weight_g",
            "receipt_line__order_line__unit_price_minor",
            "receipt_line__order_line__order__currency",
        )
    )
    known = rates.mids({(row[5], row[1]) for row in rows}, HOME)
    return {
        pk: LotSize(
            received_on,
            int(max(volume, weight)),
            _worth(price, currency, known.get((currency, received_on))),
        )
        for pk, received_on, volume, weight, price, currency in rows
    }


def _worth(price_minor: int, currency: str, mid: rates.Mid | None) -> int:
    if currency == HOME:
        return price_minor
    return rates.convert_minor(price_minor, mid) if mid else 0


@dataclass(frozen=True)
class BillLine:
    """One line of a bill: what, how long, how much room, at which rate from where, how much."""

    month: date
    owner: str
    kind: str
    touch: str
    product: str
    product_zh: str
    lot_id: int
    lot_no: str
    first_on: date
    days: int
    unit_days: int
    unit_cm3: int
    basis: str
    price: Decimal
    from_day: int
    source: str
    is_posted: bool
    amount_minor: int
    corrects: date | None
    word: "Promise | str" = ""

    @property
    def m3_days(self) -> Decimal:
        """Cubic metres times days, or cubic metres for handling."""
        return Decimal(self.unit_days * self.unit_cm3) / 1_000_000


_LINE = (
    "period__month",
    "owner__name",
    "rate__kind",
    "rate__touch",
    "lot__product__name",
    "lot__product__name_zh",
    "lot_id",
    "lot__number",
    "first_on",
    "days",
    "unit_days",
    "unit_cm3",
    "rate__basis",
    "rate__price",
    "rate__from_day",
    "rate__source",
    "rate__is_posted",
    "amount_minor",
    "corrects",
)


def bill_lines(lines: QuerySet[ChargeLine], *, limit: int | None = None) -> list[BillLine]:
    """Lines of bills, the newest month first, then by kind and product. One query."""
    rows = lines.order_by(
        "-period__month", "rate__kind", "lot__product__name", "lot_id", "rate__from_day", "pk"
    )
    return [BillLine(*row) for row in rows.values_list(*_LINE)[:limit]]


def pools_of(importer: Party) -> list[Pool]:
    """The pools in which an importer has or had goods, the newest first. One query."""
    name = "lot__receipt_line__receipt__consignment__pool_id"
    held = Holding.objects.filter(owner_id=importer.pk).order_by().values(name)
    return list(Pool.objects.filter(pk__in=held).order_by("-year", "code"))


def own_lines(importer: Party, month: date) -> QuerySet[ChargeLine]:
    """The lines of an importer's bill of a month."""
    found: QuerySet[ChargeLine] = ChargeLine.objects.filter(
        owner_id=importer.pk, period__month=month
    )
    return found


def lines_of_pools(operator: Party, month: date) -> QuerySet[ChargeLine]:
    """The lines of a month in the pools that an operator leads."""
    found: QuerySet[ChargeLine] = ChargeLine.objects.filter(
        period__pool__operator_id=operator.pk, period__month=month
    )
    return found


def months_of(lines: QuerySet[ChargeLine]) -> list[date]:
    """The months of some lines, the newest first. One query."""
    return list(lines.order_by("-period__month").values_list("period__month", flat=True).distinct())


def periods(operator: Party) -> list[ChargePeriod]:
    """The months of an operator's pools, the newest first. One query."""
    rows = ChargePeriod.objects.filter(pool__operator_id=operator.pk)
    return list(rows.select_related("pool").order_by("-month", "pool_id"))


@dataclass(frozen=True)
class UnbilledRow:
    """Handling that no rate covers."""

    kind: str
    touches: int
    units: int
    first_on: date
    last_on: date


def unbilled(pool: Pool, *, first: date, before: date) -> list[UnbilledRow]:
    """Handled goods of a stretch of days for which no rate is in force, by kind. Two queries."""
    held = [
        row.as_rate for row in ChargeRate.objects.filter(pool=pool, kind="handling").order_by("pk")
    ]
    missing: dict[str, list[Touch]] = {}
    for touch in touches(pool, first=first, before=before):
        if not any(rate.touch == touch.kind and rate.holds(touch.on) for rate in held):
            missing.setdefault(touch.kind, []).append(touch)
    return [_unbilled(kind, rows) for kind, rows in sorted(missing.items())]


def _unbilled(kind: str, rows: list[Touch]) -> UnbilledRow:
    days = [row.on for row in rows]
    times, units = sum(row.times for row in rows), sum(row.units for row in rows)
    return UnbilledRow(kind, times, units, min(days), max(days))


def totals(lines: Iterable[BillLine]) -> dict[str, int]:
    """Fen by kind."""
    found: dict[str, Any] = {}
    for line in lines:
        found[line.kind] = found.get(line.kind, 0) + line.amount_minor
    return found


def own_months(importer: Party) -> list[date]:
    """The months of which an importer has a bill, the newest first. One query."""
    return months_of(ChargeLine.objects.filter(owner_id=importer.pk))


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)
