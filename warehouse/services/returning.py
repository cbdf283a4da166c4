"""Returns into the zone: announced, arrived, let back into the book, inspected, restocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from core import clock, facts, ledger, numbering
from core.domain.chart import AccountCode, TransferCode
from core.models import Party
from warehouse.domain.book import BookStep
from warehouse.domain.returning import (
    RETURN_STEPS,
    SELLS_AGAIN,
    Clocks,
    DoesNotSell,
    MoreReturnedThanSent,
    NotSentYet,
    ReturnedAs,
    TooLateToApply,
)
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import BookMovement, DispatchLine, DispatchOrder, ReturnCase, UnitIdentity
from warehouse.services import moving, transferring
from warehouse.services.booking import movement_of
from warehouse.services.identities import commission_units


@dataclass(frozen=True)
class Inspection:
    """What an inspection found and decided; ``new_codes`` are the hashes of the new labels."""

    condition: ReturnedAs
    restock: bool
    fee_minor: int = 0
    new_codes: Sequence[bytes] = ()


@transaction.atomic
def announce_return(
    line: DispatchLine, units: int, *, request_key: str, on: date | None = None
) -> ReturnCase:
    """Announce that units of a shipped parcel come back. The same key again: the first case.

    Raises:
        NotSentYet: the parcel has not left.
        MoreReturnedThanSent: the parcel carried fewer units.
        TooLateToApply: more than 30 days after release.
    """
    earlier: ReturnCase | None = ReturnCase.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    line = (
        DispatchLine.objects.select_for_update(of=("self",)).select_related("order").get(pk=line.pk)
    )
    today = on or clock.today()
    if line.order.state != DispatchOrder.State.SHIPPED:
        raise NotSentYet(number=line.order.number)
    released_on = timezone.localtime(line.order.ordered_at).date()
    if today > Clocks(released_on).apply_until:
        raise TooLateToApply(until=Clocks(released_on).apply_until.isoformat())
    _refuse_too_many(line, units)
    case: ReturnCase = ReturnCase.objects.create(
        importer_id=line.order.importer_id,
        number=numbering.next_number("RT", today.year),
        dispatch_line=line,
        units=units,
        request_key=request_key,
        released_on=released_on,
        announced_on=today,
    )
    _tell(case, "announced")
    return case


def _refuse_too_many(line: DispatchLine, units: int) -> None:
    live = ReturnCase.objects.filter(dispatch_line=line).exclude(state="cancelled")
    back = live.aggregate(units=Sum("units"))["units"] or 0
    if units < 1 or back + units > line.units:
        raise MoreReturnedThanSent(sent=line.units, returned=back, left=line.units - back)


@transaction.atomic
def receive_back(
    case: ReturnCase, code_hmacs: Sequence[bytes] = (), *, on: date | None = None
) -> ReturnCase:
    """Take announced units back through the gate, into quarantine; their old codes end here.

    ``code_hmacs`` are the hashes of the codes on them. Again: no change.

    Raises:
        StepNotAllowed: the case is cancelled.
    """
    current = _lock(case)
    if current.state in ("arrived", "restocked", "to_dispose"):
        return current
    current.state = RETURN_STEPS.next(current.state, "arrive")
    current.arrived_on = on or clock.today()
    line = current.dispatch_line
    worn = UnitIdentity.objects.filter(code_hmac__in=code_hmacs, dispatch_line=line)
    ended = (UnitIdentity.State.VOID, UnitIdentity.State.RECALLED)
    current.voided_codes = worn.exclude(state__in=ended).update(state=UnitIdentity.State.VOID)
    current.save()
    _move(current, MovementKind.RETURN, Place.CONSUMER, Place.QUARANTINE)
    _tell(current, "arrived")
    return current


@transaction.atomic
def approve_return(case: ReturnCase, *, on: date | None = None) -> ReturnCase:
    """Enter returned units into the account book again, when customs approves; again: no change.

    Raises:
        StepNotAllowed: the case is cancelled.
    """
    current = _lock(case)
    if current.approved_on:
        return current
    if current.state == ReturnCase.State.CANCELLED:
        RETURN_STEPS.next(current.state, "approve")
    current.approved_on = on or clock.today()
    item = current.dispatch_line.lot.book_item
    BookMovement.objects.bulk_create(
        movement_of(item, step, current.units, reference=current.number, on=current.approved_on)
        for step in (BookStep.EXPECT_IN, BookStep.ACTUAL_IN)
    )
    current.save()
    return current


@transaction.atomic
def inspect(case: ReturnCase, found: Inspection, *, on: date | None = None) -> ReturnCase:
    """Decide what becomes of units that came back, and charge their owner for it.

    Sealed goods may be relabelled and go back on the shelves; all others wait in quarantine for
    a document by which they leave. Again: no change.

    Raises:
        DoesNotSell: opened, damaged or recalled goods were to be restocked.
        StepNotAllowed: the goods have not arrived.
        MoreCodesThanUnits: more labels than units; nothing is done.
        Overdrawn: the owner's account does not cover the fee; nothing is done.
    """
    current = _lock(case)
    if current.inspected_on:
        return current
    if found.restock:
        _refuse_unsaleable(current, found.condition)
    current.state = RETURN_STEPS.next(current.state, "restock" if found.restock else "dispose")
    current.condition = found.condition
    current.inspected_on = on or clock.today()
    current.fee_minor = found.fee_minor
    current.save()
    if found.restock:
        _move(current, MovementKind.CLEAR, Place.QUARANTINE, Place.BONDED)
        if found.new_codes:
            commission_units(current.dispatch_line.lot, found.new_codes)
    _charge(current)
    _tell(current, str(current.state))
    return current


def _refuse_unsaleable(case: ReturnCase, condition: ReturnedAs) -> None:
    if condition not in SELLS_AGAIN:
        raise DoesNotSell(grade=condition)
    recalled = UnitIdentity.objects.filter(
        dispatch_line=case.dispatch_line_id, state=UnitIdentity.State.RECALLED
    )
    if recalled.exists():
        raise DoesNotSell(grade="recalled")


@transaction.atomic
def cancel_return(case: ReturnCase) -> ReturnCase:
    """Withdraw a return that will not come; again: no change.

    Raises:
        StepNotAllowed: it has arrived.
    """
    current = _lock(case)
    if current.state != ReturnCase.State.CANCELLED:
        current.state = RETURN_STEPS.next(current.state, "cancel")
        current.save()
    return current


def _lock(case: ReturnCase) -> ReturnCase:
    rows = ReturnCase.objects.select_for_update(of=("self",)).select_related(
        "dispatch_line__order", "dispatch_line__lot__book_item"
    )
    found: ReturnCase = rows.get(pk=case.pk)
    return found


def _move(case: ReturnCase, kind: MovementKind, source: Place, target: Place) -> None:
    move = moving.Move(
        kind=kind,
        lot_id=case.dispatch_line.lot_id,
        units=case.units,
        source=moving.Spot(case.importer_id, source),
        target=moving.Spot(case.importer_id, target),
        request_key=f"{kind}:{case.number}",
        reference=case.number,
    )
    moving.record([move])


def _charge(case: ReturnCase) -> None:
    if not case.fee_minor:
        return
    pool = transferring.pool_of(case.dispatch_line.lot)
    subject = f"pool:{pool.pk}"
    owner, operator = Party(pk=case.importer_id), Party(pk=pool.operator_id)
    ledger.transfer(
        key=f"warehouse.return/{case.number}",
        debit=ledger.account(AccountCode.ESCROW, pool.currency, owner, subject),
        credit=ledger.account(AccountCode.OPERATOR_INCOME, pool.currency, operator, subject),
        amount_minor=case.fee_minor,
        code=TransferCode.HANDLING,
        memo=case.number,
    )


def _tell(case: ReturnCase, step: str) -> None:
    data = {
        "return": case.pk,
        "importer": case.importer_id,
        "lot": case.dispatch_line.lot_id,
        "units": case.units,
    }
    facts.append(f"warehouse.return.{step}", subject=f"lot:{case.dispatch_line.lot_id}", data=data)
