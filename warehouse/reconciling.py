"""The account book beside the shelves: what is counted, and what lies between the two."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet, Sum

from warehouse.domain.book import BookStep, Reconciliation
from warehouse.domain.stock import INSIDE, MovementKind, Place
from warehouse.models import BookItem, BookMovement, Holding, Lot, Movement
from warehouse.models.receipts import ARRIVED

_OUT = """
    SELECT item_id, MAX(kind),
           SUM(CASE WHEN units > 0 THEN units ELSE 0 END),
           SUM(CASE WHEN units < 0 THEN -units ELSE 0 END)
    FROM (
      SELECT item_id, reference, MAX(kind) AS kind, SUM(units) AS units FROM (
        SELECT lot.book_item_id AS item_id, movement.reference, movement.kind, movement.units
          FROM warehouse_movement AS movement
          JOIN warehouse_lot AS lot ON lot.id = movement.lot_id
          WHERE movement.kind IN ('ship', 'destroy', 'send_abroad', 'sample', 'leave_zone')
        UNION ALL
        SELECT booked.item_id, booked.reference, '', -booked.units
          FROM warehouse_bookmovement AS booked
          WHERE booked.step = 'actual_out' AND (EXISTS (
            SELECT 1 FROM warehouse_dispatchorder AS parcel
            WHERE parcel.reference = booked.reference) OR EXISTS (
            SELECT 1 FROM warehouse_bookdocument AS paper
            WHERE paper.number = booked.reference))
      ) AS sides GROUP BY item_id, reference HAVING SUM(units) <> 0
    ) AS open_references GROUP BY item_id, kind"""
"""By item and way out, over parcels and documents that left and were not written off alike: units
ahead on either side."""


@dataclass(frozen=True)
class _Out:
    """Units of one item that left ahead of the book, and of those written off ahead of leaving."""

    left: Mapping[str, int]
    written_off: int

    def by(self, *kinds: MovementKind) -> int:
        """Units that left by some kinds of movement and are still in the book."""
        return sum(self.left.get(kind, 0) for kind in kinds)


_NOTHING = _Out({}, 0)
_BY_DOCUMENT = (MovementKind.SEND_ABROAD, MovementKind.SAMPLE, MovementKind.LEAVE_ZONE)


def reconciled(items: QuerySet[BookItem]) -> Iterator[tuple[BookItem, Reconciliation]]:
    """Each item with its reconciliation. Six queries, whatever the number of items.

    What was written off under a reference that no parcel and no document bears is named nowhere:
    it is drift.
    """
    shelves = _shelves()
    arrivals = _arrived_not_approved()
    out = _left_and_written_off()
    for item in items:
        places = shelves[item.pk]
        gone = out.get(item.pk, _NOTHING)
        yield (
            item,
            Reconciliation(
                counters=item.counters,
                physical=sum(places.get(place, 0) for place in INSIDE),
                quarantine=places.get(Place.QUARANTINE, 0),
                arrived_not_approved=arrivals[item.pk],
                left_not_written_off=gone.by(MovementKind.SHIP),
                written_off_not_left=gone.written_off,
                destroyed_not_written_off=gone.by(MovementKind.DESTROY),
                removed_not_written_off=gone.by(*_BY_DOCUMENT),
                missing=places.get(Place.MISSING, 0),
            ),
        )


def _shelves() -> defaultdict[int, dict[str, int]]:
    """Units by book item and place, from the holdings."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = Holding.objects.values_list("lot__book_item_id", "place").annotate(Sum("units"))
    for item_id, place, units in rows.order_by():
        found[item_id][place] = units
    return found


def _arrived_not_approved() -> defaultdict[int, int]:
    """Units counted in or come back by book item, less those that the book carries as actual in."""
    found: defaultdict[int, int] = defaultdict(int)
    counted = Lot.objects.values_list("book_item_id").annotate(units=Sum(ARRIVED))
    back = Movement.objects.filter(kind=MovementKind.RETURN).values_list("lot__book_item_id")
    for rows in (counted.order_by(), back.annotate(Sum("units")).order_by()):
        for item_id, units in rows:
            found[item_id] += units
    booked = BookMovement.objects.filter(step=BookStep.ACTUAL_IN).values_list("item_id")
    for item_id, units in booked.annotate(Sum("units")).order_by():
        found[item_id] -= units
    return found


def _left_and_written_off() -> dict[int, _Out]:
    """By book item: units that left and are in the book, units written off that are still here."""
    left: defaultdict[int, dict[str, int]] = defaultdict(dict)
    written_off: defaultdict[int, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(_OUT)
        for item_id, kind, ahead, behind in cursor.fetchall():
            left[item_id][kind] = int(ahead)
            written_off[item_id] += int(behind)
    return {item_id: _Out(kinds, written_off[item_id]) for item_id, kinds in left.items()}
