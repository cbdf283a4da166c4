"""Putting away, moving in the house, and taking down before units leave."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from django.db import transaction
from django.db.models import Max

from core import clock, facts, numbering, tenancy
from core.domain.errors import Refusal
from core.models import Pool
from warehouse.domain.labels import sscc
from warehouse.domain.stock import INSIDE, Place
from warehouse.domain.stowing import (
    NotInThere,
    NotOnTheFloor,
    NoUnitsToStow,
    Stowed,
    TakeDown,
    take_downs,
)
from warehouse.models import Holding, Location, Lot, LotAtPlace, Stowage, StowMove, Warehouse, Zone

FLOOR = "floor"


class WrongZone(Refusal):
    """Raised when units are carried into a zone that is not for them."""

    code = "wrong-zone"
    reason = "{location} is for other goods: its zone is “{place}”, trade measures {apart}."
    remedy = "Choose a location of the zone in which the books have these units."


class LocationFull(Refusal):
    """Raised when units do not fit into what is left of a location."""

    code = "location-full"
    reason = "{location} has room for {room} more cm³; the units take {needed}."
    remedy = "Put away fewer units here and the rest elsewhere."


class SameKeyOtherMove(Refusal):
    """Raised when a key stands for another move in the house."""

    code = "same-key-other-move"
    reason = "The key “{key}” stands for another move of goods in the house."
    remedy = "Send a new key with a new move."


@dataclass(frozen=True)
class Leaving:
    """Units of a lot that are about to leave an owner's holding at a place."""

    lot_id: int
    owner_id: int
    place: Place
    units: int


def open_warehouse(pool: Pool, code: str, name: str) -> Warehouse:
    """A building of the pool, with zones for each place of the books; opened once per code.

    Goods under trade measures have a zone of their own at each place.
    """
    house, _ = Warehouse.objects.get_or_create(code=code, defaults={"pool": pool, "name": name})
    for place in sorted(INSIDE):
        for end, is_apart in (("", False), ("-TM", True)):
            Zone.objects.get_or_create(
                warehouse=house,
                code=f"{place.value.upper()}{end}",
                defaults={"place": place, "is_trade_measure": is_apart},
            )
    return house


def add_shelves(zone: Zone, codes: Iterable[str], *, room_cm3: int | None = None) -> int:
    """Enter shelves in the order in which pickers pass them; known codes stay. How many are new."""
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    known = set(Location.objects.filter(code__in=wanted).values_list("code", flat=True))
    last = Location.objects.filter(zone=zone).aggregate(last=Max("walk"))["last"] or 0
    fresh = [code for code in wanted if code not in known]
    made = Location.objects.bulk_create(
        Location(zone=zone, code=code[:32], walk=last + number, room_cm3=room_cm3)
        for number, code in enumerate(fresh, start=1)
    )
    return len(made)


def new_pallet(zone: Zone, *, company_prefix: str, stands_in: Location | None = None) -> Location:
    """A pallet with the next SSCC, in a shelf of the zone or on its floor."""
    with transaction.atomic():
        number = numbering.next_number("SSCC", clock.today().year)
        serial = int(number.rpartition("-")[2])
        return Location.objects.create(
            zone=zone,
            kind=Location.Kind.PALLET,
            code=sscc(0, company_prefix, serial),
            stands_in=stands_in,
        )


@transaction.atomic
def stow(
    lot: Lot,
    units: int,
    *,
    source: Location | None = None,
    target: Location | None = None,
    request_key: str,
    reference: str = "",
) -> StowMove:
    """Carry units of a lot from a location to another; the floor where none is named.

    Owners and the account book do not move. The same key again returns the first move.

    Raises:
        NoUnitsToStow: fewer than one unit.
        NotOnTheFloor, NotInThere: fewer units lie where they are to be taken from.
        WrongZone: the target is for other goods.
        LocationFull: they do not fit in.
        SameKeyOtherMove: the key stands for another move.
    """
    if units < 1:
        raise NoUnitsToStow(asked=units)
    wanted = (lot.pk, units, source.pk if source else None, target.pk if target else None)
    earlier = StowMove.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return _refuse_if_different(earlier, wanted)
    _check_zones(lot, source, target)
    total = _locked_total(lot, (source or target).zone.place)  # type: ignore[union-attr]
    if source is None:
        _check_floor(lot, total, units)
    else:
        _check_source(lot, source, units)
    if target is not None:
        _check_room(lot, target, units)
    return _written(lot.pk, units, source, target, request_key, reference)


def _refuse_if_different(
    earlier: StowMove, wanted: tuple[int, int, int | None, int | None]
) -> StowMove:
    made = (earlier.lot_id, earlier.units, earlier.from_location_id, earlier.to_location_id)
    if made != wanted:
        raise SameKeyOtherMove(key=earlier.request_key)
    return earlier


def _check_zones(lot: Lot, source: Location | None, target: Location | None) -> None:
    if target is None:
        return
    zone = target.zone
    is_mixed = zone.is_trade_measure != lot.is_trade_measure
    if is_mixed or (source is not None and source.zone.place != zone.place):
        apart = "apart" if zone.is_trade_measure else "excluded"
        raise WrongZone(location=target.code, place=zone.place, apart=apart)


def _locked_total(lot: Lot, place: str) -> LotAtPlace | None:
    rows = LotAtPlace.objects.select_for_update().filter(lot=lot, place=place)
    return rows.first()


def _check_floor(lot: Lot, total: LotAtPlace | None, units: int) -> None:
    waiting = total.waiting_units if total else 0
    if units > waiting:
        raise NotOnTheFloor(waiting=waiting, lot=lot.number, asked=units)


def _check_source(lot: Lot, source: Location, units: int) -> None:
    row = Stowage.objects.filter(lot=lot, location=source).first()
    lying = row.units if row else 0
    if units > lying:
        raise NotInThere(units=lying, lot=lot.number, location=source.code, asked=units)


def _check_room(lot: Lot, target: Location, units: int) -> None:
    if target.room_cm3 is None:
        return
    lying = Stowage.objects.filter(location=target).select_related("lot__product")
    taken = sum(row.units * row.lot.product.volume_cm3 for row in lying)
    needed = units * lot.product.volume_cm3
    if taken + needed > target.room_cm3:
        room = max(target.room_cm3 - taken, 0)
        raise LocationFull(location=target.code, room=room, needed=needed)


def _written(
    lot_id: int,
    units: int,
    source: Location | None,
    target: Location | None,
    request_key: str,
    reference: str,
) -> StowMove:
    made: StowMove = StowMove.objects.create(
        lot_id=lot_id,
        units=units,
        from_location=source,
        to_location=target,
        reference=reference,
        request_key=request_key,
        made_at=clock.now(),
        actor=tenancy.actor(),
    )
    ends = (("unloaded", source), ("loaded", target))
    told = [_told(step, end.code, lot_id, units) for step, end in ends if _is_pallet(end)]
    if told:
        facts.append_many(told)
    return made


def _is_pallet(location: Location | None) -> TypeGuard[Location]:
    return location is not None and location.kind == Location.Kind.PALLET


def _told(step: str, pallet: str, lot_id: int, units: int) -> tuple[str, str, dict[str, Any]]:
    """What the log is told of units put on a pallet or taken off it."""
    data = {"pallet": pallet, "lot": lot_id, "units": units}
    return f"warehouse.pallet.{step}", f"pallet:{pallet}", data


def move_pallet(pallet: Location, shelf: Location | None) -> Location:
    """Carry a pallet with all that is on it into a shelf of its zone's place, or to the floor.

    Raises:
        WrongZone: the shelf is of a zone for other goods.
    """
    if shelf is not None:
        here, there = pallet.zone, shelf.zone
        if (here.place, here.is_trade_measure) != (there.place, there.is_trade_measure):
            apart = "apart" if there.is_trade_measure else "excluded"
            raise WrongZone(location=shelf.code, place=there.place, apart=apart)
        Location.objects.filter(pk=pallet.pk).update(stands_in=shelf, zone=there, walk=shelf.walk)
    else:
        Location.objects.filter(pk=pallet.pk).update(stands_in=None)
    pallet.refresh_from_db()
    return pallet


def make_room(leaving: Iterable[Leaving], *, request_key: str) -> int:
    """Take down what must leave its shelf before a movement, nearest shelf first; units taken.

    One query where nothing of these lots is stowed. Holdings are locked before the totals, in the
    order in which movements lock them.
    """
    wanted = list(leaving)
    units: Counter[tuple[int, str]] = Counter()
    for each in wanted:
        units[each.lot_id, each.place] += each.units
    totals = LotAtPlace.objects.filter(
        lot_id__in=sorted({lot_id for lot_id, _ in units}), stowed_units__gt=0
    )
    if not wanted or not totals.exists():
        return 0
    _lock_holdings(wanted)
    locked = list(totals.select_for_update().order_by("pk"))
    waiting = {(row.lot_id, row.place): row.waiting_units for row in locked}
    downs = take_downs(
        {spot: count for spot, count in units.items() if spot in waiting},
        waiting,
        _stowed(sorted({row.lot_id for row in locked})),
    )
    StowMove.objects.bulk_create(
        StowMove(
            lot_id=down.lot_id,
            units=down.units,
            from_location_id=down.location_id,
            reference=request_key[:80],
            request_key=f"down:{down.lot_id}:{down.location_id}:{request_key}"[:160],
            made_at=clock.now(),
            actor=tenancy.actor(),
        )
        for down in downs
    )
    _tell_taken_down(downs)
    return sum(down.units for down in downs)


def _tell_taken_down(downs: Sequence[TakeDown]) -> None:
    """Tell of units that left a pallet. One query, and one more where any did."""
    rows = Location.objects.filter(
        pk__in={down.location_id for down in downs}, kind=Location.Kind.PALLET
    )
    pallets = dict(rows.values_list("pk", "code"))
    told = [
        _told("unloaded", pallets[down.location_id], down.lot_id, down.units)
        for down in downs
        if down.location_id in pallets
    ]
    if told:
        facts.append_many(told)


def _lock_holdings(leaving: Iterable[Leaving]) -> None:
    rows = Holding.objects.select_for_update().filter(
        lot_id__in={each.lot_id for each in leaving},
        owner_id__in={each.owner_id for each in leaving},
    )
    list(rows.order_by("pk").values_list("pk"))


def _stowed(lot_ids: list[int]) -> list[Stowed]:
    rows = Stowage.objects.filter(lot_id__in=lot_ids, units__gt=0).order_by("pk")
    return [
        Stowed(*row)
        for row in rows.values_list(
            "lot_id", "location__zone__place", "location_id", "units", "location__walk"
        )
    ]
