"""Documents by which goods leave the account book other than to a consumer."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from core import clock, facts, numbering
from core.models import Party
from warehouse.domain.book import BookStep
from warehouse.domain.papers import (
    PREFIXES,
    WAYS_OUT,
    NotEnoughInPlace,
    PaperAlreadyDone,
    PaperKind,
)
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import BookDocument, Holding, Lot
from warehouse.services import moving, transferring
from warehouse.services.writing_off import Booking, book_many


@dataclass(frozen=True)
class Paper:
    """What a document is to take out of the book: units of one lot and owner, and why."""

    kind: PaperKind
    lot: Lot
    owner: Party
    units: int
    reason: str
    request_key: str
    counterpart: str = ""


@transaction.atomic
def draw_up(paper: Paper, *, on: date | None = None) -> BookDocument:
    """Draw up a document: its units wait in quarantine and are expected out of the book.

    Quarantined units go first, then free ones from the shelves. The same key again returns the
    first document and writes nothing.

    Raises:
        NotEnoughInPlace: the owner has fewer free units; nothing was drawn up.
        NotEnoughInBook: the account book carries fewer units that are not promised.
    """
    earlier: BookDocument | None = BookDocument.objects.filter(
        request_key=paper.request_key
    ).first()
    if earlier is not None:
        return earlier
    moving.lock([(paper.lot.pk, paper.owner.pk)])
    day = on or clock.today()
    document = BookDocument(
        kind=paper.kind,
        number=numbering.next_number(PREFIXES[paper.kind], day.year),
        pool=transferring.pool_of(paper.lot),
        lot=paper.lot,
        owner_id=paper.owner.pk,
        units=paper.units,
        reason=paper.reason,
        counterpart=paper.counterpart,
        request_key=paper.request_key,
        drawn_on=day,
    )
    _put_aside(document)
    document.save()
    book_many(BookStep.EXPECT_OUT, [_booking(document)], on=day)
    _tell(document, "drawn")
    return document


def _put_aside(document: BookDocument) -> None:
    """Move what is not yet in quarantine there, if the shelves hold it free."""
    rows = Holding.objects.filter(lot_id=document.lot_id, owner_id=document.owner_id)
    held = {row.place: row for row in rows}
    quarantine = held.get(Place.QUARANTINE)
    waiting = max(0, (quarantine.units if quarantine else 0) - _spoken_for(document))
    missing = document.units - waiting
    bonded = held.get(Place.BONDED)
    free = bonded.units - bonded.reserved_units if bonded else 0
    if missing > free or document.units < 1:
        raise NotEnoughInPlace(lot=document.lot.number, free=free + waiting, asked=document.units)
    if missing > 0:
        move = _move(document, MovementKind.QUARANTINE, Place.BONDED, Place.QUARANTINE)
        moving.record([moving.Move(**{**vars(move), "units": missing})])


def _spoken_for(document: BookDocument) -> int:
    waiting = BookDocument.objects.filter(
        lot_id=document.lot_id,
        owner_id=document.owner_id,
        executed_on__isnull=True,
        withdrawn_on__isnull=True,
    )
    return int(waiting.aggregate(units=Sum("units"))["units"] or 0)


@transaction.atomic
def execute(document: BookDocument, *, on: date | None = None) -> BookDocument:
    """Take a document's units out of the warehouse; again: no change.

    Raises:
        PaperAlreadyDone: it was withdrawn.
        NotEnoughInPlace: the units are no longer in quarantine.
    """
    moving.lock([(document.lot_id, document.owner_id)])
    current = _take("execute", document, executed_on=on or clock.today())
    if current is None:
        return BookDocument.objects.get(pk=document.pk)
    kind, target = WAYS_OUT[PaperKind(current.kind)]
    held = Holding.objects.filter(
        lot_id=current.lot_id, owner_id=current.owner_id, place=Place.QUARANTINE
    ).first()
    if held is None or held.units < current.units:
        free = held.units if held else 0
        raise NotEnoughInPlace(lot=current.lot.number, free=free, asked=current.units)
    moving.record([_move(current, kind, Place.QUARANTINE, target)], on=current.executed_on)
    _tell(current, "executed")
    return current


@transaction.atomic
def approve(document: BookDocument, *, on: date | None = None) -> BookDocument:
    """Write a document's units off, when customs approves it; again: no change.

    Raises:
        PaperAlreadyDone: it was withdrawn.
    """
    current = _take("approve", document, approved_on=on or clock.today())
    if current is None:
        return BookDocument.objects.get(pk=document.pk)
    book_many(BookStep.ACTUAL_OUT, [_booking(current)], on=current.approved_on)
    _tell(current, "approved")
    return current


@transaction.atomic
def withdraw(document: BookDocument, *, on: date | None = None) -> BookDocument:
    """Take a document back before anything happened: its units may be declared otherwise again.

    They stay in quarantine until somebody clears them. Again: no change.

    Raises:
        PaperAlreadyDone: it was executed or approved.
    """
    current = _take("withdraw", document, withdrawn_on=on or clock.today())
    if current is None:
        return BookDocument.objects.get(pk=document.pk)
    book_many(BookStep.RELEASE_OUT, [_booking(current)], on=current.withdrawn_on)
    _tell(current, "withdrawn")
    return current


def _take(action: str, document: BookDocument, **stamp: date) -> BookDocument | None:
    """Stamp a day if the step is open; None if it was taken before. One UPDATE decides."""
    name = next(iter(stamp))
    closed = ("executed_on", "approved_on") if action == "withdraw" else ("withdrawn_on",)
    rows = BookDocument.objects.filter(pk=document.pk)
    open_ = rows.filter(**{f"{each}__isnull": True for each in (*closed, name)})
    if open_.update(**stamp):
        return rows.select_related("lot").get()
    current = rows.get()
    if getattr(current, name) is None:
        raise PaperAlreadyDone(number=current.number, state=current.state, action=action)
    return None


def _booking(document: BookDocument) -> Booking:
    return Booking(document.lot.product_id, document.units, document.number)


def _move(document: BookDocument, kind: MovementKind, source: Place, target: Place) -> moving.Move:
    return moving.Move(
        kind=kind,
        lot_id=document.lot_id,
        units=document.units,
        source=moving.Spot(document.owner_id, source),
        target=moving.Spot(document.owner_id, target),
        request_key=f"{kind}:{document.number}",
        reference=document.number,
    )


def _tell(document: BookDocument, step: str) -> None:
    data = {
        "document": document.pk,
        "kind": str(document.kind),
        "lot": document.lot_id,
        "owner": document.owner_id,
        "units": document.units,
    }
    facts.append(f"warehouse.paper.{step}", subject=f"lot:{document.lot_id}", data=data)
