"""Picking and shipping: parcel by parcel, or a wave of parcels at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from core import clock, facts
from core.domain.errors import Refusal
from warehouse.domain.stock import MovementKind
from warehouse.models import DispatchLine, DispatchOrder, Reservation, UnitIdentity
from warehouse.services import reserving
from warehouse.services.dispatching import NotYoursToDispatch, lines_of, move_all, step_all

UNITS_AT_ONCE = 500


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


def pick(order: DispatchOrder, code_hmacs: Sequence[bytes] = ()) -> DispatchOrder:
    """Take an open order's units from the shelves and pack them, binding the scanned units.

    ``code_hmacs`` are the keyed hashes of the codes scanned on the units: all units of a lot or
    none. A unit that is recalled, void or already packed stops the parcel.

    Raises:
        StepNotAllowed: the order is not open.
        CodeUnknown, CodeUsed, CodesDoNotMatch: a scan does not fit; nothing is picked.
    """
    return pick_many([order], {order.pk: code_hmacs})[0]


@transaction.atomic
def pick_many(
    orders: Sequence[DispatchOrder], scans: Mapping[int, Sequence[bytes]]
) -> list[DispatchOrder]:
    """Pick a wave of some 500 orders at most, all or none; ``scans`` are the codes by order id.

    The number of queries follows the owners and lots in the wave, not its parcels.

    Raises:
        StepNotAllowed, CodeUnknown, CodeUsed, CodesDoNotMatch: as for one; nothing is picked.
    """
    picked = step_all(orders, "pick", picked_at=clock.now())
    lines = lines_of(picked)
    bound = _scanned(lines, scans)
    _take_up(lines)
    move_all(lines, MovementKind.PICK)
    units = [unit for line_units in bound.values() for unit in line_units]
    UnitIdentity.objects.bulk_update(units, ["dispatch_line"], batch_size=UNITS_AT_ONCE)
    facts.append_many([_picked(line, bound[line.pk]) for line in lines])
    return picked


def ship(order: DispatchOrder) -> DispatchOrder:
    """Hand a picked order to the carrier: its units have left for the consumer.

    Raises:
        StepNotAllowed: the order is not picked.
        CodeUsed: a unit in the parcel was recalled meanwhile; nothing is shipped.
    """
    return ship_many([order])[0]


@transaction.atomic
def ship_many(orders: Sequence[DispatchOrder]) -> list[DispatchOrder]:
    """Ship a wave of some 500 picked orders at most, all or none; the number of queries is fixed.

    Raises:
        StepNotAllowed, CodeUsed: as for one; nothing is shipped.
    """
    shipped = step_all(orders, "ship", shipped_at=clock.now())
    ids = [order.pk for order in shipped]
    units = UnitIdentity.objects.filter(dispatch_line__order__in=ids)
    stopped = units.exclude(state=UnitIdentity.State.APPLIED).order_by("pk").first()
    if stopped is not None:
        raise CodeUsed(unit=stopped.pk, state=stopped.state)
    move_all(lines_of(shipped), MovementKind.SHIP)
    units.update(state=UnitIdentity.State.RELEASED)
    facts.append_many([_shipped(order) for order in shipped])
    return shipped


def _shipped(order: DispatchOrder) -> tuple[str, str, dict[str, object]]:
    data = {"importer": order.importer_id, "dispatch": order.pk, "reference": order.reference}
    return ("warehouse.dispatch.shipped", f"dispatch:{order.pk}", data)


def _picked(
    line: DispatchLine, units: Iterable[UnitIdentity]
) -> tuple[str, str, dict[str, object]]:
    data = {
        "importer": line.order.importer_id,
        "dispatch": line.order_id,
        "lot": line.lot_id,
        "units": line.units,
        "identities": [unit.pk for unit in units],
    }
    return ("warehouse.dispatch.picked", f"dispatch:{line.order_id}", data)


def _take_up(lines: Iterable[DispatchLine]) -> None:
    """Turn held promises into picked ones, so that the units are free to move."""
    reservations = [line.reservation for line in lines]
    taken = Reservation.objects.filter(
        pk__in=[row.pk for row in reservations], state=Reservation.State.HELD
    ).update(state=Reservation.State.PICKED)
    if taken != len(reservations):
        raise NotYoursToDispatch(asked=len(reservations), found=taken)
    reserving.free(reservations)


def _scanned(
    lines: Sequence[DispatchLine], scans: Mapping[int, Sequence[bytes]]
) -> dict[int, list[UnitIdentity]]:
    """The scanned units by dispatch line, each pointing to it. One query."""
    wanted = {code for codes in scans.values() for code in codes}
    rows = UnitIdentity.objects.select_for_update().filter(code_hmac__in=wanted).order_by("pk")
    known = {bytes(unit.code_hmac): unit for unit in rows}
    by_order: dict[int, list[DispatchLine]] = defaultdict(list)
    for line in lines:
        by_order[line.order_id].append(line)
    bound: dict[int, list[UnitIdentity]] = {}
    for order_id, order_lines in sorted(by_order.items()):
        codes = scans.get(order_id, ())
        lots = {line.lot_id for line in order_lines}
        units = {code: known[code] for code in codes if code in known}
        fitting = [unit for unit in units.values() if unit.lot_id in lots]
        if len(fitting) != len(codes):
            raise CodeUnknown(scanned=len(codes), unknown=len(codes) - len(fitting))
        bound.update(_dealt(order_lines, fitting))
    return bound


def _dealt(
    lines: Sequence[DispatchLine], units: Iterable[UnitIdentity]
) -> dict[int, list[UnitIdentity]]:
    """Scanned units dealt to an order's lines of their lot, all units of a lot or none."""
    by_lot: dict[int, list[UnitIdentity]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: unit.pk):
        if unit.state != UnitIdentity.State.APPLIED or unit.dispatch_line_id is not None:
            raise CodeUsed(unit=unit.pk, state=unit.state)
        by_lot[unit.lot_id].append(unit)
    for lot_id, scanned in by_lot.items():
        sent = sum(line.units for line in lines if line.lot_id == lot_id)
        if len(scanned) != sent:
            number = next(line.lot.number for line in lines if line.lot_id == lot_id)
            raise CodesDoNotMatch(scanned=len(scanned), lot=number, units=sent)
    dealt: dict[int, list[UnitIdentity]] = {}
    for line in lines:
        waiting = by_lot[line.lot_id]
        dealt[line.pk], by_lot[line.lot_id] = waiting[: line.units], waiting[line.units :]
        for unit in dealt[line.pk]:
            unit.dispatch_line = line
    return dealt
