"""Answers of the bonded system to lists and passes: written down, and followed by the book.

Answers may come twice and in any order: a paper only moves up, and each step in the account book
is taken once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock, facts, tenancy
from core.models import Fact, Party
from customs.domain import zone
from customs.domain.entries import names_entry
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.messages.reading import Read
from customs.jurisdictions.cn.messages.receipts import CHINA, moment
from customs.models import ZonePaper
from customs.services import entry_lists, exit_lists, shared_passes, zone_papers
from customs.services.entries import hear_entry

_LIST_ANSWERS = ("INV201", "INV211")
_PASS_ANSWERS = {"SAS221": "decided", "SAS223": "passed", "SAS224": "gate"}
_DELETES = "3"


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of an answer to a list."""

    number: str
    is_known: bool
    written_off: int = 0
    """Declarations whose units this answer took out of the book."""

    entered: int = 0
    """Units that this answer took into the book."""


@dataclass(frozen=True, slots=True)
class _Answer:
    number: str
    result: str
    customs_no: str = ""
    entry_no: str = ""
    entered_on: date | None = None
    """The day of the entry that the list led to, where customs says it."""

    deletes: bool = False


def _in_view(receiver: Party | None) -> QuerySet[ZonePaper]:
    """Papers that a receiver may hear of: those of pools it works for or leads."""
    rows = ZonePaper.objects.select_related("pool", "consignment__pool", "gate_pass")
    if receiver is None:
        return rows
    return rows.filter(Q(pool__broker=receiver) | Q(pool__operator=receiver))


def hear_zone(
    found: Read, on: date | None = None, *, receiver: Party | None = None
) -> list[Listed]:
    """Follow a receipt of lists (INV201, INV202, INV211) or passes (SAS221, SAS223, SAS224).

    With a receiver, papers of pools that are not its own are unknown to it.

    Raises:
        NothingExpected: the book has fewer units promised than a list takes out.
        PassedBesidesOthers: a vehicle passed whose goods others were given since its pass ended.
    """
    day = on or clock.today()
    with tenancy.as_operator("follow answers of the bonded system"), transaction.atomic():
        if found.code in _LIST_ANSWERS:
            answers = _list_answers(found.code, found.parts)
            return [_hear_list(_in_view(receiver), found.code, each, day) for each in answers]
        if found.code in _PASS_ANSWERS:
            return [
                listed
                for each in _pass_answers(found)
                for listed in _hear_pass(_in_view(receiver), found.code, each, day)
            ]
        if found.code == "INV202":
            _note_entries(_in_view(receiver), found, day)
        return []


def _list_answers(code: str, parts: Mapping[str, Sequence[Texts]]) -> Iterator[_Answer]:
    """Each list that is answered, with the result and customs' numbers."""
    basics = parts.get("BondInvtBsc", ())
    results = [part.get("manageResult", "") for part in parts.get("HdeApprResult", ())]
    if code == "INV211":
        results = [basic.get("vrfdedMarkcd", "") for basic in basics]
    for result, basic in zip(results, basics, strict=False):
        yield _Answer(
            basic.get("etpsInnerInvtNo", ""),
            result,
            basic.get("bondInvtNo", ""),
            basic.get("entryNo", ""),
            _day_of(moment(basic.get("entryDclTime", ""))),
            deletes=basic.get("dclTypecd") == _DELETES,
        )


def _day_of(at: datetime | None) -> date | None:
    """The day in China of a time that customs names."""
    return at.astimezone(CHINA).date() if at is not None else None


def _pass_answers(found: Read) -> Iterator[_Answer]:
    basics = found.parts.get("SasPassportBsc", ())
    deletes = any(basic.get("dclTypecd") == _DELETES for basic in basics)
    for receipt in found.receipts:
        yield _Answer(
            receipt.number("etpsPreentNo"),
            receipt.status,
            receipt.number("businessId"),
            deletes=deletes,
        )


def _locked(rows: QuerySet[ZonePaper], kind: str, number: str) -> ZonePaper | None:
    if not number:
        return None
    return rows.select_for_update(of=("self",)).filter(kind=kind, number=number).first()


def _hear_list(rows: QuerySet[ZonePaper], code: str, answer: _Answer, on: date) -> Listed:
    paper = _locked(rows, zone.LIST, answer.number)
    if paper is None:
        return Listed(answer.number, is_known=False)
    _number(paper, answer)
    state = zone.answered(code, answer.result, cancels=answer.deletes)
    if state is not None:
        zone_papers.move(paper, state)
    hear_entry(paper, answer.entered_on or on)
    return _follow(paper, on)


def _follow(paper: ZonePaper, on: date) -> Listed:
    if paper.way == zone.IN:
        entered = entry_lists.follow(paper, on)
        return Listed(paper.number, is_known=True, entered=entered)
    is_approved = paper.state in (zone.APPROVED, zone.COUNTED)
    written_off = exit_lists.follow(paper, on) if is_approved else 0
    return Listed(paper.number, is_known=True, written_off=written_off)


def _hear_pass(rows: QuerySet[ZonePaper], code: str, answer: _Answer, on: date) -> Iterator[Listed]:
    paper = _locked(rows, zone.PASS, answer.number)
    if paper is None:
        yield Listed(answer.number, is_known=False)
        return
    _number(paper, answer)
    _write_down(answer.number, _PASS_ANSWERS[code], answer.result)
    state = zone.answered(code, answer.result, cancels=answer.deletes)
    if state is not None:
        zone_papers.move(paper, state)
    if paper.state == zone.PASSED:
        for carried in _carried(paper):
            if carried.way == zone.IN:
                yield _follow(carried, on)


def _carried(paper: ZonePaper) -> list[ZonePaper]:
    """The lists on a pass, by what the pass itself says: they stay its own once it has passed."""
    shared = shared_passes.shared_lists(paper)
    if shared:
        shared_passes.keep_what_passed(paper)
        return shared
    numbers = [bill["RtlBillNo"] for bill in zone_papers.message_of(paper).related]
    rows = ZonePaper.objects.filter(kind=zone.LIST, pool=paper.pool_id, customs_no__in=numbers)
    rows.filter(gate_pass=None).update(gate_pass=paper)
    return list(rows.select_related("consignment__pool", "gate_pass").order_by("pk"))


def _number(paper: ZonePaper, answer: _Answer) -> None:
    """Keep the numbers that customs gave, the first of each; an entry's own before its draft's."""
    new = {}
    if answer.customs_no and not paper.customs_no:
        new["customs_no"] = answer.customs_no
    if _is_better(answer.entry_no, paper.entry_no):
        new["entry_no"] = answer.entry_no
    for name, value in new.items():
        setattr(paper, name, value)
    if new:
        paper.save(update_fields=list(new))


def _is_better(given: str, kept: str) -> bool:
    return bool(given) and (not kept or (names_entry(given) and not names_entry(kept)))


def _write_down(number: str, answer: str, result: str) -> None:
    subject = f"pass:{number}"
    data = {"number": number, "answer": answer, "result": result}
    said = Fact.objects.filter(name="customs.pass.answered", subject=subject)
    if not any(fact.data == data for fact in said):
        facts.append("customs.pass.answered", subject=subject, data=data)


def _note_entries(rows: QuerySet[ZonePaper], found: Read, on: date) -> None:
    """Keep the number of the declaration that customs made of a list: its draft's, or its own."""
    for receipt in found.receipts:
        customs_no, entry_no = receipt.number("businessId"), receipt.number("entrySeqNo")
        if not (customs_no and entry_no):
            continue
        lists = rows.select_for_update(of=("self",)).filter(kind=zone.LIST, customs_no=customs_no)
        for paper in lists.order_by("pk"):
            _number(paper, _Answer(paper.number, receipt.status, entry_no=entry_no))
            hear_entry(paper, _day_of(receipt.at) or on)
