"""Writing movements: the one door through which units move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core import clock, tenancy
from warehouse.domain.stock import MovementKind, Place, check_route
from warehouse.models import Movement


@dataclass(frozen=True)
class Spot:
    """An owner at a place."""

    owner_id: int
    place: Place


@dataclass(frozen=True)
class Move:
    """Units of a lot to be moved; ``request_key`` makes it happen once."""

    kind: MovementKind
    lot_id: int
    units: int
    source: Spot
    target: Spot
    request_key: str
    reference: str = ""


def record(moves: Iterable[Move], *, on: date | None = None) -> list[Movement]:
    """Write movements, all or none; holdings follow by trigger. One query, whatever the number.

    Raises:
        RouteNotAllowed, OwnerMayNotChange: a movement's places or owners do not fit its kind.
    """
    now = clock.now()
    actor = tenancy.actor()
    rows = []
    for move in moves:
        owner_changes = move.source.owner_id != move.target.owner_id
        check_route(move.kind, move.source.place, move.target.place, owner_changes=owner_changes)
        rows.append(
            Movement(
                lot_id=move.lot_id,
                units=move.units,
                from_owner_id=move.source.owner_id,
                from_place=move.source.place,
                to_owner_id=move.target.owner_id,
                to_place=move.target.place,
                kind=move.kind,
                reference=move.reference,
                request_key=move.request_key,
                moved_on=on or clock.today(),
                made_at=now,
                actor=actor,
            )
        )
    return Movement.objects.bulk_create(rows)
