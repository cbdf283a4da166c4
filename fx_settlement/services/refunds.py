"""Money that goes back to importers: held at once, approved by a second person, then paid."""

from datetime import date

from django.db import transaction

from core import clock, facts, ledger, numbering
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.models import Party, Pool, Transfer, User
from fx_settlement.domain.refunds import REFUND_STEPS
from fx_settlement.models import Refund
from fx_settlement.services import books


class AskerIsApprover(Refusal):
    """Raised when a refund would be approved by the one who asked for it."""

    code = "asker-is-approver"
    reason = "Refund {number} was asked for by the same person who now approves it."
    remedy = "Ask a second person to approve it."


@transaction.atomic
def ask_refund(importer: Party, pool: Pool, amount_minor: int, *, because: str, by: User) -> Refund:
    """Set money aside that is to go back to an importer.

    Raises:
        Overdrawn: the importer has not that much free; nothing is held.
    """
    made: Refund = Refund.objects.create(
        importer_id=importer.pk,
        pool=pool,
        number=numbering.next_number("RF", clock.today().year),
        amount_minor=amount_minor,
        because=because,
        asked_by=by,
        asked_at=clock.now(),
    )
    ledger.hold(
        key=_key(made),
        debit=books.escrow(importer, pool),
        credit=books.bank(books.HOME),
        amount_minor=amount_minor,
        code=TransferCode.REFUND,
        group=_key(made),
    )
    _tell(made, "asked", amount_minor=amount_minor)
    return made


@transaction.atomic
def approve_refund(refund: Refund, *, by: User) -> Refund:
    """Agree to a refund; a second person, not the one who asked for it.

    Raises:
        AskerIsApprover: the same person asked for it.
        StepNotAllowed: it is paid or declined.
    """
    _read(refund)
    if refund.state == Refund.State.APPROVED:
        return refund
    if refund.asked_by_id == by.pk:
        raise AskerIsApprover(number=refund.number)
    _move(refund, "approve", approved_by=by)
    _tell(refund, "approved")
    return refund


@transaction.atomic
def decline_refund(refund: Refund) -> Refund:
    """Give a refund up; the money is the importer's to use again."""
    _read(refund)
    if refund.state == Refund.State.DECLINED:
        return refund
    _move(refund, "decline")
    ledger.void_group(_key(refund))
    _tell(refund, "declined")
    return refund


@transaction.atomic
def pay_refund(refund: Refund, *, on: date | None = None) -> Refund:
    """Record that an approved refund left the bank.

    Raises:
        StepNotAllowed: it is not approved.
    """
    _read(refund)
    if refund.state == Refund.State.PAID:
        return refund
    day = on or clock.today()
    _move(refund, "pay", paid_on=day)
    ledger.post(Transfer.objects.get(key=_key(refund)), on=day)
    _tell(refund, "paid", amount_minor=refund.amount_minor)
    return refund


def _read(refund: Refund) -> None:
    refund.refresh_from_db(from_queryset=Refund.objects.select_for_update())


def _move(refund: Refund, action: str, **columns: object) -> None:
    target = REFUND_STEPS.next(refund.state, action)
    still = Refund.objects.filter(pk=refund.pk, state=refund.state)
    still.update(state=target, **columns)
    refund.refresh_from_db()


def _tell(refund: Refund, what: str, **more: object) -> None:
    data = {"refund": refund.pk, "importer": refund.importer_id, "pool": refund.pool_id, **more}
    facts.append(f"fx.refund.{what}", subject=f"importer:{refund.importer_id}", data=data)


def _key(refund: Refund) -> str:
    return f"fx.refund:{refund.pk}"
