"""The account book beside the shelves: what is counted, and what lies between the two."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import F, QuerySet, Sum

from warehouse.domain.book import BookStep, Reconciliation
from warehouse.domain.stock import INSIDE, MovementKind, Place
from warehouse.models import BookItem, BookMovement, Holding, Lot, Movement


def reconciled(items: QuerySet[BookItem]) -> Iterator[tuple[BookItem, Reconciliation]]:
    """Each item with its reconciliation. Six queries, whatever the number of items."""
    shelves = _shelves()
    arrivals = _arrived_not_approved()
    parcels = _left_and_written_off()
    for item in items:
        yield item, _row(item, shelves[item.pk], arrivals[item.pk], parcels[item.pk])


def _row(
    item: BookItem, places: dict[str, int], arrived: int, open_parcels: Iterable[int]
) -> Reconciliation:
    open_units = list(open_parcels)
    return Reconciliation(
        counters=item.counters,
        physical=sum(places.get(place, 0) for place in INSIDE),
        quarantine=places.get(Place.QUARANTINE, 0),
        arrived_not_approved=arrived,
        left_not_written_off=sum(units for units in open_units if units > 0),
        written_off_not_left=-sum(units for units in open_units if units < 0),
        destroyed_not_written_off=places.get(Place.DESTROYED, 0),
    )


def _shelves() -> dict[int, dict[str, int]]:
    """Units by book item and place, from the holdings."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Holding.objects.values_list("lot__book_item_id", "place").annotate(Sum("units"))
    for item_id, place, units in rows.order_by():
        found[item_id][place] = units
    return found


def _arrived_not_approved() -> dict[int, int]:
    """Units counted in by book item, less those that the book carries as actual in."""
    found: dict[int, int] = defaultdict(int)
    counted = Lot.objects.values_list("book_item_id").annotate(
        units=Sum(F("receipt_line__good") + F("receipt_line__damaged"))
    )
    for item_id, units in counted.order_by():
        found[item_id] += units
    booked = BookMovement.objects.filter(step=BookStep.ACTUAL_IN).values_list("item_id")
    for item_id, units in booked.annotate(Sum("units")).order_by():
        found[item_id] -= units
    return found


def _left_and_written_off() -> dict[int, list[int]]:
    """By book item, per parcel: units that left less units written off, where they differ."""
    open_units: dict[tuple[int, str], int] = defaultdict(int)
    left = Movement.objects.filter(kind=MovementKind.SHIP)
    rows = left.values_list("lot__book_item_id", "reference").annotate(Sum("units"))
    for item_id, reference, units in rows.order_by():
        open_units[item_id, reference] += units
    booked = BookMovement.objects.filter(step=BookStep.ACTUAL_OUT).values_list(
        "item_id", "reference"
    )
    for item_id, reference, units in booked.annotate(Sum("units")).order_by():
        open_units[item_id, reference] -= units
    found: dict[int, list[int]] = defaultdict(list)
    for (item_id, _), units in open_units.items():
        if units:
            found[item_id].append(units)
    return found
