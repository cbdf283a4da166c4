"""What an owner and the operator look at, over goods that moved very often."""

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from benchmarks.goods import ARRIVED, one_lot
from benchmarks.ways import Way, Ways
from core import bulk, clock, tenancy
from core.models import Party
from tests.conftest import party
from warehouse import queries
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import Holding, Lot, Movement, ReceiptLine
from warehouse.queries import ageing

OWNERS = 20
MOVES_PER_LOT = 10_000
ROWS_AT_ONCE = 50_000
ON = date(2026, 5, 1)
"""A day on which every lot is to be decided upon, so that the view of age has rows to show."""

_COLUMNS = (
    "lot_id", "units", "from_owner_id", "from_place", "to_owner_id", "to_place", "kind",
    "reference", "request_key", "moved_on", "made_at", "actor",
)  # fmt: skip


def moved(size: int) -> tuple[Party, Party]:
    """Some ``size`` movements of lots by twenty owners; the operator and one of the owners."""
    lots = max(1, size // MOVES_PER_LOT)
    pairs = max(1, size // (lots * OWNERS * 2))
    importer, _, first = one_lot(OWNERS * pairs * 2)
    operator = Party.objects.get(code="operator")
    owners = [importer.pk] + [party(Party.Kind.IMPORTER, f"owner-{n}").pk for n in range(1, OWNERS)]
    with tenancy.as_operator("benchmark"):
        ids = _lots(first, lots)
        for rows in _chunks(_movements(ids, owners, operator.pk, pairs)):
            bulk.insert(Movement, _COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return operator, importer


def _lots(first: Lot, count: int) -> list[int]:
    """So many lots of the first one's product, each with a counted line of its own."""
    line = first.receipt_line
    lines = ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=line.receipt,
            order_line=line.order_line,
            expected=line.expected,
            good=line.good,
            damaged=0,
            short=0,
        )
        for _ in range(count)
    )
    lots = Lot.objects.bulk_create(
        Lot(
            product=first.product,
            number=f"L-{number}",
            receipt_line=each,
            received_on=ARRIVED,
            produced_on=first.produced_on,
            expires_on=first.expires_on,
            origin="NZ",
            book_item=first.book_item,
        )
        for number, each in enumerate(lines)
    )
    return [lot.pk for lot in lots]


def _movements(
    lots: list[int], owners: list[int], operator: int, pairs: int
) -> Iterator[tuple[object, ...]]:
    """Each lot comes, is shared out, and leaves in part unit by unit over the packing table."""
    now = clock.now()
    for lot in lots:
        for owner in owners:
            units = pairs * 2
            yield _row(
                lot, units, (owner, Place.SUPPLIER), (operator, Place.BONDED), "receive", now, 0
            )
            yield _row(
                lot, units, (operator, Place.BONDED), (owner, Place.BONDED), "allocate", now, 1
            )
            for number in range(2, 2 + pairs):
                bonded, packed = (owner, Place.BONDED), (owner, Place.PACKED)
                yield _row(lot, 1, bonded, packed, "pick", now, number)
                yield _row(lot, 1, packed, (owner, Place.CONSUMER), "ship", now, number)


def _row(
    lot: int,
    units: int,
    source: tuple[int, str],
    target: tuple[int, str],
    kind: str,
    now: datetime,
    number: int,
) -> tuple[object, ...]:
    owner = source[0] if kind != "receive" else target[0]
    key = f"{kind}:{lot}:{source[0]}:{owner}:{target[0]}:{number}"
    day = ARRIVED + timedelta(days=number % 28)
    return (lot, units, *source, *target, MovementKind(kind), "", key, day, now, "bench")


def _chunks(rows: Iterator[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    chunk: list[tuple[object, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def balance() -> dict[tuple[int, str], int]:
    """Units by owner and place, from the holdings."""
    with tenancy.as_operator("benchmark"):
        rows = Holding.objects.filter(place__in=[Place.BONDED, Place.PACKED]).order_by()
        sums = rows.values_list("owner_id", "place").annotate(Sum("units"))
        return {(owner, place): units for owner, place, units in sums if units}


def folded() -> dict[tuple[int, str], int]:
    """The same from the movements: what a system without balances must do."""
    found: dict[tuple[int, str], int] = {}
    for side, sign in (("to", 1), ("from", -1)):
        rows = Movement.objects.filter(**{f"{side}_place__in": [Place.BONDED, Place.PACKED]})
        sums = rows.order_by().values_list(f"{side}_owner_id", f"{side}_place")
        for owner, place, units in sums.annotate(Sum("units")):
            found[owner, place] = found.get((owner, place), 0) + sign * units
    return {spot: units for spot, units in found.items() if units}


def bare() -> None:
    """One SELECT with the database driver."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT owner_id, place, sum(units) FROM warehouse_holding GROUP BY owner_id, place"
        )
        cursor.fetchall()


def views(operator: Party, importer: Party) -> dict[str, float]:
    """Milliseconds of each view, and the queries of all of them."""

    def own() -> object:
        with tenancy.acting_for(importer):
            return ageing.own_ageing(importer, ON), queries.positions(importer)

    def old() -> object:
        with tenancy.as_operator("benchmark"):
            return ageing.pool_ageing(operator, ON)

    told = {}
    with CaptureQueriesContext(connection) as asked:
        for name, look in (("balance", balance), ("ageing", old), ("owner", own)):
            told[f"{name} ms"] = _milliseconds(look)
    return {**told, "queries": float(len(asked))}


def _milliseconds(look: Callable[[], object]) -> float:
    started = time.perf_counter()
    look()
    return round((time.perf_counter() - started) * 1000, 2)


def ways(size: int) -> Ways:
    """Three views over some ``size`` movements; folding them; and one bare SELECT."""
    operator, importer = moved(size)
    return {
        "ours": Way(lambda: views(operator, importer), 3),
        "plain": Way(lambda: folded() and None, 1),
        "limit": Way(bare, 1),
    }
