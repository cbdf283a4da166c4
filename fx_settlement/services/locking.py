"""Locking a batch: what is due is frozen, and every deposit is held.

A batch pays what is due, or only buys the currency of what is funded.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from core import bulk, clock, facts, ledger, numbering, rates
from core.domain.calendar import add_months
from core.domain.chart import TransferCode
from core.ledger import TransferSpec
from core.models import Transfer, User
from fx_settlement import notices
from fx_settlement.domain.batches import BatchChangedMeanwhile, NothingToPay
from fx_settlement.domain.conversion import all_in_rate, converted_minor
from fx_settlement.domain.fees import deposit_minor
from fx_settlement.domain.netting import (
    Due,
    Netting,
    NettingPolicy,
    net,
    net_by_importer,
    net_to_pay,
    to_buy,
)
from fx_settlement.domain.pain001 import uetr_of
from fx_settlement.models import (
    BankAccount,
    FeeRow,
    Obligation,
    Payment,
    PaymentLine,
    SettlementBatch,
)
from fx_settlement.services import books
from fx_settlement.services.accounts import pool_account, supplier_accounts
from fx_settlement.services.fees import fee_row
from fx_settlement.services.funding import shortfalls
from fx_settlement.services.requests import release_requests
from fx_settlement.services.stepping import advance, group_of, taken


@transaction.atomic
def lock(batch: SettlementBatch, *, by: User, version: int | None = None) -> SettlementBatch:
    """Freeze what is due: obligations, one payment per supplier, and a hold on every deposit.

    Takes the pool's open obligations of the currency that are due before the month ends, credit
    notes set off as the account allows; a supplier who owes as much as it is owed waits. A batch
    that buys takes what nobody bought yet of importers whose deposits suffice, and pays nobody.

    Raises:
        NothingToPay: no supplier is owed anything.
        NoPoolAccount, NoSupplierAccount: nobody knows from where or where to pay.
        Overdrawn: an importer has not paid in enough; nothing is locked.
    """
    if taken(batch, "locked", version):
        return batch
    account = pool_account(batch.pool, batch.currency)
    netting = _due(batch, account)
    if not netting.payments:
        raise NothingToPay(currency=batch.currency)
    foreign = sum(payment.amount_minor for payment in netting.payments)
    wanted = to_buy(netting)
    advance(batch, "lock", made_by=by, account=account, foreign_minor=foreign, to_buy_minor=wanted)
    notices.settle_shortfalls(batch)
    release_requests(batch)
    if batch.purpose == SettlementBatch.Purpose.PAY:
        _pay_in_one_wire_each(batch, netting)
    else:
        _take(batch, netting)
    _hold(batch, _deposits(batch, netting))
    data = {
        "batch": batch.pk,
        "currency": batch.currency,
        "foreign_minor": foreign,
        "payments": batch.payments.count(),
    }
    facts.append("fx.batch.locked", subject=f"batch:{batch.pk}", data=data)
    return batch


def deposits_needed(batch: SettlementBatch) -> dict[int, int]:
    """What each importer must have on account in fen for a draft to be locked."""
    account = BankAccount.objects.filter(
        pool=batch.pool_id, currency=batch.currency, is_active=True
    ).first()
    return _deposits(batch, _due(batch, account))


def suppliers_due(batch: SettlementBatch) -> list[int]:
    """The suppliers that a draft would pay now, by id."""
    return sorted(payment.supplier for payment in _due(batch, None).payments)


def _due(batch: SettlementBatch, account: BankAccount | None) -> Netting:
    policy = NettingPolicy(account.netting) if account else NettingPolicy.BILATERAL
    rows = Obligation.objects.filter(
        order__round__pool_id=batch.pool_id,
        currency=batch.currency,
        state=Obligation.State.OPEN,
    )
    if batch.purpose == SettlementBatch.Purpose.BUY:
        return _funded(batch, _dues(rows.filter(conversion__isnull=True)))
    return net_to_pay(_dues(rows.filter(due_on__lt=add_months(batch.month, 1))), policy)


def _dues(rows: "QuerySet[Obligation]") -> list[Due]:
    found = rows.values_list(
        "pk", "importer_id", "supplier_id", "currency", "amount_minor", "conversion_id"
    )
    return [
        Due(pk, importer, supplier, currency, minor, is_bought=conversion is not None)
        for pk, importer, supplier, currency, minor, conversion in found
    ]


def _funded(batch: SettlementBatch, dues: Iterable[Due]) -> Netting:
    """What may be bought now: all that an importer owes, of those whose deposits suffice."""
    netting = net(dues)
    missing = shortfalls(batch.pool, _deposits(batch, netting))
    return net(
        due for payment in netting.payments for due in payment.dues if due.importer not in missing
    )


def _deposits(batch: SettlementBatch, netting: Netting) -> dict[int, int]:
    """Deposits in fen: cost at today's mid with margin and buffer, and the wires' fees alone.

    What was bought before is paid for; only its wire is still to come.
    """
    today = clock.today()
    _, margin = fee_row(FeeRow.Kind.MARGIN, batch.currency, today)
    _, buffer = fee_row(FeeRow.Kind.BUFFER, batch.currency, today)
    _, wire = fee_row(FeeRow.Kind.WIRE, batch.currency, today)
    rate = all_in_rate(rates.mid(batch.currency, books.HOME, today).rate, margin.fee.percent)

    def deposit(foreign_minor: int) -> int:
        cost = converted_minor(foreign_minor, base=batch.currency, quote=books.HOME, rate=rate)
        return deposit_minor(cost, buffer.fee.percent)

    needs: dict[int, int] = defaultdict(int)
    for payment in netting.payments:
        unbought = net_by_importer(due for due in payment.dues if not due.is_bought)
        for importer, owed in net_by_importer(payment.dues).items():
            needs[importer] += wire.fee.at_most(deposit(owed)) + deposit(unbought.get(importer, 0))
    return {importer: need for importer, need in needs.items() if need > 0}


def _pay_in_one_wire_each(batch: SettlementBatch, netting: Netting) -> None:
    """One payment per supplier, and the obligations it settles taken into the batch."""
    references = numbering.next_numbers("PAY", batch.month.year, len(netting.payments))
    suppliers = (payment.supplier for payment in netting.payments)
    accounts = supplier_accounts(batch.pool.operator_id, suppliers, batch.currency)
    origin = f"{settings.PUBLIC_HOST}|{batch.opened_at.isoformat()}"
    payments = Payment.objects.bulk_create(
        Payment(
            batch=batch,
            supplier_id=due.supplier,
            currency=due.currency,
            amount_minor=due.amount_minor,
            account=accounts[due.supplier],
            reference=reference,
            uetr=uetr_of(origin, reference),
        )
        for reference, due in zip(references, netting.payments, strict=True)
    )
    _lock_dues(batch, netting, [payment.pk for payment in payments])
    _write_lines(batch)


_LINE = ("payment_id", "obligation_id", "document", "entry_number", "amount_minor")


def _write_lines(batch: SettlementBatch) -> None:
    """The documents that each wire pays, as its file will name them. Two queries."""
    rows = Obligation.objects.filter(batch=batch).order_by("payment_id", "pk")
    lines = [
        (payment, pk, invoice or f"{number}/{importer}", entry, minor)
        for payment, pk, invoice, number, importer, entry, minor in rows.values_list(
            "payment_id",
            "pk",
            "order__invoice__number",
            "order__number",
            "importer__code",
            "entry_number",
            "amount_minor",
        )
    ]
    bulk.insert(PaymentLine, _LINE, lines)


def _take(batch: SettlementBatch, netting: Netting) -> None:
    """The obligations whose currency a batch buys, taken into it."""
    _lock_dues(batch, netting, [None] * len(netting.payments))


def _lock_dues(batch: SettlementBatch, netting: Netting, payments: Sequence[int | None]) -> None:
    """Take obligations into the batch, each with its payment, if nobody took one meanwhile."""
    rows = [
        (due.obligation, Obligation.State.LOCKED, batch.pk, payment)
        for payment, net_payment in zip(payments, netting.payments, strict=True)
        for due in net_payment.dues
    ]
    names = ("state", "batch_id", "payment_id")
    locked = bulk.update(Obligation, names, rows, still={"state": Obligation.State.OPEN})
    if locked != len(rows):
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


def _hold_key(batch: SettlementBatch, importer_id: int) -> str:
    return f"{group_of(batch)}/hold/{importer_id}"
