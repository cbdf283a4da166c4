"""Scans from phones, each done once, whatever the network does to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core import clock, tenancy
from core.domain.canonical import digest
from core.domain.errors import Refusal
from core.idempotency import KeyUsedForOther
from core.models import Party
from warehouse.domain.labels import read_label
from warehouse.domain.scanning import Condition, Sent, Task
from warehouse.domain.scans import codes_in
from warehouse.domain.stock import DISPATCH_STEPS
from warehouse.models import DispatchLine, DispatchOrder, DoorScan, Location, Lot, Scan
from warehouse.queries import finding
from warehouse.services import sending, stowing
from warehouse.services.identities import code_hmac

Told = dict[str, Any]
Render = Callable[[Refusal], Told]
"""A refusal in the reader's words, to be kept with the scan."""


class NotInThisParcel(Refusal):
    """Raised when units are picked that the parcel does not send."""

    code = "not-in-this-parcel"
    reason = "Parcel {parcel} sends {wanted} units of lot {lot}; {picked} would be picked."
    remedy = "Put the units back and take what the slip names."


class NotAtTheDoor(Refusal):
    """Raised for a condition of goods that is none."""

    code = "not-at-the-door"
    reason = "Goods arrive good, damaged or quarantined, not “{value}”."
    remedy = "Choose one of the three."


@dataclass(frozen=True)
class Answer:
    """What became of a scan."""

    key: str
    told: Told
    is_replayed: bool


def take(operator: Party, sent: Sent, render: Render) -> Answer:
    """Do what a scan asks for, once; a scan that came before gets its first answer again.

    A refusal is an answer as well: it is kept, nothing else of the scan is.

    Raises:
        KeyUsedForOther: the key came before with another scan.
    """
    fingerprint = digest({**sent.told(), "operator": operator.pk})
    with transaction.atomic():
        earlier = Scan.objects.filter(key=sent.key).first()
        if earlier is not None:
            return _again(earlier, fingerprint)
        try:
            with transaction.atomic():
                done = _TASKS[sent.task](operator, sent)
            told: Told = {"state": "done"}
        except Refusal as refusal:
            done, told = None, {"state": "refused", **render(refusal)}
        scan = Scan.objects.create(
            key=sent.key,
            task=sent.task,
            fingerprint=bytes.fromhex(fingerprint),
            scanned_at=sent.scanned_at,
            taken_at=clock.now(),
            actor=tenancy.actor(),
            answer=told,
        )
        if isinstance(done, DoorScan):
            done.scan = scan
            done.save(force_insert=True)
    return Answer(sent.key, told, is_replayed=False)


def _again(earlier: Scan, fingerprint: str) -> Answer:
    if bytes(earlier.fingerprint) != bytes.fromhex(fingerprint):
        raise KeyUsedForOther(key=earlier.key)
    return Answer(earlier.key, earlier.answer, is_replayed=True)


def _receive(operator: Party, sent: Sent) -> DoorScan:
    """Note units at the door; the count of the consignment is closed in the office."""
    consignment = finding.awaited_named(operator, sent.text("consignment"))
    label = read_label(sent.text("item"))
    line = finding.announced_line(consignment, label)
    condition = sent.text("condition") or Condition.GOOD
    if condition not in list(Condition):
        raise NotAtTheDoor(value=condition[:20])
    return DoorScan(
        pool_id=consignment.pool_id,
        consignment=consignment,
        order_line_id=line.order_line_id,
        condition=condition,
        units=sent.units(label.units or 1),
        lot_no=label.lot_no[:40],
        produced_on=label.produced_on,
        expires_on=label.expires_on,
    )


def _put_away(operator: Party, sent: Sent) -> None:
    target = finding.location_named(operator, sent.text("target"))
    place = target.zone.place
    lot, label = finding.lot_named(operator, sent.text("item"), place=place)
    stowing.stow(lot, sent.units(label.units or 1), target=target, request_key=f"scan:{sent.key}")


def _move(operator: Party, sent: Sent) -> None:
    """Carry units from shelf to shelf, or a whole pallet when its own label is the item."""
    source = finding.location_named(operator, sent.text("source"))
    target = finding.location_named(operator, sent.text("target"))
    if source.kind == Location.Kind.PALLET and sent.text("item") == sent.text("source"):
        stowing.move_pallet(source, target)
        return
    lot, label = finding.lot_named(operator, sent.text("item"), source=source)
    stowing.stow(
        lot,
        sent.units(label.units or 1),
        source=source,
        target=target,
        request_key=f"scan:{sent.key}",
    )


def _pick(operator: Party, sent: Sent) -> None:
    """Take a parcel's units from a shelf; they wait on the floor until they are packed."""
    order = finding.parcel_named(operator, sent.text("parcel"))
    source = finding.location_named(operator, sent.text("source"))
    lot, label = finding.lot_named(operator, sent.text("item"), source=source)
    units = sent.units(label.units or 1)
    _check_wanted(order, lot, units)
    stowing.stow(
        lot, units, source=source, request_key=f"scan:{sent.key}", reference=order.reference
    )


def _check_wanted(order: DispatchOrder, lot: Lot, units: int) -> None:
    """Refuse more of a lot than the open parcel sends, with what was picked for it before."""
    DISPATCH_STEPS.next(order.state, "pick")
    lines = DispatchLine.objects.select_for_update().filter(order=order, lot=lot)
    wanted = sum(line.units for line in lines)
    before = sum(
        lot.stow_moves.filter(reference=order.reference, to_location=None).values_list(
            "units", flat=True
        )
    )
    if before + units > wanted:
        raise NotInThisParcel(
            parcel=order.number, wanted=wanted, lot=lot.number, picked=before + units
        )


def _pack(operator: Party, sent: Sent) -> None:
    """Pack a parcel, binding the serials that were scanned."""
    order = finding.parcel_named(operator, sent.text("parcel"))
    sending.pick(order, [code_hmac(code) for code in codes_in(sent.text("codes"))])


def _ship(operator: Party, sent: Sent) -> None:
    sending.ship(finding.parcel_named(operator, sent.text("parcel")))


_TASKS: dict[Task, Callable[[Party, Sent], DoorScan | None]] = {
    Task.RECEIVE: _receive,
    Task.PUT_AWAY: _put_away,
    Task.MOVE: _move,
    Task.PICK: _pick,
    Task.PACK: _pack,
    Task.SHIP: _ship,
}
