"""Receipts of customs as files: kept as they came, each answer handed to its declaration."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from core import documents, facts, tenancy
from core.domain.errors import Refusal
from core.models import Document, Party
from customs.domain.packages import unpack
from customs.jurisdictions.cn.messages.reading import Read, read
from customs.jurisdictions.cn.messages.receipts import DECLARATION_ANSWER, Receipt, in_order
from customs.models import Attempt, Correction, CustomsReceipt
from customs.services.answering import receive_answer
from customs.services.correcting import receive_correction
from customs.services.paper_answers import hear_papers
from customs.services.taxing import BILL, BILL_STATE, hear_tax_bill
from customs.services.zone_answers import Listed, hear_zone

_ZIP, _XML = "application/zip", "application/xml"
_NUMBERS = ("copNo", "preNo", "invtNo")
"""Numbers of a declaration that an answer may name, ours first."""

CORRECTION_ANSWERS = ("CEB624", "CEB626")
"""Receipts of a withdrawal and of a return."""


AT_A_TIME = 500
"""Answers whose declarations are looked up together."""

MOST_ANSWERS = 5_000


class TooManyAnswers(Refusal):
    """Raised when a file holds more answers than are followed at once."""

    code = "too-many-answers"
    reason = "The file holds {count} answers; at most {most} are taken at once."
    remedy = "Send it in several parts."


class TimeMissing(Refusal):
    """Raised for an answer that does not say when it was given."""

    code = "answer-time-missing"
    reason = "The answer to {number} does not say when it was given."
    remedy = "Fetch the receipt again, and have customs asked if the time is still missing."


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file, or an answer in one, that could not be taken, and why."""

    name: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file of receipts."""

    document: Document
    files: int
    matched: int
    """Answers that were new to a declaration in view."""

    repeated: int
    """Answers that had been heard before."""

    unknown: tuple[str, ...]
    """Numbers of declarations that are not in view."""

    kept: int
    """Receipts of other papers: kept with the file and not followed."""

    refused: tuple[RefusedFile, ...]

    written_off: int = 0
    """Declarations that an approved list took out of the account book."""

    entered: int = 0
    """Units that an approved list took into the account book."""

    zone: int = 0
    """Answers to lists and gate passes in view."""

    corrected: int = 0
    """Answers to withdrawals and returns that were new."""

    billed: int = 0
    """Tax bills, and states of tax bills, that were new."""

    papers: int = 0
    """Answers to orders, payments and waybills that were new."""


def receive_file(receiver: Party, name: str, content: bytes) -> Received:
    """Take an XML file or a ZIP of receipts for a broker, or for an operator's pools.

    Answers may come in any order and again; the same file twice changes nothing. The file is kept
    sealed as it came, also where nothing in it could be used.

    Raises:
        PackageTooLarge, PackageUnreadable: the file as a whole cannot be read.
        TooManyAnswers: it holds more than are followed at once.
    """
    entries = list(unpack(name, content))
    messages, refused = _read_all(entries)
    receipts = [receipt for message in messages for receipt in message.all_receipts]
    answers = [receipt for receipt in receipts if receipt.code == DECLARATION_ANSWER]
    if len(answers) > MOST_ANSWERS:
        raise TooManyAnswers(count=len(answers), most=MOST_ANSWERS)
    with tenancy.as_operator("receive answers of customs"):
        document = _keep(receiver, name, content)
        followed = _follow(receiver, in_order(answers))
        corrected = _follow_corrections(receiver, in_order(receipts))
        billed = _follow_bills(receiver, in_order(receipts))
        about_papers, papers = hear_papers(receiver, in_order(receipts))
        listed, not_listed = _follow_lists(receiver, messages)
        followed_too = corrected.heard + billed.heard + about_papers
        outcome = Received(
            document=document,
            files=len(entries),
            matched=followed.matched,
            repeated=followed.repeated,
            unknown=tuple(followed.unknown),
            kept=len(receipts) - len(answers) - followed_too,
            refused=(
                *refused,
                *followed.refused,
                *corrected.refused,
                *billed.refused,
                *not_listed,
            ),
            written_off=sum(each.written_off for each in listed),
            entered=sum(each.entered for each in listed),
            zone=sum(each.is_known for each in listed),
            corrected=corrected.new,
            billed=billed.new,
            papers=papers,
        )
        _tell(outcome)
    return outcome


def _read_all(
    entries: Iterable[tuple[str, bytes]],
) -> tuple[list[Read], list[RefusedFile]]:
    messages: list[Read] = []
    refused: list[RefusedFile] = []
    for name, content in entries:
        try:
            messages.append(read(content))
        except Refusal as refusal:
            refused.append(RefusedFile(name, refusal))
    return messages, refused


def _follow_lists(
    receiver: Party, messages: Iterable[Read]
) -> tuple[list[Listed], list[RefusedFile]]:
    """Hand each answer to a list or pass in view on; what became of each."""
    listed: list[Listed] = []
    refused = []
    for message in messages:
        try:
            listed += hear_zone(message, receiver=receiver)
        except Refusal as refusal:
            refused.append(RefusedFile(message.code, refusal))
    return listed, refused


@dataclass(slots=True)
class _Heard:
    heard: int
    new: int
    refused: list[RefusedFile]


def _follow_corrections(receiver: Party, receipts: Sequence[Receipt]) -> _Heard:
    """Hand answers to withdrawals and returns on; those to requests out of view are only kept."""
    answers = [each for each in receipts if each.code in CORRECTION_ANSWERS]
    wanted = {each.number("copNo") for each in answers} - {""}
    rows = Correction.objects.filter(cop_no__in=wanted).filter(
        Q(declaration__batch__broker=receiver) | Q(declaration__batch__pool__operator=receiver)
    )
    known = {row.cop_no: row for row in rows}
    done = _Heard(0, 0, [])
    for answer in answers:
        correction = known.get(answer.number("copNo"))
        if correction is not None:
            done.heard += 1
            _correct(correction, answer, done)
    return done


def _correct(correction: Correction, answer: Receipt, done: _Heard) -> None:
    try:
        if answer.at is None:
            raise TimeMissing(number=answer.key)
        before = correction.answers.count()
        receive_correction(correction, answer.status, answer.at, _words(answer))
        done.new += correction.answers.count() - before
    except Refusal as refusal:
        done.refused.append(RefusedFile(answer.key, refusal))


def _follow_bills(receiver: Party, receipts: Sequence[Receipt]) -> _Heard:
    """Keep tax bills and their states; those of declarations out of view stay in the file only."""
    done = _Heard(0, 0, [])
    for receipt in receipts:
        if receipt.code not in (BILL, BILL_STATE):
            continue
        try:
            is_new = hear_tax_bill(receiver, receipt)
        except Refusal as refusal:
            done.heard += 1
            done.refused.append(RefusedFile(receipt.key, refusal))
            continue
        done.heard += is_new is not None
        done.new += is_new is True
    return done


def _keep(receiver: Party, name: str, content: bytes) -> Document:
    digest = hashlib.sha256(content).hexdigest()
    return documents.store(
        key=f"customs.received:{receiver.pk}/{digest}",
        content=content,
        filename=name[-100:],
        media_type=_ZIP if content.startswith(b"PK") else _XML,
        owner=receiver,
        subject=f"party:{receiver.pk}",
        is_sealed=True,
    )


@dataclass(slots=True)
class _Followed:
    matched: int
    repeated: int
    unknown: list[str]
    refused: list[RefusedFile]


def _follow(receiver: Party, answers: Sequence[Receipt]) -> _Followed:
    done = _Followed(0, 0, [], [])
    for start in range(0, len(answers), AT_A_TIME):
        some = answers[start : start + AT_A_TIME]
        attempts = _attempts(receiver, some)
        for answer in some:
            named = (attempts[key] for key in _keys(answer) if key in attempts)
            _follow_one(next(named, None), answer, done)
    return done


def _follow_one(attempt: Attempt | None, answer: Receipt, done: _Followed) -> None:
    if attempt is None:
        done.unknown.append(answer.key)
        return
    try:
        is_new = _hear(attempt, answer)
    except Refusal as refusal:
        done.refused.append(RefusedFile(answer.key, refusal))
        return
    done.matched += is_new
    done.repeated += not is_new


def _keys(answer: Receipt) -> list[tuple[str, str]]:
    """The numbers that an answer names, with what they are numbers of."""
    return [(name, answer.number(name)) for name in _NUMBERS if answer.number(name)]


def _attempts(receiver: Party, answers: Sequence[Receipt]) -> Mapping[tuple[str, str], Attempt]:
    """Attempts in view by the numbers that the answers name. One query."""
    wanted = {name: {x.number(name) for x in answers} - {""} for name in _NUMBERS}
    rows = (
        Attempt.objects.filter(Q(batch__broker=receiver) | Q(batch__pool__operator=receiver))
        .filter(
            Q(cop_no__in=wanted["copNo"])
            | Q(declaration__pre_no__in=wanted["preNo"])
            | Q(declaration__invt_no__in=wanted["invtNo"])
        )
        .select_related("declaration")
        .order_by("number")
    )
    found: dict[tuple[str, str], Attempt] = {}
    for attempt in rows:
        found["copNo", attempt.cop_no] = attempt
        found["preNo", attempt.declaration.pre_no] = attempt
        found["invtNo", attempt.declaration.invt_no] = attempt
    return found


def _hear(attempt: Attempt, answer: Receipt) -> bool:
    """Hand an answer to its declaration; whether it was new.

    Raises:
        TimeMissing: it does not say when it was given.
        UnknownReturnCode: its status is not in the table.
    """
    if answer.at is None:
        raise TimeMissing(number=answer.key)
    known = CustomsReceipt.objects.filter(
        attempt=attempt, status=answer.status, answered_at=answer.at
    )
    if known.exists():
        return False
    receive_answer(
        attempt.declaration,
        answer.status,
        answer.at,
        _words(answer),
        pre_no=answer.number("preNo"),
        invt_no=answer.number("invtNo"),
        cop_no=attempt.cop_no,
    )
    return True


def _words(answer: Receipt) -> str:
    """What customs says, with the status before it where that is the reason of a refusal."""
    is_reason = answer.status.startswith("-") and answer.status not in answer.text
    return f"{answer.status} {answer.text}" if is_reason else answer.text


@transaction.atomic
def _tell(outcome: Received) -> None:
    facts.append(
        "customs.receipts.received",
        subject=f"document:{outcome.document.pk}",
        data={
            "document": outcome.document.pk,
            "matched": outcome.matched,
            "unknown": len(outcome.unknown),
            "refused": len(outcome.refused),
        },
    )
