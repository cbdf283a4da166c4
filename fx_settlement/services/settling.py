"""A settlement batch from its conversion to its close: settle, allocate fees, close."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from core import bulk, clock, facts, ledger
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.ledger import TransferSpec
from fx_settlement.domain.batch_shares import Paid, WireFee, parts_of_fees
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
    paid = Obligation.objects.filter(payment__in=payments)
    owed = _owed(paid)
    _price(batch, payments, owed, on)
    paid.update(state=Obligation.State.PAID)
    specs = [*_paid(batch, payments), *_cleared(batch, owed)]
    ledger.transfer_many(specs, group=group_of(batch))
    facts.append_many([_fact(batch, payment) for payment in payments])
    settle_batch_if_done(batch)
    return payments


@dataclass(frozen=True)
class _Owed:
    """What an importer owed through a wire in the supplier's currency, and its cost in fen."""

    payment: int
    importer: int
    amount_minor: int
    cny_minor: int


def _owed(paid: "QuerySet[Obligation]") -> list[_Owed]:
    """By wire and importer; one query."""
    rows = paid.order_by("payment_id", "importer_id").values_list("payment_id", "importer_id")
    sums = rows.annotate(Sum("amount_minor"), Sum("cny_minor"))
    return [_Owed(*row) for row in sums]


def _price(
    batch: SettlementBatch, payments: list[Payment], owed: Iterable[_Owed], on: date
) -> None:
    row, rule = fee_row(FeeRow.Kind.WIRE, batch.currency, clock.today())
    costs: Counter[int] = Counter()
    for each in owed:
        costs[each.payment] += each.cny_minor
    for payment in payments:
        payment.fee_minor = rule.fee.of(costs[payment.pk])
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


def _cleared(batch: SettlementBatch, owed: Sequence[_Owed]) -> Iterable[TransferSpec]:
    """What each importer owed of a wire is settled out of what was bought."""
    due = books.importers_due({each.importer for each in owed}, batch.currency)
    position = books.position(batch, batch.currency)
    for each in owed:
        yield from books.move(
            f"{group_of(batch)}/cleared/{each.payment}/{each.importer}",
            debit=position,
            credit=due[each.importer],
            amount_minor=each.amount_minor,
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
    paid = Paid.of(_paid_rows(batch))
    parts = parts_of_fees(_wire_fees(batch), paid, batch=batch.number).tolist()
    bulk.update(Obligation, ["fee_minor"], list(zip(paid.obligations.tolist(), parts, strict=True)))
    due: Counter[int] = Counter()
    for importer_id, minor in zip(paid.importers.tolist(), parts, strict=True):
        due[importer_id] += minor
    ledger.transfer_many(list(_fees(batch, due)), group=group_of(batch))
    return batch


def _paid_rows(batch: SettlementBatch) -> list[tuple[int, int, int, int, int]]:
    """Id, importer, wire, amount and cost in fen of what a batch's wires paid."""
    rows = Obligation.objects.filter(batch=batch, payment__state=Payment.State.SETTLED)
    columns = ("pk", "importer_id", "payment_id", "amount_minor", "cny_minor")
    return list(rows.order_by("pk").values_list(*columns))


def _wire_fees(batch: SettlementBatch) -> dict[int, WireFee]:
    rules = {key: row.rule().fee for key, row in FeeRow.objects.in_bulk().items()}
    settled = Payment.objects.filter(batch=batch, state=Payment.State.SETTLED)
    return {
        payment: WireFee(minor or 0, rules[row])
        for payment, minor, row in settled.values_list("pk", "fee_minor", "fee_row_id")
    }


def _fees(batch: SettlementBatch, due: Mapping[int, int]) -> Iterable[TransferSpec]:
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
