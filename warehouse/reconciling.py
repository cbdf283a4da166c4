"""The account book beside the shelves: what is counted, and what lies between the two."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet, Sum

from warehouse.domain.book import Reconciliation
from warehouse.domain.stock import INSIDE, MovementKind, Place
from warehouse.models import BookItem, Holding

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

_INTO = """
    SELECT item_id,
           SUM(CASE WHEN units > 0 THEN units ELSE 0 END),
           SUM(CASE WHEN units < 0 THEN -units ELSE 0 END)
    FROM (
      SELECT item_id, reference, SUM(units) AS units FROM (
        SELECT lot.book_item_id AS item_id, consignment.number AS reference,
               line.good + line.damaged + line.quarantined + line.over AS units
          FROM warehouse_lot AS lot
          JOIN warehouse_receiptline AS line ON line.id = lot.receipt_line_id
          JOIN warehouse_receipt AS receipt ON receipt.id = line.receipt_id
          JOIN imports_consignment AS consignment ON consignment.id = receipt.consignment_id
        UNION ALL
        SELECT lot.book_item_id, movement.reference, movement.units
          FROM warehouse_movement AS movement
          JOIN warehouse_lot AS lot ON lot.id = movement.lot_id
          WHERE movement.kind = 'return'
        UNION ALL
        SELECT booked.item_id, booked.reference, -booked.units
          FROM warehouse_bookmovement AS booked
          WHERE booked.step = 'actual_in' AND (EXISTS (
            SELECT 1 FROM imports_consignment AS consignment
            WHERE consignment.number = booked.reference) OR EXISTS (
            SELECT 1 FROM warehouse_returncase AS back
            WHERE back.number = booked.reference))
      ) AS sides GROUP BY item_id, reference HAVING SUM(units) <> 0
    ) AS open_references GROUP BY item_id"""
"""By item, over consignments and returns that came and were not booked alike: units ahead on
either side."""


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
    """Each item with its reconciliation. Four queries, whatever the number of items.

    What was written off under a reference that no parcel and no document bears, or booked in
    under one that no consignment and no return bears, is named nowhere: it is drift.
    """
    shelves = _shelves()
    arrivals = _arrived_and_approved()
    out = _left_and_written_off()
    for item in items:
        places = shelves[item.pk]
        gone = out.get(item.pk, _NOTHING)
        come = arrivals.get(item.pk, _In())
        yield (
            item,
            Reconciliation(
                counters=item.counters,
                physical=sum(places.get(place, 0) for place in INSIDE),
                quarantine=places.get(Place.QUARANTINE, 0),
                arrived_not_approved=come.arrived,
                approved_not_arrived=come.booked,
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


@dataclass(frozen=True)
class _In:
    """Units of one item that came ahead of the book, and of those booked ahead of coming."""

    arrived: int = 0
    booked: int = 0


def _arrived_and_approved() -> dict[int, _In]:
    """By book item: units that came and are not booked, units booked that did not come."""
    with connection.cursor() as cursor:
        cursor.execute(_INTO)
        return {
            item_id: _In(int(ahead), int(behind)) for item_id, ahead, behind in cursor.fetchall()
        }


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
