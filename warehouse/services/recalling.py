"""Blocking recalled goods: off the shelves at once, and no coded unit leaves any more."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from warehouse.domain.stock import MovementKind, Place
from warehouse.models import Holding, Lot, Reservation, UnitIdentity
from warehouse.services import reserving
from warehouse.services.moving import Move, Spot, record


@dataclass(frozen=True)
class Blocked:
    """What a recall found: units put in quarantine, promises taken back, codes stopped."""

    units: int
    reservations: int
    identities: int


@transaction.atomic
def block_lots(lots: Iterable[Lot], *, reference: str) -> Blocked:
    """Put every unit of lots that is not in a dispatch in quarantine, and stop all their codes.

    Promises without a dispatch are taken back. The same reference again moves what came since.
    Units under a lien stay on the shelf, promised to nobody, and follow when it is lifted.
    Units in an open dispatch stay where they are: its parcel is cancelled by who declared it, and
    a coded unit cannot be picked any more.
    """
    lot_ids = sorted(lot.pk for lot in lots)
    held = Reservation.objects.filter(
        lot_id__in=lot_ids,
        state=Reservation.State.HELD,
        dispatch_line__isnull=True,
        lien__isnull=True,
    )
    freed = reserving.give_back(list(held.order_by("pk")))
    shelves = Holding.objects.select_for_update().filter(
        lot_id__in=lot_ids, place=Place.BONDED, units__gt=F("reserved_units")
    )
    moves = [_quarantined(holding, reference) for holding in shelves.order_by("pk")]
    record(moves)
    stopped = block_units(UnitIdentity.objects.filter(lot_id__in=lot_ids).values_list("pk"))
    return Blocked(sum(move.units for move in moves), freed, stopped)


@transaction.atomic
def block_units(identity_ids: Iterable[object]) -> int:
    """Stop coded units wherever they are; void ones stay void. How many are stopped anew."""
    ended = (UnitIdentity.State.VOID, UnitIdentity.State.RECALLED)
    units = UnitIdentity.objects.filter(Q(pk__in=identity_ids)).exclude(state__in=ended)
    return units.update(state=UnitIdentity.State.RECALLED)


def _quarantined(holding: Holding, reference: str) -> Move:
    return Move(
        kind=MovementKind.QUARANTINE,
        lot_id=holding.lot_id,
        units=holding.units - holding.reserved_units,
        source=Spot(holding.owner_id, Place.BONDED),
        target=Spot(holding.owner_id, Place.QUARANTINE),
        request_key=f"{reference}/{holding.lot_id}/{holding.owner_id}/{holding.last_movement_id}",
        reference=reference,
    )
