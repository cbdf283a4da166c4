"""Dispatch orders: what is to be picked and shipped, and withdrawing it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from core import clock, numbering
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


def dispatch(importer: Party, reference: str, reservations: Sequence[Reservation]) -> DispatchOrder:
    """Order reserved units to be picked and shipped as one parcel.

    The same reference again, also at the same moment, returns the first order and writes nothing.

    Raises:
        NotYoursToDispatch: a reservation is not held for the importer, or is already dispatched.
        SameReferenceOtherGoods: the reference stands for another parcel.
    """
    wanted = {row.pk for row in reservations}
    try:
        return _dispatch_once(importer, reference, wanted)
    except IntegrityError:
        return _dispatch_once(importer, reference, wanted)


@transaction.atomic
def _dispatch_once(importer: Party, reference: str, wanted: set[int]) -> DispatchOrder:
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
        .filter(pk__in=wanted, dispatch_line__isnull=True, lien__isnull=True)
    )
    found = list(rows.order_by("pk"))
    if not found or len(found) != len(wanted):
        raise NotYoursToDispatch(asked=len(wanted), found=len(found))
    return found


@transaction.atomic
def cancel_dispatch(order: DispatchOrder) -> DispatchOrder:
    """Withdraw an order that has not left: its units return to the owner's free stock.

    Raises:
        StepNotAllowed: the order is shipped or cancelled.
    """
    order = step_all([order], "cancel")[0]
    lines = lines_of([order])
    if order.picked_at:
        move_all(lines, MovementKind.UNPICK)
        UnitIdentity.objects.filter(dispatch_line__order=order).update(dispatch_line=None)
        Reservation.objects.filter(dispatch_line__order=order).update(
            state=RESERVATION_STEPS.next("picked", "unpick")
        )
    else:
        reserving.give_back([line.reservation for line in lines])
    return order


def step_all(orders: Sequence[DispatchOrder], action: str, **stamps: object) -> list[DispatchOrder]:
    """Take orders one step on, all or none; of two callers the database lets one."""
    wanted = DispatchOrder.objects.filter(pk__in=[order.pk for order in orders])
    by_state: dict[str, list[int]] = defaultdict(list)
    for pk, state in wanted.order_by("pk").values_list("pk", "state"):
        by_state[state].append(pk)
    for state, ids in by_state.items():
        after = DISPATCH_STEPS.next(state, action)
        moved = DispatchOrder.objects.filter(pk__in=ids, state=state)
        if moved.update(state=after, **stamps) != len(ids):
            raise StepNotAllowed(action=action, state=state, allowed="")
    return list(wanted.order_by("pk"))


def lines_of(orders: Sequence[DispatchOrder]) -> list[DispatchLine]:
    """The lines of orders with lot and reservation, in the order in which stock is locked."""
    rows = DispatchLine.objects.filter(order__in=[order.pk for order in orders])
    return list(rows.select_related("order", "reservation", "lot").order_by("lot_id", "pk"))


_WAYS = {
    MovementKind.PICK: (Place.BONDED, Place.PACKED),
    MovementKind.UNPICK: (Place.PACKED, Place.BONDED),
    MovementKind.SHIP: (Place.PACKED, Place.CONSUMER),
}


def move_all(lines: Iterable[DispatchLine], kind: MovementKind) -> None:
    """Move the units of lines one place on, or back."""
    source, target = _WAYS[kind]
    moving.record(
        moving.Move(
            kind=kind,
            lot_id=line.lot_id,
            units=line.units,
            source=moving.Spot(line.order.importer_id, source),
            target=moving.Spot(line.order.importer_id, target),
            request_key=f"{kind}:{line.pk}",
            reference=line.order.reference,
        )
        for line in lines
    )
