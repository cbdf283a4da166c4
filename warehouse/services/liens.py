"""Liens on stock: set and lifted under four eyes, or by the facts about late money."""

from datetime import timedelta
from math import ceil

from django.db import transaction
from django.db.models import F

from core import clock, facts, numbering
from core.models import Party, User
from warehouse.domain.liens import LIEN_STEPS, HeldForLateMoney, SamePersonDecides
from warehouse.domain.papers import NotEnoughInPlace
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import Arrears, Holding, Lien, Lot, Movement, Reservation
from warehouse.services import moving, pricing, recalling, reserving, transferring

WITHOUT_END = timedelta(days=36_500)


@transaction.atomic
def ask_lien(
    importer: Party, lot: Lot, units: int, *, holder: str, reference: str, by: User
) -> Lien:
    """Ask that free units of an importer's lot be kept for somebody; nothing is held yet.

    Raises:
        NotEnoughInPlace: fewer units are free.
    """
    _refuse_if_scarce(importer.pk, lot, units)
    made: Lien = Lien.objects.create(
        number=numbering.next_number("LN", clock.today().year),
        importer_id=importer.pk,
        pool=transferring.pool_of(lot),
        lot=lot,
        units=units,
        cause=Lien.Cause.PLEDGE,
        holder=holder,
        reference=reference,
        state=Lien.State.ASKED,
        asked_by=by,
        asked_on=clock.today(),
    )
    _tell(made)
    return made


def _refuse_if_scarce(importer_id: int, lot: Lot, units: int) -> None:
    held = Holding.objects.filter(lot=lot, owner_id=importer_id, place=Place.BONDED).first()
    free = held.units - held.reserved_units if held else 0
    if not 1 <= units <= free:
        raise NotEnoughInPlace(lot=lot.number, free=free, asked=units)


@transaction.atomic
def step_lien(lien: Lien, action: str, *, by: User) -> Lien:
    """Set, decline, ask to lift, lift or keep a pledge; what is decided, a second person decides.

    Raises:
        SamePersonDecides, HeldForLateMoney, StepNotAllowed: nothing changed.
        NotEnoughInPlace: the units are not free any more.
    """
    current: Lien = Lien.objects.select_for_update(of=("self",)).get(pk=lien.pk)
    if current.cause == Lien.Cause.ARREARS:
        raise HeldForLateMoney(number=current.number)
    before, current.state = current.state, LIEN_STEPS.next(current.state, action)
    asker = current.asked_by_id if before == Lien.State.ASKED else current.lift_asked_by_id
    if action in ("set", "lift") and asker == by.pk:
        raise SamePersonDecides(number=current.number)
    if action == "set":
        current.set_by, current.set_on = by, clock.today()
        _hold(current)
    elif action == "ask_lift":
        current.lift_asked_by = by
    elif action == "keep":
        current.lift_asked_by = None
    elif action == "lift":
        current.lifted_by = by
    _keep(current)
    return current


def _keep(lien: Lien) -> None:
    """Write a lien down; one that is lifted gives its units back, never before."""
    if lien.state == Lien.State.LIFTED:
        lien.lifted_on = clock.today()
    lien.save()
    _tell(lien)
    if lien.state == Lien.State.LIFTED and lien.reservation is not None:
        reserving.give_back([lien.reservation])
        _follow_recall(lien)


def _follow_recall(lien: Lien) -> None:
    """Units that came free of a lot which was recalled meanwhile go to quarantine at once."""
    recalls = Movement.objects.filter(
        lot=lien.lot_id, kind=MovementKind.QUARANTINE, reference__startswith="recall:"
    )
    reference = recalls.order_by("-pk").values_list("reference", flat=True).first()
    if reference:
        recalling.block_lots([lien.lot], reference=reference)


def _hold(lien: Lien) -> None:
    _refuse_if_scarce(lien.importer_id, lien.lot, lien.units)
    reserving.grip(lien.importer_id, lien.lot_id, lien.units)
    lien.reservation = Reservation.objects.create(
        importer_id=lien.importer_id,
        lot_id=lien.lot_id,
        units=lien.units,
        expires_at=clock.later(WITHOUT_END),
        request_key=f"lien:{lien.number}",
        part=0,
    )


@transaction.atomic
def settle_arrears(importer_id: int, pool_id: int) -> None:
    """Hold units for what an importer is late with in a pool, and let go what it has paid."""
    owed = Arrears.objects.filter(importer=importer_id, pool=pool_id).order_by("pk")
    if not owed.filter(is_late=True).exists():
        _let_go(importer_id, pool_id)
    for late in owed.filter(is_late=True):
        _hold_for(importer_id, pool_id, missing_minor=late.missing_minor, about=late.about)


def _hold_for(importer_id: int, pool_id: int, *, missing_minor: int, about: str) -> int:
    """Hold free units worth what an importer is late with, at cost; the units held.

    What keeps longest is held, so that what must be sold soon may be. The same request again
    holds nothing more.
    """
    mine = Lien.objects.filter(importer_id=importer_id, cause=Lien.Cause.ARREARS, reference=about)
    if mine.exists():
        return 0
    shelves = Holding.objects.select_for_update(of=("self",)).filter(
        owner_id=importer_id,
        place=Place.BONDED,
        units__gt=F("reserved_units"),
        lot__receipt_line__receipt__consignment__pool=pool_id,
    )
    rows = list(shelves.select_related("lot__product", "lot__receipt_line__receipt").order_by("pk"))
    basis = pricing.basis_of([row.lot for row in rows], on=clock.today())
    held, left = 0, missing_minor
    for row in sorted(rows, key=_keeps_longest):
        cost = basis[row.lot_id].landed
        free = row.units - row.reserved_units
        units = min(free, ceil(left / cost)) if cost else free
        if units > 0:
            _hold_late(row, units, about)
            held, left = held + units, left - int(units * cost)
        if left <= 0:
            break
    return held


def _keeps_longest(row: Holding) -> tuple[bool, int, int]:
    expires = row.lot.expires_on
    return expires is not None, -expires.toordinal() if expires else 0, row.pk


def _hold_late(row: Holding, units: int, about: str) -> None:
    lien = Lien(
        number=numbering.next_number("LN", clock.today().year),
        importer_id=row.owner_id,
        pool=transferring.pool_of(row.lot),
        lot=row.lot,
        units=units,
        cause=Lien.Cause.ARREARS,
        reference=about,
        state=Lien.State.SET,
        asked_on=clock.today(),
        set_on=clock.today(),
    )
    _hold(lien)
    lien.save()
    _tell(lien)


def _let_go(importer_id: int, pool_id: int) -> int:
    """Give back what was held for an importer's late money in a pool; the units given back."""
    held = Lien.objects.select_for_update(of=("self",)).filter(
        importer_id=importer_id, pool=pool_id, cause=Lien.Cause.ARREARS, state=Lien.State.SET
    )
    rows = list(held.select_related("reservation", "lot").order_by("pk"))
    moving.lock((row.lot_id, row.importer_id) for row in rows)
    for row in rows:
        row.state = Lien.State.LIFTED
        _keep(row)
    return sum(row.units for row in rows)


def _tell(lien: Lien) -> None:
    data = {
        "lien": lien.pk,
        "importer": lien.importer_id,
        "lot": lien.lot_id,
        "units": lien.units,
        "cause": str(lien.cause),
        "state": str(lien.state),
    }
    facts.append("warehouse.lien.changed", subject=f"lot:{lien.lot_id}", data=data)
