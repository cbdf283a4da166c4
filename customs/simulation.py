"""Simulated answers of customs, for demonstrations and tests. Nothing here speaks to customs.

Answers follow from the seed and the number of the declaration alone, so that a demonstration
told twice is the same. Every answer says in its own words that it is simulated.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from core import clock, tenancy
from customs.domain import zone
from customs.domain.states import DECLARED
from customs.jurisdictions.cn.messages.reading import read
from customs.models import Attempt, DeclarationBatch, ZonePaper
from customs.services import hear_zone, receive_answer

REFUSED_IN_A_THOUSAND = 25
INSPECTED_IN_A_THOUSAND = 15

REASONS = (
    ("-621018", "清单中购买人已用购买额度，本次购买将超过年度限额"),
    ("-621018", "清单中购买人已用购买额度，本次购买将超过年度限额"),
    ("-621005", "清单的购买金额超过单笔限额"),
    ("-621013", "清单，查询个人限额失败"),
)
"""Error codes of the interface; the person's yearly limit is the usual one."""


HURRY = 3_600
"""Seconds that pass in one, where somebody is watching."""


@dataclass(frozen=True)
class SimulatedAnswer:
    """One answer to be."""

    status: str
    after: timedelta
    raw: str


def answers(seed: str, cop_no: str) -> list[SimulatedAnswer]:
    """What customs is simulated to answer to a declaration, in order."""
    dice = hashlib.sha256(f"{seed}/{cop_no}".encode()).digest()
    fate = int.from_bytes(dice[:4]) % 1000
    minutes = 3 + dice[4] % 20
    said = [_answer("120", minutes, "海关入库")]
    if fate < REFUSED_IN_A_THOUSAND:
        code, text = REASONS[dice[5] % len(REASONS)]
        return [*said, _answer("100", minutes + 6, f"{code} {text}")]
    if fate < REFUSED_IN_A_THOUSAND + INSPECTED_IN_A_THOUSAND:
        said.append(_answer("500", minutes + 9, "查验"))
        minutes += 240
    return [*said, _answer("800", minutes + 12 + dice[6] % 60, "放行")]


def _answer(status: str, minutes: int, text: str) -> SimulatedAnswer:
    return SimulatedAnswer(status, timedelta(minutes=minutes), f"[simulated] {status} {text}")


def answer_batch(
    batch: DeclarationBatch, *, seed: str, most: int | None = None, in_a_hurry: bool = False
) -> dict[str, int]:
    """Have a batch answered as simulated, each answer at its own time; the states reached.

    Declarations that were answered before are left alone, so a second run changes nothing.
    ``most`` bounds how many are answered by this call. In a hurry, an hour passes in a second.
    """
    with tenancy.as_operator("simulated answers of customs"):
        waiting = Attempt.objects.filter(batch=batch, state=DECLARED).order_by("cop_no")
        for attempt in waiting.select_related("declaration")[:most]:
            _answer_one(batch, attempt, seed, HURRY if in_a_hurry else 1)
        reached = Attempt.objects.filter(batch=batch).order_by("state").values_list("state")
        return dict(reached.annotate(Count("pk")))


def _answer_one(batch: DeclarationBatch, attempt: Attempt, seed: str, hurry: int) -> None:
    digits = hashlib.sha256(f"{seed}/no/{attempt.cop_no}".encode()).digest()
    serial = int(attempt.cop_no.rpartition("-")[2])
    year = attempt.declared_at.year
    pre_no = f"{int.from_bytes(digits[:7]) % 10**18:018d}"
    invt_no = f"{batch.pool.customs_district}{year}I{serial:09d}"
    for answer in answers(seed, attempt.cop_no):
        at = attempt.declared_at + answer.after / hurry
        with clock.at(at):
            receive_answer(
                attempt.declaration,
                answer.status,
                at,
                answer.raw,
                pre_no=pre_no,
                invt_no=invt_no if answer.status != "100" else "",
            )


_MARKS = {zone.IN: "I", zone.OUT: "E"}
_SAID = {
    zone.LIST: (("INV201", "4"), ("INV211", "2")),
    zone.PASS: (("SAS221", "1"), ("SAS223", "1")),
}
"""Answers to a paper that keeps every rule: a list pre-approved and counted, a pass let through."""


def approve_list(paper: ZonePaper) -> None:
    """Have a list of a demonstration approved and not counted yet, as simulated."""
    _say(paper, *_SAID[zone.LIST][0])


def answer_zone(paper: ZonePaper) -> None:
    """Have a list or gate pass of a demonstration answered to its end, as simulated."""
    for code, result in _SAID[paper.kind]:
        _say(paper, code, result)


def _say(paper: ZonePaper, code: str, result: str) -> None:
    """Hand in one receipt as the bonded system would send it."""
    customs_no = _customs_no(paper)
    about = f"<etpsPreentNo>{paper.number}</etpsPreentNo><businessId>{customs_no}</businessId>"
    said = "<rmk>[simulated]</rmk>"
    body = f"<HdeApprResult>{about}<manageResult>{result}</manageResult>{said}</HdeApprResult>"
    if paper.kind == zone.LIST:
        mark = f"<vrfdedMarkcd>{result}</vrfdedMarkcd>" if code == "INV211" else ""
        body = "" if mark else body
        body += f"<BondInvtBsc><bondInvtNo>{customs_no}</bondInvtNo>"
        body += f"<etpsInnerInvtNo>{paper.number}</etpsInnerInvtNo>{mark}</BondInvtBsc>"
    kind = f"<EnvelopInfo><message_type>{code}</message_type></EnvelopInfo>"
    data = f"<DataInfo><BussinessData><{code}>{body}</{code}></BussinessData></DataInfo>"
    hear_zone(read(f"<Package>{kind}{data}</Package>".encode()))


def _customs_no(paper: ZonePaper) -> str:
    serial = int(paper.number.rpartition("-")[2])
    year = paper.written_at.year
    where = f"{paper.pool.customs_district}"
    if paper.kind == zone.LIST:
        return f"QD{where}{year % 100:02}{_MARKS[paper.way]}{serial:09}"
    return f"Z{where}{_MARKS[paper.way]}{paper.written_at:%y%m%d}{serial:012}"
