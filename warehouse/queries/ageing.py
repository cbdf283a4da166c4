"""Stock by lot in sums, and its rows a page at a time: what owners and the operator look at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.domain.calendar import add_months, month_start
from core.models import Party
from imports.models import ForecastLine
from warehouse.domain import ageing
from warehouse.domain.ageing import KeepingTerms, Urgency
from warehouse.domain.charges import LotSize
from warehouse.domain.stock import INSIDE, Place
from warehouse.models import Holding, Lot
from warehouse.queries.charging import lot_sizes
from warehouse.queries.keeping import POOL, Daily, KeptRow, daily_prices, kept, terms_of

MONTHS_AHEAD = 12
ROWS_A_PAGE = 50


@dataclass(frozen=True)
class LotInStock:
    """A lot of which some owners in view have units inside: how many, how urgent, what worth."""

    lot_id: int
    pool_id: int
    product_id: int
    product: str
    product_zh: str
    received_on: date
    expires_on: date | None
    owners: int
    units: int
    free_units: int
    last_safe_on: date | None
    urgency: Urgency
    cost_per_day_fen: int
    worth_fen: int

    @property
    def is_urgent(self) -> bool:
        """Whether it is time to think of ways out."""
        return self.urgency is not Urgency.FINE


def lots_in_stock(holdings: QuerySet[Holding], on: date) -> list[LotInStock]:
    """The lots of some holdings inside, what must go first before the rest. Six queries.

    The database adds up the owners, so that a lot costs the same whoever has a part of it.
    """
    sums = _sums(holdings)
    rows = [_Lot(*row) for row in Lot.objects.filter(pk__in=sums).values_list(*_LOT)]
    pools = {row.pool_id for row in rows}
    terms, prices = terms_of(pools, on), daily_prices(pools, on)
    sizes = lot_sizes(sums)
    found = [
        _lot(row, sums[row.lot_id], terms[row.pool_id], sizes[row.lot_id], prices[row.pool_id], on)
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.expires_on or date.max, row.product, row.lot_id))


_LOT = (
    "pk",
    "receipt_line__receipt__consignment__pool_id",
    "product_id",
    "product__name",
    "product__name_zh",
    "received_on",
    "expires_on",
)


def _sums(holdings: QuerySet[Holding]) -> dict[int, tuple[int, int, int]]:
    """By lot: how many owners have units inside, how many units, and how many of them are free."""
    is_bonded = Q(place=Place.BONDED)
    rows = (
        holdings.filter(place__in=sorted(INSIDE), units__gt=0)
        .order_by()
        .values_list("lot_id")
        .annotate(
            owners=Count("owner_id", distinct=True),
            inside=Sum("units"),
            free=Coalesce(Sum(F("units") - F("reserved_units"), filter=is_bonded), 0),
        )
    )
    return {lot_id: (owners, int(units), int(free)) for lot_id, owners, units, free in rows}


class _Lot(NamedTuple):
    """A lot as the database tells it."""

    lot_id: int
    pool_id: int
    product_id: int
    product: str
    product_zh: str
    received_on: date
    expires_on: date | None


def _lot(
    row: _Lot,
    sums: tuple[int, int, int],
    terms: KeepingTerms,
    size: LotSize,
    daily: Daily,
    on: date,
) -> LotInStock:
    owners, units, free = sums
    safe = ageing.last_safe_sale(row.expires_on, terms) if row.expires_on else None
    return LotInStock(
        **row._asdict(),
        owners=owners,
        units=units,
        free_units=free,
        last_safe_on=safe,
        urgency=ageing.urgency(row.expires_on, terms, on),
        cost_per_day_fen=daily.of(size, units, (on - row.received_on).days + 1),
        worth_fen=units * size.unit_value_fen,
    )


def pages_of(lots: Sequence[LotInStock]) -> list[list[int]]:
    """Lots by page, as many as have fifty rows of owners together; a lot is never cut."""
    found: list[list[int]] = [[]]
    rows = 0
    for lot in lots:
        if found[-1] and rows + lot.owners > ROWS_A_PAGE:
            found.append([])
            rows = 0
        found[-1].append(lot.lot_id)
        rows += lot.owners
    return found


@dataclass(frozen=True)
class Ageing:
    """Some stock: all its lots in sums, and the rows of one page of them."""

    lots: Sequence[LotInStock]
    urgent: Sequence[KeptRow]
    rows: Sequence[KeptRow]
    page: int
    pages: int

    @property
    def urgent_lots(self) -> list[LotInStock]:
        """The lots of which something must be decided."""
        return [lot for lot in self.lots if lot.is_urgent]


def _turned(pages: Sequence[Sequence[int]], page: int) -> tuple[Sequence[int], int]:
    number = min(max(page, 1), len(pages))
    return pages[number - 1], number


def pool_ageing(operator: Party, on: date, *, page: int = 1) -> Ageing:
    """What all owners have in an operator's pools, and a page of what must go. Eleven queries."""
    held = _of_pools(operator)
    lots = lots_in_stock(held, on)
    pages = pages_of([lot for lot in lots if lot.is_urgent])
    shown, number = _turned(pages, page)
    rows = kept(held.filter(lot_id__in=shown), on) if shown else []
    return Ageing(lots, rows, rows, number, len(pages))


def own_ageing(importer: Party, on: date, *, page: int = 1) -> Ageing:
    """What an importer owns, by page, with days of cover and what must go. Twelve queries."""
    held = Holding.objects.filter(owner_id=importer.pk)
    lots = lots_in_stock(held, on)
    pages = pages_of(lots)
    shown, number = _turned(pages, page)
    first = pages_of([lot for lot in lots if lot.is_urgent])[0]
    rows = kept(held.filter(lot_id__in={*shown, *first}), on)
    cover = cover_of(importer, lots, on)
    covered = [replace(row, cover_days=cover[row.product_id]) for row in rows]
    return Ageing(
        lots,
        [row for row in covered if row.lot_id in set(first)],
        [row for row in covered if row.lot_id in set(shown)],
        number,
        len(pages),
    )


def cover_of(importer: Party, lots: Iterable[LotInStock], on: date) -> dict[int, int | None]:
    """By product: for how many days free units last at the owner's forecast's pace. One query."""
    free: Counter[int] = Counter()
    for lot in lots:
        free[lot.product_id] += lot.free_units
    ahead = _forecast(importer, on)
    return {
        product_id: ageing.days_of_cover(units, ahead.get(product_id, {}), on)
        for product_id, units in free.items()
    }


def own_stock(importer: Party, on: date) -> list[KeptRow]:
    """All that an importer owns, with days of cover; for a workbook. At most twelve queries."""
    held = Holding.objects.filter(owner_id=importer.pk)
    cover = cover_of(importer, lots_in_stock(held, on), on)
    return [replace(row, cover_days=cover[row.product_id]) for row in kept(held, on)]


def _forecast(importer: Party, on: date) -> dict[int, dict[date, int]]:
    """Forecast units by product and month, from this month on. One query."""
    first = month_start(on)
    found: dict[int, dict[date, int]] = defaultdict(dict)
    rows = ForecastLine.objects.filter(
        importer_id=importer.pk,
        year__in={first.year, first.year + 1},
        version_before__isnull=True,
    )
    names = [f"m{number:02d}" for number in range(1, 13)]
    for product_id, year, *units in rows.values_list("product_id", "year", *names):
        for number, count in enumerate(units, start=1):
            if first <= date(year, number, 1) < add_months(first, MONTHS_AHEAD):
                found[product_id][date(year, number, 1)] = count
    return found


def pool_stock(operator: Party, on: date) -> list[KeptRow]:
    """All that owners have in an operator's pools; for a workbook. Five queries."""
    return kept(_of_pools(operator), on)


def _of_pools(operator: Party) -> QuerySet[Holding]:
    found: QuerySet[Holding] = Holding.objects.filter(**{f"{POOL}__operator_id": operator.pk})
    return found
