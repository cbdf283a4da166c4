"""What customs answers, in one form whichever message it came in: key, status, time, text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from customs.jurisdictions.cn.messages.papers import Message, Texts
from customs.jurisdictions.cn.messages.trees import Element

CHINA = ZoneInfo("Asia/Shanghai")
"""Customs writes the time of Beijing and no offset."""

DECLARATION_ANSWER = "CEB622"

KEYS = ("copNo", "preNo", "invtNo", "orderNo", "payTransactionId", "logisticsNo", "taxNo")
"""Numbers by which a receipt says of what it speaks, ours first."""

_OF_THE_PAPER = {
    "CEB312": "orderNo",
    "CEB412": "payTransactionId",
    "CEB512": "logisticsNo",
    "CEB514": "logisticsNo",
    "CEB816": "invtNo",
    "CEB818": "invtNo",
    "CEB900": "oriCopMsgId",
}
_DIGITS = re.compile(r"\d{8}(\d{6}(\d{3})?)?")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer."""

    code: str
    key: str
    status: str
    at: datetime | None
    text: str
    fields: Texts = field(default_factory=dict)

    def number(self, name: str) -> str:
        """One of the numbers that it names, or nothing."""
        return self.fields.get(name, "").strip()


def moment(text: str) -> datetime | None:
    """A time as customs writes it: digits to the day, second or millisecond, or in ISO 8601.

    None where the text is no time.
    """
    bare = text.strip()
    if _DIGITS.fullmatch(bare):
        bare = f"{bare[:8]}T{bare[8:14] or '000000'}.{bare[14:] or '000'}"
    try:
        found = datetime.fromisoformat(bare)
    except ValueError:
        return None
    try:
        at = found if found.tzinfo else found.replace(tzinfo=CHINA)
        return at.astimezone(UTC) if at.year > 1 else None
    except OverflowError:
        return None


def retail_receipts(message: Message) -> Iterator[Receipt]:
    """Receipts in a message of the retail import interface; none in one that is sent to customs."""
    for paper in message.papers:
        head = paper.head
        if "returnTime" in head or "returnStatus" in head or message.code in _OF_THE_PAPER:
            yield Receipt(
                code=message.code,
                key=_key(message.code, head),
                status=head.get("returnStatus", "") or head.get("status", ""),
                at=moment(head.get("returnTime", "")),
                text=head.get("returnInfo", "") or head.get("taxNo", ""),
                fields=head,
            )


def _key(code: str, head: Texts) -> str:
    own = head.get(_OF_THE_PAPER.get(code, ""), "")
    return (own or next((head[name] for name in KEYS if head.get(name)), "")).strip()


@dataclass(frozen=True, slots=True)
class _Answer:
    """Where a bonded receipt keeps its key, status, time and text; the first that is filled."""

    part: str
    key: tuple[str, ...]
    status: tuple[str, ...]
    at: tuple[str, ...]
    text: tuple[str, ...]


_APPROVAL = _Answer(
    "HdeApprResult", ("businessId", "etpsPreentNo"), ("manageResult",), ("manageDate",), ("rmk",)
)
_ANSWERS: Mapping[str, _Answer] = {
    "INV201": _APPROVAL,
    "INV202": _Answer(
        "InvApprResult",
        ("businessId", "invPreentNo"),
        ("manageResult",),
        ("createDate",),
        ("reason", "entrySeqNo"),
    ),
    "INV211": _Answer(
        "BondInvtBsc",
        ("bondInvtNo", "invtPreentNo"),
        ("vrfdedMarkcd",),
        ("formalVrfdedTime", "prevdTime", "invtDclTime"),
        ("rmk",),
    ),
    "SAS201": _APPROVAL,
    "SAS221": _APPROVAL,
    "SAS223": _APPROVAL,
    "SAS224": _APPROVAL,
}


def bonded_receipts(code: str, parts: Mapping[str, Sequence[Texts]]) -> Iterator[Receipt]:
    """Receipts in a message of the bonded system; none in one that is sent to customs."""
    answer = _ANSWERS.get(code)
    if answer is None:
        return
    for texts in parts.get(answer.part, ()):
        yield Receipt(
            code=code,
            key=_first(texts, answer.key),
            status=_first(texts, answer.status),
            at=moment(_first(texts, answer.at)),
            text=_first(texts, answer.text),
            fields=texts,
        )


def reply_receipt(texts: Texts) -> Receipt:
    """The first word of the bonded system's client: whether it took the file."""
    return Receipt(
        code="CommonResponeMessage",
        key=_first(texts, ("EtpsPreentNo", "SeqNo")),
        status=texts.get("DealFlag", ""),
        at=None,
        text=texts.get("CheckInfo", ""),
        fields=texts,
    )


def exchange_receipts(
    root: Element, texts_of: Callable[[Element], dict[str, str]]
) -> Iterator[Receipt]:
    """What the exchange did with an envelope."""
    for response in root.children:
        if response.name == "Response":
            head = response.child("OriHead")
            texts = texts_of(response)
            origin = texts_of(head) if head is not None else {}
            yield Receipt(
                code="DxpRep",
                key=origin.get("CopMsgId", ""),
                status=texts.get("ResponseCode", ""),
                at=moment(texts.get("NoticeTime", "")),
                text=texts.get("ResponseInfo", ""),
                fields=texts,
            )


def _first(texts: Texts, names: Sequence[str]) -> str:
    return next((texts[name] for name in names if texts.get(name)), "")


def in_order(receipts: Sequence[Receipt]) -> list[Receipt]:
    """Receipts by the time that they name; those without one at the end."""
    late = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
    return sorted(receipts, key=lambda receipt: receipt.at or late)
