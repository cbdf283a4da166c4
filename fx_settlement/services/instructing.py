"""Telling the bank to pay: the payment file, and what the bank answers to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localtime

from core import clock, documents, facts, ledger
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.ledger import TransferSpec
from core.models import Document, Party
from fx_settlement.domain import pain001, value_dates
from fx_settlement.domain.batches import has_reached
from fx_settlement.domain.pain001 import (
    AccountAt,
    BankParty,
    Instruction,
    PaymentFile,
    Remitted,
    Reporting,
)
from fx_settlement.models import BankAccount, Obligation, Payment, PaymentLine, SettlementBatch
from fx_settlement.services import books
from fx_settlement.services.approving import refuse_if_changed
from fx_settlement.services.settling import OUTSTANDING, settle_batch_if_done
from fx_settlement.services.stepping import advance, group_of, refuse_step, taken

TAKEN = frozenset({"ACCP", "ACTC", "ACSP", "ACSC", "ACCC", "ACWC", "ACFC"})
"""Statuses of pain.002 after which a payment is not rejected at the bank's counter any more. That
it left, only a statement proves."""


class NotInstructedYet(Refusal):
    """Raised when the payment file of a batch is asked for before the batch may be paid."""

    code = "not-instructed-yet"
    reason = "Batch {batch} is “{state}”: there is no payment file before it is sent to the bank."
    remedy = "Have it approved and converted, and send it to the bank; then take the file."


class NoSuchBatch(Refusal):
    """Raised when a batch is asked for by a number that none has."""

    code = "no-such-batch"
    reason = "There is no batch “{value}”."
    remedy = "Copy the number from the page of payments."


class AccountsNotOnRecord(Refusal):
    """Raised for a batch of a time in which accounts were not kept."""

    code = "accounts-not-on-record"
    reason = "Batch {batch} was paid without accounts on record."
    remedy = "Take the file from the bank; newer batches keep theirs."


class AlreadyPaid(Refusal):
    """Raised when a bank rejects a payment of which a statement shows that it left."""

    code = "already-paid"
    reason = "Payment {reference} is settled; the bank's answer says it was rejected."
    remedy = "Ask the bank which is true. If the money comes back, it arrives as a credit."


@dataclass(frozen=True)
class Verdict:
    """What a bank says of one payment: its status as ISO 20022 has it, and why."""

    status: str
    reason: str = ""

    @property
    def is_rejected(self) -> bool:
        """Whether nothing will be paid."""
        return self.status == "RJCT"

    @property
    def is_taken(self) -> bool:
        """Whether the bank will pay, as far as it knows: checked, accepted or under way."""
        return self.status in TAKEN


@transaction.atomic
def instruct(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Send a batch to the bank: its payment file is made and kept, its day of payment fixed.

    The day is the first on which all banks concerned are open, not before the currency arrives.

    Raises:
        ApprovedContentChanged: the batch is not what its checker agreed to.
        AddressMissing, NotLatin: a supplier cannot be written as banks want it.
    """
    if taken(batch, "instructed", version):
        return batch
    refuse_step(batch, "instruct")
    refuse_if_changed(batch)
    account = _account(batch)
    day = _day_to_pay(batch, account)
    advance(batch, "instruct", requested_on=day, instructed_at=clock.now())
    ledger.void_group(group_of(batch))
    _take_held_currency(batch)
    kept = payment_file(batch)
    data = {
        "batch": batch.pk,
        "payments": batch.payments.filter(state=Payment.State.INSTRUCTED).count(),
        "requested_on": day.isoformat(),
        "sha256": kept.sha256,
    }
    facts.append("fx.batch.instructed", subject=f"batch:{batch.pk}", data=data)
    return batch


def _account(batch: SettlementBatch) -> BankAccount:
    if batch.account is None:
        raise AccountsNotOnRecord(batch=batch.number)
    return batch.account


def _day_to_pay(batch: SettlementBatch, account: BankAccount) -> date:
    now = localtime(clock.now())
    day = value_dates.dealing_day(
        now.date(), now.time(), cut_off=account.cut_off, currency=batch.currency
    )
    earliest = max(day, batch.value_on or day)
    return value_dates.following(earliest, batch.currency)


def _take_held_currency(batch: SettlementBatch) -> None:
    """What was bought before for this batch's obligations comes into its exchange."""
    bought = Obligation.objects.filter(batch=batch).exclude(conversion__batch=batch)
    minor = bought.aggregate(minor=Sum("amount_minor"))["minor"] or 0
    specs = books.move(
        f"{group_of(batch)}/taken",
        debit=books.held_currency(batch.pool, batch.currency),
        credit=books.position(batch, batch.currency),
        amount_minor=minor,
        code=TransferCode.FX_CONVERSION,
    )
    ledger.transfer_many(list(specs), group=group_of(batch))


def payment_file(batch: SettlementBatch, version: str = pain001.DEFAULT_VERSION) -> Document:
    """The stored pain.001 of a batch in a version, made if it was not yet.

    Raises:
        NotInstructedYet: the batch was not sent to the bank.
        UnknownVersion, AccountsNotOnRecord, AddressMissing, NotLatin: it cannot be made.
    """
    key = f"pain.001/{batch.number}/{version}"
    found = documents.find(key)
    if found is not None:
        return found
    return documents.store(
        key=key,
        content=file_bytes(batch, version),
        filename=f"{batch.number}.pain.001.001.{version}.xml",
        media_type="application/xml",
        owner=batch.pool.operator,
        subject=f"batch:{batch.pk}",
        is_sealed=True,
    )


def payment_file_of(number: str, version: str) -> tuple[Document, bytes]:
    """The payment file of the batch with a number, and its bytes.

    Raises:
        NoSuchBatch: there is none.
    """
    batch = SettlementBatch.objects.filter(number=number).first()
    if batch is None:
        raise NoSuchBatch(value=number)
    kept = payment_file(batch, version)
    return kept, documents.content(kept)


def file_bytes(batch: SettlementBatch, version: str = pain001.DEFAULT_VERSION) -> bytes:
    """The payment file of a batch; the same bytes whenever it is asked for. Three queries.

    Raises:
        NotInstructedYet, UnknownVersion, AccountsNotOnRecord, AddressMissing, NotLatin.
    """
    if not has_reached(batch.state, "instructed") or batch.purpose == SettlementBatch.Purpose.BUY:
        raise NotInstructedYet(batch=batch.number, state=batch.state)
    account = _account(batch)
    payments = batch.payments.exclude(state=Payment.State.VOID)
    rows = list(payments.select_related("supplier", "account").order_by("reference"))
    return pain001.build(_file(batch, account, rows), version)


def _file(batch: SettlementBatch, account: BankAccount, rows: Sequence[Payment]) -> PaymentFile:
    """The content of a payment file. One query."""
    if batch.instructed_at is None or batch.requested_on is None:
        raise AccountsNotOnRecord(batch=batch.number)
    remitted, entries = _remitted(rows)
    return PaymentFile(
        message=batch.number,
        created=localtime(batch.instructed_at).isoformat(timespec="seconds"),
        requested_on=batch.requested_on,
        currency=batch.currency,
        debtor=_bank_party(batch.pool.operator),
        account=AccountAt(account.number, account.bic),
        instructions=[_instruction(batch, row, remitted[row.pk]) for row in rows],
        reporting=_reporting(account, batch.pool.operator, entries),
    )


def _instruction(batch: SettlementBatch, row: Payment, remitted: Sequence[Remitted]) -> Instruction:
    if row.account is None:
        raise AccountsNotOnRecord(batch=batch.number)
    return Instruction(
        row.reference,
        row.uetr,
        row.amount_minor,
        _bank_party(row.supplier),
        AccountAt(row.account.number, row.account.bic),
        remitted,
    )


def _reporting(account: BankAccount, payer: Party, entries: Iterable[str]) -> Reporting | None:
    if not account.report_to:
        return None
    text = f"IMPORT GOODS {' '.join(sorted(set(entries)))}".strip()
    return Reporting(account.report_to, payer.country, account.report_code, text)


def _bank_party(party: Party) -> BankParty:
    return BankParty(
        party.name, party.country, party.town, party.street, party.postcode, party.uscc
    )


def _remitted(rows: Sequence[Payment]) -> tuple[Mapping[int, list[Remitted]], set[str]]:
    """Sellers' documents by payment, and the customs entries they belong to. One query."""
    found: dict[int, list[Remitted]] = defaultdict(list)
    entries = set()
    lines = PaymentLine.objects.filter(payment__in=rows).order_by("pk")
    for line in lines.select_related("obligation__importer"):
        importer = line.obligation.importer
        seller = BankParty(importer.name, importer.country, uscc=importer.uscc)
        found[line.payment_id].append(Remitted(line.document, line.amount_minor, seller))
        entries.add(line.entry_number)
    return found, entries - {""}


@transaction.atomic
def record_verdicts(batch: SettlementBatch, verdicts: Mapping[int, Verdict]) -> list[Payment]:
    """What the bank answers to a batch's payments, by id; the payments that it rejected now.

    A rejected payment's obligations wait for the next batch, their currency held. The same answer
    again changes nothing; a batch that the bank has taken whole is accepted.

    Raises:
        AlreadyPaid: a payment that left is said to be rejected; nothing is recorded.
    """
    batch.refresh_from_db(from_queryset=SettlementBatch.objects.select_for_update())
    rejected = []
    for payment in batch.payments.filter(pk__in=verdicts).order_by("pk"):
        verdict = verdicts[payment.pk]
        if verdict.is_rejected and payment.state == Payment.State.SETTLED:
            raise AlreadyPaid(reference=payment.reference)
        if payment.state in OUTSTANDING:
            _record(payment, verdict)
            rejected += [payment] if verdict.is_rejected else []
    if rejected:
        _reject(batch, rejected)
    elif _is_taken_whole(batch):
        advance(batch, "accept")
        data = {"batch": batch.pk}
        facts.append("fx.batch.accepted", subject=f"batch:{batch.pk}", data=data)
    return rejected


@transaction.atomic
def accept(batch: SettlementBatch, *, version: int | None = None) -> SettlementBatch:
    """Record by hand that the bank has taken every payment of a batch."""
    if taken(batch, "accepted", version):
        return batch
    refuse_step(batch, "accept")
    outstanding = batch.payments.filter(state__in=OUTSTANDING).values_list("pk", flat=True)
    record_verdicts(batch, dict.fromkeys(outstanding, Verdict("ACCP")))
    return batch


def _record(payment: Payment, verdict: Verdict) -> None:
    payment.bank_status, payment.bank_reason = verdict.status, verdict.reason[:140]
    if verdict.is_rejected:
        payment.state = Payment.State.REJECTED
    elif verdict.is_taken:
        payment.state = Payment.State.ACCEPTED
    payment.save(update_fields=["bank_status", "bank_reason", "state"])


def _is_taken_whole(batch: SettlementBatch) -> bool:
    waiting = batch.payments.filter(state=Payment.State.INSTRUCTED)
    return batch.state == SettlementBatch.State.INSTRUCTED and not waiting.exists()


def _reject(batch: SettlementBatch, rejected: Sequence[Payment]) -> None:
    """The obligations are free again, paid for; their currency is held for the next batch."""
    specs = [
        TransferSpec(
            f"{group_of(batch)}/rejected/{payment.pk}",
            books.position(batch, batch.currency),
            books.held_currency(batch.pool, batch.currency),
            payment.amount_minor,
            TransferCode.FX_CONVERSION,
        )
        for payment in rejected
    ]
    ledger.transfer_many(specs, group=group_of(batch))
    Obligation.objects.filter(payment__in=rejected).update(
        state=Obligation.State.OPEN, batch=None, payment=None
    )
    if batch.state != SettlementBatch.State.PART_REJECTED:
        advance(batch, "part_reject")
    facts.append_many([_rejection(batch, payment) for payment in rejected])
    settle_batch_if_done(batch)


def _rejection(batch: SettlementBatch, payment: Payment) -> tuple[str, str, dict[str, object]]:
    data: dict[str, object] = {"payment": payment.pk, "batch": batch.pk}
    return ("fx.payment.rejected", f"payment:{payment.pk}", data)
