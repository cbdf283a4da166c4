"""A settlement batch: opening it, locking what is due, and giving it up.

Every step is one transaction: a check of state and version, the transfers, the fact. A step that
was already taken returns the batch and writes nothing.
"""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import F

from core import clock, facts, ledger, numbering, rates
from core.domain.calendar import add_months, month_start
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.ledger import TransferSpec
from core.models import Pool, Transfer, User
from fx_settlement import notices
from fx_settlement.domain.batches import (
    BATCH_STEPS,
    BatchChangedMeanwhile,
    NothingToPay,
    has_reached,
)
from fx_settlement.domain.conversion import all_in_rate, converted_minor
from fx_settlement.domain.fees import deposit_minor
from fx_settlement.domain.netting import Due, Netting, net, net_by_importer
from fx_settlement.models import (
    FeeRow,
    Obligation,
    Payment,
    SettlementBatch,
)
from fx_settlement.services import books
from fx_settlement.services.fees import fee_row
from fx_settlement.services.funding import shortfalls


@transaction.atomic
def open_batch(pool: Pool, currency: str, month: date) -> SettlementBatch:
    """The pool's batch of a currency for a month, opened as a draft if there is none."""
    first = month_start(month)
    live = SettlementBatch.objects.filter(pool=pool, currency=currency, month=first)
    found = live.exclude(state="void").first()
    if found is not None:
        return found
    now = clock.now()
    opened = SettlementBatch.objects.create(
        pool=pool,
        number=numbering.next_number("SB", first.year),
        currency=currency,
        month=first,
        opened_at=now,
        changed_at=now,
    )
    tell_missing(opened)
    return opened


def tell_missing(batch: SettlementBatch) -> None:
    """Tell importers what a draft still waits for, and settle what was paid in since.

    Without a rate of the day nothing is told: the batch's page says why.
    """
    try:
        missing = shortfalls(batch.pool, deposits_needed(batch))
    except Refusal:
        return
    notices.tell_shortfalls(batch, missing, home=books.HOME)


def taken(batch: SettlementBatch, target: str, version: int | None) -> SettlementBatch | None:
    """The batch, read anew into ``batch``, if it has been through ``target``; else None.

    Raises:
        BatchChangedMeanwhile: ``version`` is given and is not the batch's.
    """
    batch.refresh_from_db(from_queryset=SettlementBatch.objects.select_for_update())
    if has_reached(batch.state, target):
        return batch
    if version is not None and batch.version != version:
        raise BatchChangedMeanwhile(batch=batch.number)
    return None


def advance(batch: SettlementBatch, action: str, **columns: object) -> None:
    """Take a batch one step on, if nobody else moved it since it was read.

    Raises:
        StepNotAllowed: its state does not have the step.
        BatchChangedMeanwhile: somebody else was faster.
    """
    target = BATCH_STEPS.next(batch.state, action)
    still = SettlementBatch.objects.filter(pk=batch.pk, state=batch.state, version=batch.version)
    if not still.update(state=target, version=F("version") + 1, changed_at=clock.now(), **columns):
        raise BatchChangedMeanwhile(batch=batch.number)
    batch.refresh_from_db()


@transaction.atomic
def lock(batch: SettlementBatch, *, by: User, version: int | None = None) -> SettlementBatch:
    """Freeze what is due: obligations, one payment per supplier, and a hold on every deposit.

    Takes the pool's open obligations of the currency that are due before the month ends, credit
    notes netted per supplier; a supplier who owes as much as it is owed waits.

    Raises:
        NothingToPay: no supplier is owed anything.
        Overdrawn: an importer has not paid in enough; nothing is locked.
    """
    if taken(batch, "locked", version):
        return batch
    netting = _due(batch)
    if not netting.payments:
        raise NothingToPay(currency=batch.currency)
    foreign = sum(payment.amount_minor for payment in netting.payments)
    advance(batch, "lock", made_by=by, foreign_minor=foreign)
    notices.settle_shortfalls(batch)
    _pay_in_one_wire_each(batch, netting)
    _hold(batch, _deposits(batch, netting))
    data = {
        "batch": batch.pk,
        "currency": batch.currency,
        "foreign_minor": foreign,
        "payments": len(netting.payments),
    }
    facts.append("fx.batch.locked", subject=f"batch:{batch.pk}", data=data)
    return batch


def deposits_needed(batch: SettlementBatch) -> dict[int, int]:
    """What each importer must have on account in fen for a draft to be locked."""
    return _deposits(batch, _due(batch))


def _due(batch: SettlementBatch) -> Netting:
    rows = Obligation.objects.filter(
        order__round__pool_id=batch.pool_id,
        currency=batch.currency,
        state=Obligation.State.OPEN,
        due_on__lt=add_months(batch.month, 1),
    ).values_list("pk", "importer_id", "supplier_id", "currency", "amount_minor")
    return net(Due(*row) for row in rows)


def _deposits(batch: SettlementBatch, netting: Netting) -> dict[int, int]:
    """Deposits in fen: cost at today's mid with margin and buffer, and the wires' fees alone."""
    today = clock.today()
    _, margin = fee_row(FeeRow.Kind.MARGIN, batch.currency, today)
    _, buffer = fee_row(FeeRow.Kind.BUFFER, batch.currency, today)
    _, wire = fee_row(FeeRow.Kind.WIRE, batch.currency, today)
    rate = all_in_rate(rates.mid(batch.currency, books.HOME, today).rate, margin.fee.percent)
    needs: dict[int, int] = defaultdict(int)
    for payment in netting.payments:
        for importer, owed in net_by_importer(payment.dues).items():
            cost = converted_minor(owed, base=batch.currency, quote=books.HOME, rate=rate)
            needs[importer] += wire.fee.at_most(deposit_minor(cost, buffer.fee.percent))
            needs[importer] += deposit_minor(cost, buffer.fee.percent)
    return {importer: need for importer, need in needs.items() if need > 0}


def _pay_in_one_wire_each(batch: SettlementBatch, netting: Netting) -> None:
    """One payment per supplier, and the obligations it settles taken into the batch."""
    references = numbering.next_numbers("PAY", batch.month.year, len(netting.payments))
    for reference, due in zip(references, netting.payments, strict=True):
        payment = Payment.objects.create(
            batch=batch,
            supplier_id=due.supplier,
            currency=due.currency,
            amount_minor=due.amount_minor,
            reference=reference,
        )
        keys = [each.obligation for each in due.dues]
        free = Obligation.objects.filter(pk__in=keys, state=Obligation.State.OPEN)
        locked = free.update(state=Obligation.State.LOCKED, batch=batch, payment=payment)
        if locked != len(keys):
            raise BatchChangedMeanwhile(batch=batch.number)


def _hold(batch: SettlementBatch, needs: dict[int, int]) -> None:
    escrows, target = books.escrows(needs, batch.pool), books.position(batch, books.HOME)
    specs = [
        TransferSpec(
            _hold_key(batch, importer_id),
            escrows[importer_id],
            target,
            minor,
            TransferCode.GOODS,
        )
        for importer_id, minor in sorted(needs.items())
    ]
    ledger.transfer_many(specs, group=group_of(batch), kind=Transfer.Kind.PENDING)


def group_of(batch: SettlementBatch) -> str:
    """The ledger group of a batch's transfers."""
    return f"fx.batch:{batch.pk}"


def _hold_key(batch: SettlementBatch, importer_id: int) -> str:
    return f"{group_of(batch)}/hold/{importer_id}"


@transaction.atomic
def void(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Give a batch up before its currency is bought; its obligations wait for the next one."""
    if batch.state == "void":
        return batch
    if taken(batch, "closed", version):
        return batch
    advance(batch, "void")
    notices.settle_shortfalls(batch)
    ledger.void_group(group_of(batch))
    Payment.objects.filter(batch=batch).update(state=Payment.State.VOID)
    Obligation.objects.filter(batch=batch).update(
        state=Obligation.State.OPEN, batch=None, payment=None
    )
    facts.append("fx.batch.voided", subject=f"batch:{batch.pk}", data={"batch": batch.pk})
    return batch
