"""A settlement batch from its conversion to its close: settle, allocate fees, close."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Count, Sum

from core import clock, facts, ledger
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
from core.ledger import TransferSpec
from fx_settlement.domain.allocation import shares_of_fee
from fx_settlement.domain.fees import Fee
from fx_settlement.models import FeeRow, Obligation, Payment, SettlementBatch
from fx_settlement.services import books, limits
from fx_settlement.services.fees import fee_row
from fx_settlement.services.stepping import advance, group_of, refuse_step, taken


class BooksDoNotClose(Refusal):
    """Raised when an exchange would be closed although something is left on its accounts."""

    code = "books-do-not-close"
    reason = "Batch {batch} has {left_minor} minor units of {currency} left on its exchange."
    remedy = "Find the missing transfer and book it; then close the batch."


OUTSTANDING = (Payment.State.INSTRUCTED, Payment.State.ACCEPTED)
"""Wires of which the bank has not yet said that they left."""


@transaction.atomic
def settle(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Record that the bank paid each supplier that is not paid yet, and what each wire cost.

    What the bank rejected is not paid: it waits for the next batch.
    """
    if taken(batch, "settled", version):
        return batch
    refuse_step(batch, "settle")
    settle_payments(batch, on=clock.today())
    return batch


@transaction.atomic
def settle_payments(
    batch: SettlementBatch, payment_ids: Collection[int] | None = None, *, on: date
) -> list[Payment]:
    """Settle some or all outstanding wires of a batch; with the last one the batch is settled."""
    wanted = Payment.objects.filter(batch=batch, state__in=OUTSTANDING)
    if payment_ids is not None:
        wanted = wanted.filter(pk__in=payment_ids)
    payments = list(wanted.select_related("supplier").order_by("pk"))
    paid = Obligation.objects.filter(payment__in=payments).order_by("pk")
    obligations = list(paid)
    _price(batch, payments, obligations, on)
    paid.update(state=Obligation.State.PAID)
    specs = [*_paid(batch, payments), *_cleared(batch, obligations)]
    ledger.transfer_many(specs, group=group_of(batch))
    facts.append_many([_fact(batch, payment) for payment in payments])
    settle_batch_if_done(batch)
    return payments


def _price(
    batch: SettlementBatch, payments: list[Payment], obligations: list[Obligation], on: date
) -> None:
    row, rule = fee_row(FeeRow.Kind.WIRE, batch.currency, clock.today())
    for payment in payments:
        payment.fee_minor = rule.fee.of(_cost_minor(payment, obligations))
        payment.fee_row = row
        payment.settled_on = on
        payment.state = Payment.State.SETTLED
    Payment.objects.bulk_update(payments, ["fee_minor", "fee_row", "settled_on", "state"])


def settle_batch_if_done(batch: SettlementBatch) -> None:
    """Once no wire of a batch is outstanding the batch is settled."""
    if Payment.objects.filter(batch=batch, state__in=OUTSTANDING).exists():
        return
    advance(batch, "settle")
    settled = Payment.objects.filter(batch=batch, state=Payment.State.SETTLED)
    told = settled.aggregate(payments=Count("pk"), fee_minor=Sum("fee_minor"))
    data = {
        "batch": batch.pk,
        "payments": told["payments"],
        "fee_minor": told["fee_minor"] or 0,
    }
    facts.append("fx.batch.settled", subject=f"batch:{batch.pk}", data=data)


def _fact(batch: SettlementBatch, payment: Payment) -> tuple[str, str, dict[str, object]]:
    data: dict[str, object] = {
        "payment": payment.pk,
        "batch": batch.pk,
        "supplier": payment.supplier_id,
        "currency": payment.currency,
        "amount_minor": payment.amount_minor,
        "fee_minor": payment.fee_minor,
    }
    return ("fx.payment.settled", f"payment:{payment.pk}", data)


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
    """What each importer owed of a wire is settled out of what was bought."""
    owed: Counter[tuple[int, int]] = Counter()
    for each in obligations:
        owed[each.payment_id or 0, each.importer_id] += each.amount_minor
    due = books.importers_due({importer for _, importer in owed}, batch.currency)
    position = books.position(batch, batch.currency)
    for (payment_id, importer_id), minor in sorted(owed.items()):
        yield from books.move(
            f"{group_of(batch)}/cleared/{payment_id}/{importer_id}",
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
    obligations = list(Obligation.objects.filter(batch=batch).order_by("pk"))
    fee_rows = FeeRow.objects.in_bulk()
    settled = Payment.objects.filter(batch=batch, state=Payment.State.SETTLED)
    for payment in settled.order_by("pk"):
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
    data = {"batch": batch.pk, "fee_minor": fee or 0}
    facts.append("fx.batch.closed", subject=f"batch:{batch.pk}", data=data)
    limits.give_back(batch.obligations.values_list("importer_id", flat=True))
    return batch
