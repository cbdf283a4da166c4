"""Where in the house units lie: taking them down before they leave, nearest shelf first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.errors import Refusal

Spot = tuple[int, str]
"""A lot at a place of the books (bonded, quarantine, packed)."""


class NotOnTheFloor(Refusal):
    """Raised when more units are to be put away than wait on the floor."""

    code = "not-on-the-floor"
    reason = "{waiting} units of lot {lot} wait to be put away; {asked} were to be stowed."
    remedy = "Put away {waiting} units or fewer; scan the shelf from which further ones come."


class NotInThere(Refusal):
    """Raised when more units are to be taken from a location than lie in it."""

    code = "not-in-there"
    reason = "{units} units of lot {lot} lie in {location}; {asked} were to be taken."
    remedy = "Take {units} or fewer, or have the location counted."


class NoUnitsToStow(Refusal):
    """Raised when a move in the house names no units, or fewer than none."""

    code = "no-units-to-stow"
    reason = "A move of {asked} units is not a move."
    remedy = "Move one unit or more."


@dataclass(frozen=True)
class Stowed:
    """Units of a lot in one location."""

    lot_id: int
    place: str
    location_id: int
    units: int
    walk: int


@dataclass(frozen=True)
class TakeDown:
    """Units of a lot to be taken from a location to the floor."""

    lot_id: int
    location_id: int
    units: int


def take_downs(
    leaving: Mapping[Spot, int], waiting: Mapping[Spot, int], stowed: Iterable[Stowed]
) -> list[TakeDown]:
    """What must come down so that ``leaving`` units can go: the floor first, then by the walk.

    ``waiting`` are the units on the floor. What is not in the house at all is left to the
    movement itself, which is then refused.
    """
    missing = {spot: units - waiting.get(spot, 0) for spot, units in leaving.items()}
    found = []
    for row in sorted(stowed, key=lambda row: (row.walk, row.location_id, row.lot_id)):
        spot = (row.lot_id, row.place)
        units = min(row.units, missing.get(spot, 0))
        if units > 0:
            found.append(TakeDown(row.lot_id, row.location_id, units))
            missing[spot] -= units
    return found
