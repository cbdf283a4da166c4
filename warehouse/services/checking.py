"""The nightly comparison of the account book with the shelves, and the clocks of storage."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from core import clock, tenancy
from core.models import Pool
from warehouse import notices
from warehouse.domain.book import BookStep, Reconciliation
from warehouse.models import (
    BookCheck,
    BookDocument,
    BookItem,
    BookMovement,
    DispatchOrder,
    Movement,
)
from warehouse.queries.terms import storage_terms
from warehouse.reconciling import reconciled

NOBODY = "opening"
"""What is behind a drift that no movement since the last clean check explains."""


@transaction.atomic
def check_book(pool: Pool, *, on: date | None = None) -> list[BookCheck]:
    """Compare every item of a pool's account books with the shelves; once a day.

    A drift, which no named position explains, alarms the operator with the booking or movement
    behind it. Called again on the same day it returns the first checks and writes nothing.
    """
    day = on or clock.today()
    with tenancy.as_operator("compare the account book with the shelves"):
        earlier = BookCheck.objects.filter(item__book__pool=pool, checked_on=day)
        if earlier.exists():
            return list(earlier.order_by("item_id"))
        items = BookItem.objects.filter(book__pool=pool).select_related("product").order_by("pk")
        seen = Movement.objects.filter(lot__book_item__book__pool=pool).order_by()
        last = dict(seen.values_list("lot__book_item_id").annotate(Max("pk")))
        rows = [_check(item, found, day, last.get(item.pk, 0)) for item, found in reconciled(items)]
        BookCheck.objects.bulk_create(rows)
        for row in rows:
            if row.drift_units:
                notices.tell_drift(pool, row)
    return rows


def _check(item: BookItem, found: Reconciliation, day: date, movement_id: int) -> BookCheck:
    return BookCheck(
        item=item,
        checked_on=day,
        drift_units=found.drift_units,
        movement_id=movement_id,
        booking_id=item.last_movement_id,
        behind=what_is_behind(item, found.drift_units) if found.drift_units else "",
    )


def what_is_behind(item: BookItem, drift_units: int) -> str:
    """The reference that explains a drift: first a write-off that no parcel or document bears.

    Otherwise the first booking or movement after the last check that was clean.
    """
    strays = _strays(item)
    if strays and -drift_units == sum(row.units for row in strays):
        return _named(strays[:1])
    clean = BookCheck.objects.filter(item=item, drift_units=0).order_by("-checked_on").first()
    since, booked = (clean.movement_id, clean.booking_id) if clean else (0, 0)
    bookings = BookMovement.objects.filter(item=item, pk__gt=booked).order_by("pk")[:1]
    moves = Movement.objects.filter(lot__book_item=item, pk__gt=since).order_by("pk")[:1]
    return _named(strays[:1] or list(bookings)) or _moved(list(moves)) or NOBODY


def _strays(item: BookItem) -> list[BookMovement]:
    """Write-offs under a reference that neither a parcel nor a document bears."""
    parcels = DispatchOrder.objects.filter(reference=OuterRef("reference"))
    papers = BookDocument.objects.filter(number=OuterRef("reference"))
    rows = BookMovement.objects.filter(item=item, step=BookStep.ACTUAL_OUT)
    return list(rows.exclude(Exists(parcels) | Exists(papers)).order_by("pk"))


def _named(rows: Sequence[BookMovement]) -> str:
    return f"{rows[0].step} {rows[0].units} {rows[0].reference}"[:120] if rows else ""


def _moved(rows: Sequence[Movement]) -> str:
    return f"{rows[0].kind} {rows[0].units} {rows[0].reference}"[:120] if rows else ""


def warn_of_terms(pool: Pool, *, on: date | None = None) -> int:
    """Tell the operator of lots whose storage term ends soon, once a lot; how many there are."""
    day = on or clock.today()
    with tenancy.as_operator("look at storage terms"):
        rows = [row for row in storage_terms(pool.operator, on=day) if row.is_pressing]
        for row in rows:
            notices.tell_term(pool, lot_id=row.lot_id, lot=row.lot_no, until=row.ends_on)
    return len(rows)
