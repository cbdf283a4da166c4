"""Files from the bank: read once, answers applied, statements judged before they are believed."""

import hashlib

from django.db import transaction

from core import clock, documents, facts
from core.domain.errors import Refusal
from core.models import Party, User
from fx_settlement.domain import bank_papers
from fx_settlement.domain.pain002 import StatusReport
from fx_settlement.models import BankMessage, Payment, SettlementBatch
from fx_settlement.services.gatekeeping import take_statements
from fx_settlement.services.instructing import Verdict, record_verdicts


class AnswerToNothing(Refusal):
    """Raised for a bank's answer to a message or payment that is not ours."""

    code = "answer-to-nothing"
    reason = "The bank answers to “{original}”, which no batch or payment of yours is called."
    remedy = "Check that the file is meant for you, and that its batch was sent from here."


@transaction.atomic
def receive_file(
    operator: Party, raw: bytes, *, filename: str, by: User | None = None
) -> BankMessage:
    """Read a file from the bank, once: the same bytes again return the first reading.

    An answer (pain.002) is applied to its batch; statements (camt.053, MT940) are judged one by
    one and booked or set apart; notifications (camt.052, .054) tell early. A file that cannot be
    read at all is refused and not kept.

    Raises:
        BadXml, UnreadableStatement: nothing can be read from it.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    known = BankMessage.objects.filter(operator=operator, sha256=sha256).first()
    if known is not None:
        return known
    paper = bank_papers.read(raw)
    message = _kept(operator, raw, sha256, paper.kind, filename, by)
    if paper.report is not None:
        _apply(message, paper.report)
    else:
        take_statements(message, paper.statements, is_notification=not paper.is_proof)
    return message


def _kept(
    operator: Party, raw: bytes, sha256: str, kind: str, filename: str, by: User | None
) -> BankMessage:
    document = documents.store(
        key=f"bank/{operator.pk}/{sha256}",
        content=raw,
        filename=filename[:200],
        media_type="application/xml" if kind != "mt940" else "text/plain",
        owner=operator,
        is_sealed=True,
    )
    made = BankMessage.objects.create(
        operator=operator,
        kind=kind,
        sha256=sha256,
        document=document,
        received_by=by,
        received_at=clock.now(),
    )
    data = {"message": made.pk, "kind": kind, "sha256": sha256}
    facts.append("fx.bank.read", subject=f"bank:{made.pk}", data=data)
    return made


def _apply(message: BankMessage, report: StatusReport) -> None:
    """Apply an answer whole, or set it apart with the reason."""
    try:
        with transaction.atomic():
            batch = _answered(message.operator, report.original)
            record_verdicts(batch, _verdicts(batch, report))
    except Refusal as refusal:
        message.state = BankMessage.State.QUARANTINED
        message.fault_code, message.fault = refusal.code, refusal.params
        message.save(update_fields=["state", "fault_code", "fault"])


def _answered(operator: Party, original: str) -> SettlementBatch:
    found = SettlementBatch.objects.filter(pool__operator=operator, number=original).first()
    if found is None or found.instructed_at is None:
        raise AnswerToNothing(original=original)
    return found


def _verdicts(batch: SettlementBatch, report: StatusReport) -> dict[int, Verdict]:
    """What the bank says of each payment: by name, else of its group or the whole message."""
    payments = list(batch.payments.exclude(state=Payment.State.VOID).order_by("reference"))
    found: dict[int, Verdict] = {}
    for number, payment in enumerate(payments, 1):
        if status := report.status_of_others(f"{batch.number}/{number}"):
            found[payment.pk] = Verdict(status)
    for answer in report.payments:
        named = [each for each in payments if _is_named(each, answer.references)]
        if len(named) != 1:
            raise AnswerToNothing(original=answer.references.get("EndToEndId", "–"))
        if answer.status:
            found[named[0].pk] = Verdict(answer.status, answer.reason)
    return found


def _is_named(payment: Payment, references: dict[str, str]) -> bool:
    own = {
        "EndToEndId": payment.reference,
        "InstrId": payment.reference,
        "UETR": payment.uetr,
    }
    said = [(name, value) for name, value in references.items() if name in own]
    return bool(said) and all(own[name] == value for name, value in said)
