"""Counts: planned by class, entered blind, counted again by another, adjusted at their position."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Sum

from core import clock, facts, tenancy
from core.models import Pool
from warehouse.domain.counting import (
    COUNT_STEPS,
    INTERVAL_DAYS,
    CountNotOpen,
    Grade,
    Reason,
    SecondPersonNeeded,
    grades,
    share_find,
    share_loss,
)
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import CountEntry, CountTask, Holding, Lot, Movement
from warehouse.services import moving

LOOK_BACK = timedelta(days=180)
"""Over how long a lot's picks decide its class."""

DUE_WITHIN = timedelta(days=7)


@transaction.atomic
def plan_counts(pool: Pool, *, on: date | None = None) -> list[CountTask]:
    """Plan a count of every lot on the shelves whose class asks for one; those planned now.

    A lot in an open count is not planned again, so a rerun on the same day plans nothing.
    """
    today = on or clock.today()
    lots = _on_the_shelves(pool)
    classes = grades(_moved(lots, today))
    counted = _last_counted(lots)
    waiting = set(CountTask.objects.exclude(state="closed").values_list("lot_id", flat=True))
    due = [
        (lot_id, grade)
        for lot_id, grade in sorted(classes.items())
        if lot_id not in waiting and _is_due(counted.get(lot_id, lots[lot_id]), grade, today)
    ]
    return CountTask.objects.bulk_create(
        CountTask(
            pool=pool, lot_id=lot_id, grade=grade, planned_on=today, due_on=today + DUE_WITHIN
        )
        for lot_id, grade in due
    )


def plan_count(lot: Lot, *, on: date | None = None) -> CountTask:
    """Plan a count of one lot, outside of the plan; the open one if there is one."""
    today = on or clock.today()
    task, _ = CountTask.objects.exclude(state="closed").get_or_create(
        lot=lot,
        defaults={
            "pool": lot.receipt_line.receipt.consignment.pool,
            "grade": Grade.A,
            "planned_on": today,
            "due_on": today + DUE_WITHIN,
        },
    )
    return task


def _on_the_shelves(pool: Pool) -> dict[int, date]:
    """Lots that have units on the shelves, with the day of their receipt."""
    with tenancy.as_operator("plan counts"):
        rows = Holding.objects.filter(
            place=Place.BONDED, units__gt=0, lot__receipt_line__receipt__consignment__pool=pool
        )
        return dict(rows.values_list("lot_id", "lot__received_on"))


def _moved(lots: Mapping[int, date], today: date) -> dict[int, int]:
    moved: Counter[int] = Counter(dict.fromkeys(lots, 0))
    rows = Movement.objects.filter(
        kind=MovementKind.PICK, lot__in=lots, moved_on__gte=today - LOOK_BACK
    )
    for lot_id, units in rows.values_list("lot_id").annotate(Sum("units")).order_by():
        moved[lot_id] += units
    return dict(moved)


def _last_counted(lots: Mapping[int, date]) -> dict[int, date]:
    rows = CountTask.objects.filter(lot__in=lots, state="closed").values_list("lot_id")
    return dict(rows.annotate(Max("closed_on")).order_by())


def _is_due(last: date, grade: Grade, today: date) -> bool:
    return today >= last + timedelta(days=INTERVAL_DAYS[grade]) - DUE_WITHIN


@transaction.atomic
def enter_count(task: CountTask, units: int, *, request_key: str) -> CountEntry:
    """Enter what was counted, blind; the books' number at this very moment is kept beside it.

    Without a difference the count closes. The first difference asks for a recount by another
    person, the second for an approval. The same key again returns the first entry.

    Raises:
        SecondPersonNeeded: the same user counted this lot before; nothing was entered.
        CountNotOpen: nothing is to be counted.
    """
    earlier = CountEntry.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    current = CountTask.objects.select_for_update(of=("self",)).select_related("lot")
    task = current.get(pk=task.pk)
    if task.state not in (CountTask.State.PLANNED, CountTask.State.RECOUNT):
        raise CountNotOpen(lot=task.lot.number, state=task.state)
    before = list(task.entries.order_by("attempt"))
    actor = tenancy.actor()
    if actor != "system" and actor in {entry.counted_by for entry in before}:
        raise SecondPersonNeeded(lot=task.lot.number)
    book_units, position = _at_this_moment(task.lot_id)
    entry = CountEntry.objects.create(
        task=task,
        attempt=len(before) + 1,
        counted_units=units,
        book_units=book_units,
        position=position,
        counted_by=actor,
        counted_at=clock.now(),
        request_key=request_key,
    )
    task.state = COUNT_STEPS.next(task.state, "differ" if entry.difference else "agree")
    if task.state == CountTask.State.CLOSED:
        _close(task, 0, "")
    task.save()
    return entry


def _at_this_moment(lot_id: int) -> tuple[int, int]:
    """The lot's units on the shelves and its last movement, with every holding of it locked.

    A movement that has its number but not yet its holdings waits for the lock, so the number of
    units, not the number of the movement, is what later differences are reckoned from.
    """
    with tenancy.as_operator("the books' side of a count"):
        rows = Holding.objects.select_for_update().filter(lot_id=lot_id).order_by("pk")
        units = sum(row.units for row in rows if row.place == Place.BONDED)
    last = Movement.objects.filter(lot_id=lot_id).aggregate(last=Max("pk"))["last"]
    return units, last or 0


@transaction.atomic
def count_again(task: CountTask) -> CountTask:
    """Send a difference back to the shelves, to be counted once more by somebody else.

    Raises:
        CountNotOpen: there is no difference to look at.
    """
    task = _differing(task)
    task.state = COUNT_STEPS.next(task.state, "again")
    task.save()
    return task


@transaction.atomic
def approve_count(task: CountTask, reason: Reason) -> CountTask:
    """Put the books right by the last count's difference, whatever moved since; again: no change.

    Missing units leave their owners in proportion to what these hold, none of it promised; found
    ones return to those who lost some before, and the rest is the pool's.

    Raises:
        CountNotOpen: there is no difference to approve.
        PromisedUnitsMissing: too few units are free now; nothing was adjusted.
    """
    fresh = CountTask.objects.get(pk=task.pk)
    if fresh.state == CountTask.State.CLOSED and fresh.reason == reason:
        return fresh
    task = _differing(task)
    entry = task.entries.order_by("-attempt")[0]
    with tenancy.as_operator("put the books right after a count"):
        moving.record(_adjustments(task, entry.difference))
    task.state = COUNT_STEPS.next(task.state, "approve")
    _close(task, entry.difference, reason)
    task.save()
    return task


def _differing(task: CountTask) -> CountTask:
    rows = CountTask.objects.select_for_update(of=("self",)).select_related("lot", "pool")
    found = rows.get(pk=task.pk)
    if found.state != CountTask.State.COUNTED:
        raise CountNotOpen(lot=found.lot.number, state=found.state)
    return found


def _adjustments(task: CountTask, difference: int) -> list[moving.Move]:
    rows = Holding.objects.select_for_update().filter(lot_id=task.lot_id).order_by("pk")
    held = {row.owner_id: row for row in rows if row.place == Place.BONDED and row.units}
    lost = {row.owner_id: row.units for row in rows if row.place == Place.MISSING and row.units > 0}
    if difference < 0:
        units = {owner_id: row.units for owner_id, row in held.items()}
        free = {owner_id: row.units - row.reserved_units for owner_id, row in held.items()}
        shares = share_loss(task.lot.number, -difference, units, free)
        kind, source, target = MovementKind.MISS, Place.BONDED, Place.MISSING
    else:
        shares = share_find(difference, lost, task.pool.operator_id)
        kind, source, target = MovementKind.FIND, Place.MISSING, Place.BONDED
    return [
        moving.Move(
            kind=kind,
            lot_id=task.lot_id,
            units=units,
            source=moving.Spot(owner_id, source),
            target=moving.Spot(owner_id, target),
            request_key=f"count:{task.pk}:{owner_id}",
            reference=f"count:{task.pk}",
        )
        for owner_id, units in sorted(shares.items())
    ]


def _close(task: CountTask, difference: int, reason: str) -> None:
    task.closed_on = clock.today()
    task.adjusted_units = difference
    task.reason = reason
    data = {"count": task.pk, "lot": task.lot_id, "difference": difference, "reason": str(reason)}
    facts.append("warehouse.count.closed", subject=f"lot:{task.lot_id}", data=data)


def on_the_shelf(lot: Lot) -> int:
    """Units of a lot on the bonded shelves, of all owners, as the books say now."""
    return moving.balance_of(lot.pk, Place.BONDED)


def balance_at(lot: Lot, place: Place, position: int) -> int:
    """Units of a lot at a place after a movement: the fold of all movements up to it."""
    rows = Movement.objects.filter(lot=lot, pk__lte=position)
    came = rows.filter(to_place=place).aggregate(units=Sum("units"))["units"] or 0
    went = rows.filter(from_place=place).aggregate(units=Sum("units"))["units"] or 0
    return int(came - went)
