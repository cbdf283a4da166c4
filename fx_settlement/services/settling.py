"""A settlement batch from its conversion to its close: settle, allocate fees, close."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Sum

from core import clock, facts, ledger
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
from core.ledger import TransferSpec
from fx_settlement.domain.allocation import shares_of_fee
from fx_settlement.domain.fees import Fee
from fx_settlement.models import FeeRow, Obligation, Payment, SettlementBatch
from fx_settlement.services import books
from fx_settlement.services.batches import advance, group_of, taken
from fx_settlement.services.fees import fee_row


class BooksDoNotClose(Refusal):
    """Raised when an exchange would be closed although something is left on its accounts."""

    code = "books-do-not-close"
    reason = "Batch {batch} has {left_minor} minor units of {currency} left on its exchange."
    remedy = "Find the missing transfer and book it; then close the batch."


@transaction.atomic
def settle(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Record that the bank paid each supplier, and what it charged for each wire."""
    if taken(batch, "settled", version):
        return batch
    advance(batch, "settle")
    obligations = _obligations(batch)
    payments = list(Payment.objects.filter(batch=batch).select_related("supplier").order_by("pk"))
    row, rule = fee_row(FeeRow.Kind.WIRE, batch.currency, clock.today())
    for payment in payments:
        payment.fee_minor = rule.fee.of(_cost_minor(payment, obligations))
        payment.fee_row = row
        payment.settled_on = clock.today()
        payment.state = Payment.State.SETTLED
    Payment.objects.bulk_update(payments, ["fee_minor", "fee_row", "settled_on", "state"])
    Obligation.objects.filter(batch=batch).update(state=Obligation.State.PAID)
    specs = [*_paid(batch, payments), *_cleared(batch, obligations)]
    ledger.transfer_many(specs, group=group_of(batch))
    fee = sum(payment.fee_minor or 0 for payment in payments)
    data = {"batch": batch.pk, "payments": len(payments), "fee_minor": fee}
    facts.append("fx.batch.settled", subject=f"batch:{batch.pk}", data=data)
    return batch


def _obligations(batch: SettlementBatch) -> list[Obligation]:
    return list(Obligation.objects.filter(batch=batch).order_by("pk"))


def _cost_minor(payment: Payment, obligations: Iterable[Obligation]) -> int:
    """What a wire's amount cost, in fen."""
    return sum(each.cny_minor or 0 for each in obligations if each.payment_id == payment.pk)


def _paid(batch: SettlementBatch, payments: Iterable[Payment]) -> Iterable[TransferSpec]:
    """The currency goes to the supplier, and the wire's fee to the bank."""
    for payment in payments:
        yield TransferSpec(
            f"{group_of(batch)}/paid/{payment.pk}",
            books.supplier_payable(payment.supplier, batch.currency),
            books.bank(batch.currency),
            payment.amount_minor,
            TransferCode.SUPPLIER_PAYMENT,
        )
        yield from books.move(
            f"{group_of(batch)}/wire/{payment.pk}",
            debit=books.bank_fees(),
            credit=books.bank(books.HOME),
            amount_minor=payment.fee_minor or 0,
            code=TransferCode.WIRE_FEE,
        )


def _cleared(batch: SettlementBatch, obligations: Iterable[Obligation]) -> Iterable[TransferSpec]:
    """What each importer owed in the currency is settled out of what was bought."""
    owed: Counter[int] = Counter()
    for each in obligations:
        owed[each.importer_id] += each.amount_minor
    due = books.importers_due(owed, batch.currency)
    position = books.position(batch, batch.currency)
    for importer_id, minor in sorted(owed.items()):
        yield from books.move(
            f"{group_of(batch)}/cleared/{importer_id}",
            debit=position,
            credit=due[importer_id],
            amount_minor=minor,
            code=TransferCode.SUPPLIER_PAYMENT,
        )


@transaction.atomic
def allocate(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Charge each wire's fee to those it paid for, by amount, nobody above its own wire's fee.

    Raises:
        Overdrawn: an importer's deposit does not cover its part.
    """
    if taken(batch, "allocated", version):
        return batch
    advance(batch, "allocate")
    obligations = _obligations(batch)
    fee_rows = FeeRow.objects.in_bulk()
    for payment in Payment.objects.filter(batch=batch).order_by("pk"):
        paid = [each for each in obligations if each.payment_id == payment.pk]
        _share_fee(batch, payment, fee_rows[payment.fee_row_id].rule().fee, paid)
    Obligation.objects.bulk_update(obligations, ["fee_minor"])
    ledger.transfer_many(list(_fees(batch, obligations)), group=group_of(batch))
    return batch


def _share_fee(
    batch: SettlementBatch, payment: Payment, fee: Fee, obligations: list[Obligation]
) -> None:
    """Write each obligation's part of a wire's fee into its row (unsaved)."""
    owed, cost = Counter[int](), Counter[int]()
    for each in obligations:
        owed[each.importer_id] += each.amount_minor
        cost[each.importer_id] += each.cny_minor or 0
    alone = {importer: fee.at_most(cost[importer]) for importer in owed}
    shares = shares_of_fee(payment.fee_minor or 0, owed, alone, batch=batch.number)
    for importer_id, minor in shares.items():
        own = {each.pk: each for each in obligations if each.importer_id == importer_id}
        weights: Mapping[int, int] = {pk: max(0, each.amount_minor) for pk, each in own.items()}
        for pk, part in split_in_proportion(minor, weights).items():
            own[pk].fee_minor = part


def _fees(batch: SettlementBatch, obligations: Iterable[Obligation]) -> Iterable[TransferSpec]:
    due: Counter[int] = Counter()
    for each in obligations:
        due[each.importer_id] += each.fee_minor or 0
    escrows = books.escrows(due, batch.pool)
    for importer_id, minor in sorted(due.items()):
        yield from books.move(
            f"{group_of(batch)}/fee/{importer_id}",
            debit=escrows[importer_id],
            credit=books.bank_fees(),
            amount_minor=minor,
            code=TransferCode.WIRE_FEE,
        )


@transaction.atomic
def close(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Close a batch whose exchange is even: both sides of it stand at zero.

    Raises:
        BooksDoNotClose: something is left on one side.
    """
    if taken(batch, "closed", version):
        return batch
    for currency in (books.HOME, batch.currency):
        left = ledger.balance(books.position(batch, currency))
        if left:
            raise BooksDoNotClose(batch=batch.number, left_minor=left, currency=currency)
    advance(batch, "close")
    fee = Payment.objects.filter(batch=batch).aggregate(fee=Sum("fee_minor"))["fee"]
    data = {"batch": batch.pk, "fee_minor": fee}
    facts.append("fx.batch.closed", subject=f"batch:{batch.pk}", data=data)
    return batch
