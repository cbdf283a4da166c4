"""Places where units are, and the movements that may take them from one to another."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.transitions import StateTable


class RouteNotAllowed(Refusal):
    """Raised when a movement's kind does not lead from the one place to the other."""

    code = "route-not-allowed"
    reason = "“{kind}” does not lead from {from_place} to {to_place}."
    remedy = "Choose the kind of movement that fits both places."


class OwnerMayNotChange(Refusal):
    """Raised when a movement that keeps the owner names two owners, or the reverse."""

    code = "owner-may-not-change"
    reason = "“{kind}” from one owner to the other is not possible."
    remedy = "Transfer the ownership first, in a movement of its own."


class Place(StrEnum):
    """Where units are. Only quarantine, bonded and packed are inside the warehouse.

    Missing is where a count puts what it did not find, and takes from what it found: like the
    supplier's, its balance may run below zero.
    """

    SUPPLIER = "supplier"
    QUARANTINE = "quarantine"
    BONDED = "bonded"
    PACKED = "packed"
    CONSUMER = "consumer"
    DESTROYED = "destroyed"
    MISSING = "missing"
    ABROAD = "abroad"
    SAMPLED = "sampled"
    OTHER_ZONE = "other_zone"


INSIDE: frozenset[Place] = frozenset({Place.QUARANTINE, Place.BONDED, Place.PACKED})
OUTSIDE: frozenset[Place] = frozenset(Place) - INSIDE
BOTTOMLESS: frozenset[Place] = frozenset({Place.SUPPLIER, Place.MISSING})
"""Places whose balance may run below zero."""


class MovementKind(StrEnum):
    """Why units move."""

    RECEIVE = "receive"
    ALLOCATE = "allocate"
    TRANSFER = "transfer"
    QUARANTINE = "quarantine"
    CLEAR = "clear"
    PICK = "pick"
    UNPICK = "unpick"
    SHIP = "ship"
    DESTROY = "destroy"
    MISS = "miss"
    FIND = "find"
    RETURN = "return"
    SEND_ABROAD = "send_abroad"
    SAMPLE = "sample"
    LEAVE_ZONE = "leave_zone"


@dataclass(frozen=True)
class Route:
    """One way that a kind of movement may take."""

    from_place: Place
    to_place: Place
    changes_owner: bool = False


ROUTES: dict[MovementKind, tuple[Route, ...]] = {
    MovementKind.RECEIVE: (
        Route(Place.SUPPLIER, Place.BONDED, changes_owner=True),
        Route(Place.SUPPLIER, Place.QUARANTINE, changes_owner=True),
    ),
    MovementKind.ALLOCATE: (Route(Place.BONDED, Place.BONDED, changes_owner=True),),
    MovementKind.TRANSFER: (
        Route(Place.BONDED, Place.BONDED, changes_owner=True),
        Route(Place.QUARANTINE, Place.QUARANTINE, changes_owner=True),
    ),
    MovementKind.QUARANTINE: (Route(Place.BONDED, Place.QUARANTINE),),
    MovementKind.CLEAR: (Route(Place.QUARANTINE, Place.BONDED),),
    MovementKind.PICK: (Route(Place.BONDED, Place.PACKED),),
    MovementKind.UNPICK: (Route(Place.PACKED, Place.BONDED),),
    MovementKind.SHIP: (Route(Place.PACKED, Place.CONSUMER),),
    MovementKind.DESTROY: (Route(Place.QUARANTINE, Place.DESTROYED),),
    MovementKind.MISS: (Route(Place.BONDED, Place.MISSING),),
    MovementKind.FIND: (Route(Place.MISSING, Place.BONDED),),
    MovementKind.RETURN: (Route(Place.CONSUMER, Place.QUARANTINE),),
    MovementKind.SEND_ABROAD: (Route(Place.QUARANTINE, Place.ABROAD),),
    MovementKind.SAMPLE: (Route(Place.QUARANTINE, Place.SAMPLED),),
    MovementKind.LEAVE_ZONE: (Route(Place.QUARANTINE, Place.OTHER_ZONE),),
}

RESERVATION_STEPS = StateTable(
    {"held": {"pick": "picked", "release": "released"}, "picked": {"unpick": "released"}}
)
DISPATCH_STEPS = StateTable(
    {
        "open": {"pick": "picked", "cancel": "cancelled"},
        "picked": {"ship": "shipped", "cancel": "cancelled"},
    }
)
IDENTITY_STEPS = StateTable(
    {
        "issued": {"apply": "applied", "void": "void", "recall": "recalled"},
        "applied": {"release": "released", "void": "void", "recall": "recalled"},
        "released": {"recall": "recalled", "void": "void"},
    }
)


def check_route(
    kind: MovementKind, from_place: Place, to_place: Place, *, owner_changes: bool
) -> None:
    """Refuse a movement whose places or owners do not fit its kind.

    Raises:
        RouteNotAllowed: the kind does not lead from the one place to the other.
        OwnerMayNotChange: the kind keeps the owner and two are named, or the reverse.
    """
    for route in ROUTES[kind]:
        if (route.from_place, route.to_place) == (from_place, to_place):
            if route.changes_owner != owner_changes:
                raise OwnerMayNotChange(kind=kind)
            return
    raise RouteNotAllowed(kind=kind, from_place=from_place, to_place=to_place)
