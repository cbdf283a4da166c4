"""Dispatch orders: from the promise to the parcel that left."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from core import clock, facts, numbering
from core.domain.errors import Refusal
from core.domain.transitions import StepNotAllowed
from core.models import Party
from warehouse.domain.stock import DISPATCH_STEPS, RESERVATION_STEPS, MovementKind, Place
from warehouse.models import DispatchLine, DispatchOrder, Reservation, UnitIdentity
from warehouse.services import moving, reserving


class SameReferenceOtherGoods(Refusal):
    """Raised when a reference was dispatched before with other reservations."""

    code = "same-reference-other-goods"
    reason = "“{reference}” was dispatched before with other goods."
    remedy = "Give a further parcel a reference of its own."


class NotYoursToDispatch(Refusal):
    """Raised when a reservation is of another importer, no longer held, or already dispatched."""

    code = "not-yours-to-dispatch"
    reason = "Of {asked} reservations only {found} are held for this importer and not dispatched."
    remedy = "Reserve the goods anew and dispatch those reservations."


class CodeUnknown(Refusal):
    """Raised when a scanned code was never bound to a unit of the lots in the order."""

    code = "code-unknown"
    reason = "{unknown} of {scanned} scanned codes belong to no unit of the lots in this order."
    remedy = "Take a unit from the lot that the order names, and scan that."


class CodeUsed(Refusal):
    """Raised when a scanned unit is recalled, void, or already in a parcel."""

    code = "code-used"
    reason = "Unit {unit} cannot be picked: it is “{state}” or lies in another parcel."
    remedy = "Put the unit aside for the operator and take another one."


class CodesDoNotMatch(Refusal):
    """Raised when the units of a lot are scanned in part."""

    code = "codes-do-not-match"
    reason = "{scanned} units of lot {lot} were scanned; the order sends {units}."
    remedy = "Scan every unit of the lot, or none if its units bear no codes."


@transaction.atomic
def dispatch(importer: Party, reference: str, reservations: Sequence[Reservation]) -> DispatchOrder:
    """Order reserved units to be picked and shipped as one parcel.

    The same reference again returns the first order and writes nothing.

    Raises:
        NotYoursToDispatch: a reservation is not held for the importer, or is already dispatched.
        SameReferenceOtherGoods: the reference stands for another parcel.
    """
    wanted = {row.pk for row in reservations}
    earlier: DispatchOrder | None = DispatchOrder.objects.filter(reference=reference).first()
    if earlier is not None:
        return _refuse_if_different(earlier, importer, wanted)
    rows = _held(importer, wanted)
    order: DispatchOrder = DispatchOrder.objects.create(
        importer_id=importer.pk,
        number=numbering.next_number("DO", clock.today().year),
        reference=reference,
        ordered_at=clock.now(),
    )
    DispatchLine.objects.bulk_create(
        DispatchLine(
            order=order,
            product_id=row.lot.product_id,
            lot_id=row.lot_id,
            units=row.units,
            reservation=row,
        )
        for row in rows
    )
    return order


def _refuse_if_different(
    earlier: DispatchOrder, importer: Party, wanted: set[int]
) -> DispatchOrder:
    sent = set(earlier.lines.values_list("reservation_id", flat=True))
    if earlier.importer_id != importer.pk or sent != wanted:
        raise SameReferenceOtherGoods(reference=earlier.reference)
    return earlier


def _held(importer: Party, wanted: set[int]) -> list[Reservation]:
    """The importer's wanted reservations, locked, all of them held and not yet dispatched."""
    rows = (
        Reservation.objects.select_for_update(of=("self",))
        .select_related("lot")
        .filter(importer_id=importer.pk, state=Reservation.State.HELD)
        .filter(pk__in=wanted, dispatch_line__isnull=True)
    )
    found = list(rows.order_by("pk"))
    if not found or len(found) != len(wanted):
        raise NotYoursToDispatch(asked=len(wanted), found=len(found))
    return found


@transaction.atomic
def pick(order: DispatchOrder, code_hmacs: Sequence[bytes] = ()) -> DispatchOrder:
    """Take an open order's units from the shelves and pack them, binding the scanned units.

    ``code_hmacs`` are the keyed hashes of the codes scanned on the units: all units of a lot or
    none. A unit that is recalled, void or already packed stops the parcel.

    Raises:
        StepNotAllowed: the order is not open.
        CodeUnknown, CodeUsed, CodesDoNotMatch: a scan does not fit; nothing is picked.
    """
    order = _step(order, "pick", picked_at=clock.now())
    lines = _lines(order)
    scanned = _scan(lines, code_hmacs)
    _take_up(lines)
    _move(order, lines, MovementKind.PICK)
    for line in lines:
        if scanned[line.pk]:
            UnitIdentity.objects.filter(pk__in=scanned[line.pk]).update(dispatch_line=line)
    facts.append_many([_picked(order, line, scanned[line.pk]) for line in lines])
    return order


def _picked(
    order: DispatchOrder, line: DispatchLine, identities: list[int]
) -> tuple[str, str, dict[str, object]]:
    data = {
        "dispatch": order.pk,
        "lot": line.lot_id,
        "units": line.units,
        "identities": identities,
    }
    return ("warehouse.dispatch.picked", f"dispatch:{order.pk}", data)


@transaction.atomic
def ship(order: DispatchOrder) -> DispatchOrder:
    """Hand a picked order to the carrier: its units have left for the consumer.

    Raises:
        StepNotAllowed: the order is not picked.
    """
    order = _step(order, "ship", shipped_at=clock.now())
    _move(order, _lines(order), MovementKind.SHIP)
    UnitIdentity.objects.filter(
        dispatch_line__order=order, state=UnitIdentity.State.APPLIED
    ).update(state=UnitIdentity.State.RELEASED)
    facts.append(
        "warehouse.dispatch.shipped", subject=f"dispatch:{order.pk}", data={"dispatch": order.pk}
    )
    return order


@transaction.atomic
def cancel_dispatch(order: DispatchOrder) -> DispatchOrder:
    """Withdraw an order that has not left: its units return to the owner's free stock.

    Raises:
        StepNotAllowed: the order is shipped or cancelled.
    """
    order = _step(order, "cancel")
    lines = _lines(order)
    if order.picked_at:
        _move(order, lines, MovementKind.UNPICK)
        UnitIdentity.objects.filter(dispatch_line__order=order).update(dispatch_line=None)
        Reservation.objects.filter(dispatch_line__order=order).update(
            state=RESERVATION_STEPS.next("picked", "unpick")
        )
    else:
        reserving.give_back([line.reservation for line in lines])
    return order


def _step(order: DispatchOrder, action: str, **stamps: object) -> DispatchOrder:
    """Take an order one step on; of two callers the database lets one."""
    current: DispatchOrder = DispatchOrder.objects.get(pk=order.pk)
    state = DISPATCH_STEPS.next(current.state, action)
    moved = DispatchOrder.objects.filter(pk=order.pk, state=current.state).update(
        state=state, **stamps
    )
    if not moved:
        raise StepNotAllowed(action=action, state=current.state, allowed="")
    current.refresh_from_db()
    return current


def _lines(order: DispatchOrder) -> list[DispatchLine]:
    return list(order.lines.select_related("reservation", "lot").order_by("lot_id", "pk"))


def _take_up(lines: Iterable[DispatchLine]) -> None:
    """Turn held promises into picked ones, so that the units are free to move."""
    reservations = [line.reservation for line in lines]
    taken = Reservation.objects.filter(
        pk__in=[row.pk for row in reservations], state=Reservation.State.HELD
    ).update(state=Reservation.State.PICKED)
    if taken != len(reservations):
        raise NotYoursToDispatch(asked=len(reservations), found=taken)
    for row in reservations:
        reserving.free(row)


_WAYS = {
    MovementKind.PICK: (Place.BONDED, Place.PACKED),
    MovementKind.UNPICK: (Place.PACKED, Place.BONDED),
    MovementKind.SHIP: (Place.PACKED, Place.CONSUMER),
}


def _move(order: DispatchOrder, lines: Iterable[DispatchLine], kind: MovementKind) -> None:
    source, target = _WAYS[kind]
    moving.record(
        moving.Move(
            kind=kind,
            lot_id=line.lot_id,
            units=line.units,
            source=moving.Spot(order.importer_id, source),
            target=moving.Spot(order.importer_id, target),
            request_key=f"{kind}:{line.pk}",
            reference=order.reference,
        )
        for line in lines
    )


def _scan(lines: Sequence[DispatchLine], code_hmacs: Sequence[bytes]) -> dict[int, list[int]]:
    """Ids of the scanned units by dispatch line. One query."""
    found = list(
        UnitIdentity.objects.select_for_update(of=("self",))
        .filter(code_hmac__in=set(code_hmacs), lot_id__in=[line.lot_id for line in lines])
        .order_by("pk")
    )
    if len(found) != len(code_hmacs):
        raise CodeUnknown(scanned=len(code_hmacs), unknown=len(code_hmacs) - len(found))
    by_lot: dict[int, list[int]] = defaultdict(list)
    for unit in found:
        if unit.state != UnitIdentity.State.APPLIED or unit.dispatch_line_id is not None:
            raise CodeUsed(unit=unit.pk, state=unit.state)
        by_lot[unit.lot_id].append(unit.pk)
    return _deal(lines, by_lot)


def _deal(lines: Sequence[DispatchLine], by_lot: dict[int, list[int]]) -> dict[int, list[int]]:
    """Scanned units dealt to the lines of their lot, all of them or none."""
    sent: dict[int, int] = defaultdict(int)
    for line in lines:
        sent[line.lot_id] += line.units
    for lot_id, units in by_lot.items():
        if len(units) != sent[lot_id]:
            number = next(line.lot.number for line in lines if line.lot_id == lot_id)
            raise CodesDoNotMatch(scanned=len(units), lot=number, units=sent[lot_id])
    dealt: dict[int, list[int]] = {}
    for line in lines:
        waiting = by_lot[line.lot_id]
        dealt[line.pk], by_lot[line.lot_id] = waiting[: line.units], waiting[line.units :]
    return dealt
