"""Writing movements: the one door through which units move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from core import clock, tenancy
from warehouse.domain.stock import INSIDE, MovementKind, Place, check_route
from warehouse.models import Holding, Movement
from warehouse.services import stowing


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
    """Write movements, all or none; holdings follow by trigger.

    What leaves its place is first taken down from its shelf. One query, whatever the number, and
    one more where units leave their place.

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
    _take_down(rows)
    return Movement.objects.bulk_create(rows)


def lock(pairs: Iterable[tuple[int, int]]) -> None:
    """Lock every holding of lots and owners, in primary-key order, before several are touched.

    ``pairs`` are lot and owner. One query on PostgreSQL, none on SQLite, which has one writer.
    """
    wanted = sorted(set(pairs))
    if not wanted or not connection.features.has_select_for_update:
        return
    either = Q()
    for lot_id, owner_id in wanted:
        either |= Q(lot_id=lot_id, owner_id=owner_id)
    list(Holding.objects.select_for_update(no_key=True).filter(either).order_by("pk").values("pk"))


def balance_of(lot_id: int, place: Place) -> int:
    """Units of a lot at a place, of all owners, as its holdings say now."""
    rows = Holding.objects.filter(lot_id=lot_id, place=place)
    return sum(rows.values_list("units", flat=True))


def _take_down(rows: list[Movement]) -> None:
    """Clear the shelves of what the movements carry out of its place; packed units have none."""
    leaving = [
        stowing.Leaving(row.lot_id, row.from_owner_id, Place(row.from_place), row.units)
        for row in rows
        if row.from_place in _SHELVED and row.to_place != row.from_place
    ]
    if leaving:
        stowing.make_room(leaving, request_key=rows[0].request_key)


_SHELVED = INSIDE - {Place.PACKED}
