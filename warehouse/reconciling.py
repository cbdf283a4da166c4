"""The account book beside the shelves: what is counted, and what lies between the two."""

from collections import defaultdict
from collections.abc import Iterator

from django.db import connection
from django.db.models import F, QuerySet, Sum

from warehouse.domain.book import BookStep, Reconciliation
from warehouse.domain.stock import INSIDE, Place
from warehouse.models import BookItem, BookMovement, Holding, Lot

_PARCELS = """
    SELECT item_id,
           SUM(CASE WHEN units > 0 THEN units ELSE 0 END),
           SUM(CASE WHEN units < 0 THEN -units ELSE 0 END)
    FROM (
      SELECT item_id, reference, SUM(units) AS units FROM (
        SELECT lot.book_item_id AS item_id, movement.reference, movement.units
          FROM warehouse_movement AS movement
          JOIN warehouse_lot AS lot ON lot.id = movement.lot_id
          WHERE movement.kind = 'ship'
        UNION ALL
        SELECT booked.item_id, booked.reference, -booked.units
          FROM warehouse_bookmovement AS booked
          WHERE booked.step = 'actual_out' AND EXISTS (
            SELECT 1 FROM warehouse_dispatchorder AS parcel
            WHERE parcel.reference = booked.reference)
      ) AS sides GROUP BY item_id, reference HAVING SUM(units) <> 0
    ) AS open_parcels GROUP BY item_id"""
"""By item, over parcels that left and were not written off alike: units ahead on either side."""


def reconciled(items: QuerySet[BookItem]) -> Iterator[tuple[BookItem, Reconciliation]]:
    """Each item with its reconciliation. Five queries, whatever the number of items.

    What was written off under a reference that no parcel bears is named nowhere: it is drift.
    """
    shelves = _shelves()
    arrivals = _arrived_not_approved()
    parcels = _left_and_written_off()
    for item in items:
        places = shelves[item.pk]
        left, written_off = parcels.get(item.pk, (0, 0))
        yield (
            item,
            Reconciliation(
                counters=item.counters,
                physical=sum(places.get(place, 0) for place in INSIDE),
                quarantine=places.get(Place.QUARANTINE, 0),
                arrived_not_approved=arrivals[item.pk],
                left_not_written_off=left,
                written_off_not_left=written_off,
                destroyed_not_written_off=places.get(Place.DESTROYED, 0),
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
    """Units counted in by book item, less those that the book carries as actual in."""
    found: defaultdict[int, int] = defaultdict(int)
    counted = Lot.objects.values_list("book_item_id").annotate(
        units=Sum(F("receipt_line__good") + F("receipt_line__damaged"))
    )
    for item_id, units in counted.order_by():
        found[item_id] += units
    booked = BookMovement.objects.filter(step=BookStep.ACTUAL_IN).values_list("item_id")
    for item_id, units in booked.annotate(Sum("units")).order_by():
        found[item_id] -= units
    return found


def _left_and_written_off() -> dict[int, tuple[int, int]]:
    """By book item: units that left and are in the book, units written off that are still here."""
    with connection.cursor() as cursor:
        cursor.execute(_PARCELS)
        return {item_id: (int(left), int(off)) for item_id, left, off in cursor.fetchall()}
