"""Reading whatever customs sends: in any order, with blanks, with fields that nobody announced.

Nothing is refused here for its content. What the tables do not know is kept aside with its place.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files

from core.domain.errors import Refusal
from customs.domain.tables import read_rows
from customs.jurisdictions.cn.messages.faults import MessageNotKnown
from customs.jurisdictions.cn.messages.fields import Field, MessageShape, root_name, shapes
from customs.jurisdictions.cn.messages.papers import Message, Paper
from customs.jurisdictions.cn.messages.receipts import (
    Receipt,
    bonded_receipts,
    exchange_receipts,
    reply_receipt,
    retail_receipts,
)
from customs.jurisdictions.cn.messages.trees import Element, read_tree

BONDED = {
    "InvtMessage": "INV101",
    "INV201": "INV201",
    "INV202": "INV202",
    "INV211": "INV211",
    "INV101": "INV101",
    "PassPortMessage": "SAS121",
    "SAS121": "SAS121",
    "SAS201": "SAS201",
    "SAS221": "SAS221",
    "SAS223": "SAS223",
    "SAS224": "SAS224",
}
"""Messages of the bonded system by the element that begins them inside the envelope."""

REPLY = "CommonResponeMessage"
_MOST_ENVELOPES = 3


class EnvelopeUnreadable(Refusal):
    """Raised when what an envelope carries cannot be unpacked."""

    code = "envelope-unreadable"
    reason = "The envelope carries no base64 that can be unpacked, or envelopes within envelopes."
    remedy = "Fetch the message from the exchange again."


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that no table knows, kept as it came."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """A message or receipt that was read."""

    code: str
    message: Message | None = None
    """Its papers, if it is one of the retail import interface."""

    parts: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    """Its parts by name, if it is one of the bonded system or an envelope."""

    receipts: tuple[Receipt, ...] = ()
    aside: tuple[Aside, ...] = ()
    is_signed: bool = False
    inside: "Read | None" = None
    """What the envelope carried."""

    @property
    def all_receipts(self) -> tuple[Receipt, ...]:
        """Receipts of this message, or of what it carries."""
        return self.receipts if self.inside is None else self.inside.all_receipts


def read(content: bytes) -> Read:
    """Whatever message or receipt the file holds.

    Raises:
        MessageNotKnown: it is none of the interface.
        Refusal: it is no XML that may be read, by the code of the reason.
    """
    return _read(read_tree(content), 0)


def read_root(root: Element) -> Read:
    """The same of a file that is a tree already."""
    return _read(root, 0)


def _read(root: Element, depth: int) -> Read:
    envelope = root.find("DxpMsg") if root.name in ("DxpMsg", "DxpMsgSv") else None
    if envelope is not None:
        return _unpacked(envelope, depth)
    code = root.name.removesuffix("Message")
    if code in shapes() and root.name == root_name(code) and code != "DxpRep":
        return _retail(shapes()[code], root)
    if root.name == "DxpRep":
        return Read(
            "DxpRep", parts=_every_part(root), receipts=tuple(exchange_receipts(root, texts_of))
        )
    if root.name == REPLY:
        texts = texts_of(root)
        return Read(REPLY, parts={REPLY: (texts,)}, receipts=(reply_receipt(texts),))
    return _bonded(root)


def _unpacked(envelope: Element, depth: int) -> Read:
    data, info = envelope.child("Data"), envelope.child("TransInfo")
    if data is None or depth >= _MOST_ENVELOPES:
        raise EnvelopeUnreadable
    try:
        content = b64decode("".join(data.text.split()), validate=True)
    except binascii.Error as error:
        raise EnvelopeUnreadable from error
    return Read(
        "DxpMsg",
        parts={"TransInfo": (texts_of(info),)} if info is not None else {},
        is_signed=envelope.child("Signature") is not None,
        inside=_read(read_tree(content), depth + 1),
    )


def texts_of(element: Element) -> dict[str, str]:
    """Texts of the fields directly inside a part; blanks are left out, repeats joined."""
    found: dict[str, list[str]] = {}
    for child in element.children:
        text = child.text.strip()
        if text and not child.children:
            found.setdefault(child.name, []).append(text)
    return {name: "\\".join(texts) for name, texts in found.items()}


def _retail(shape: MessageShape, root: Element) -> Read:
    aside: list[Aside] = []
    papers: list[Paper] = []
    tail: dict[str, list[Mapping[str, str]]] = {"BaseTransfer": [], "BaseSubscribe": []}
    for child in root.children:
        known = shape.root.part(child.name)
        if child.name == shape.paper.name:
            papers.append(_paper(shape, child, f"/{root.name}", aside))
        elif child.name in tail and known is not None:
            tail[child.name].append(_known(known, child, f"/{root.name}", aside))
        elif child.name != "Signature":
            aside += _kept(child, f"/{root.name}")
    message = Message(
        code=shape.code,
        guid=root.attributes.get("guid", ""),
        papers=tuple(papers),
        transfer=tail["BaseTransfer"][0] if tail["BaseTransfer"] else {},
        subscriptions=tuple(tail["BaseSubscribe"]),
        version=root.attributes.get("version", "1.0"),
    )
    return Read(
        code=shape.code,
        message=message,
        receipts=tuple(retail_receipts(message)),
        aside=tuple(aside),
        is_signed=root.child("Signature") is not None,
    )


def _paper(shape: MessageShape, element: Element, path: str, aside: list[Aside]) -> Paper:
    if shape.head is shape.paper:
        return Paper(_known(shape.paper, element, path, aside))
    head: dict[str, str] = {}
    lines = []
    where = f"{path}/{element.name}"
    for child in element.children:
        if child.name == shape.head.name:
            head |= _known(shape.head, child, where, aside)
        elif shape.line is not None and child.name == shape.line.name:
            lines.append(_known(shape.line, child, where, aside))
        else:
            aside += _kept(child, where)
    return Paper(head, tuple(lines))


def _known(shape: Field, element: Element, path: str, aside: list[Aside]) -> dict[str, str]:
    """Texts of the fields that the part has; the others go aside."""
    where = f"{path}/{element.name}"
    found: dict[str, str] = {}
    for child in element.children:
        known = shape.part(child.name)
        if known is None or child.children or child.name in found:
            aside += _kept(child, where)
        elif child.text.strip():
            found[child.name] = child.text if known.kind == "text" else child.text.strip()
    if element.text.strip():
        aside.append(Aside(where, " ".join(element.text.split())))
    return found


def _kept(element: Element, path: str) -> Iterator[Aside]:
    """An element with all that is inside, blanks left out."""
    waiting: list[tuple[str, Element]] = [(f"{path}/{element.name}", element)]
    while waiting:
        where, each = waiting.pop()
        if each.text.strip():
            yield Aside(where, each.text.strip())
        waiting += [(f"{where}/{child.name}", child) for child in reversed(each.children)]


@cache
def bonded_fields() -> Mapping[str, frozenset[str]]:
    """Fields that are known of each part of the bonded system's messages."""
    with as_file(files("customs").joinpath("data", "sas_fields.csv")) as path:
        rows = read_rows(path)
    parts = {row["part"] for row in rows}
    return {part: frozenset(row["name"] for row in rows if row["part"] == part) for part in parts}


def _bonded(root: Element) -> Read:
    body = _body(root)
    if body is None:
        raise MessageNotKnown(name=root.name, namespace=root.namespace)
    code = BONDED[body.name]
    envelope = root.find("EnvelopInfo")
    parts = _every_part(body)
    if envelope is not None:
        parts["EnvelopInfo"] = (texts_of(envelope),)
    return Read(
        code=code,
        parts=parts,
        receipts=tuple(bonded_receipts(code, parts)),
        aside=tuple(_unannounced(body)),
        is_signed=_has_signature(root),
    )


def _body(root: Element) -> Element | None:
    """The message inside the envelope, or the root itself."""
    business = root.find("BussinessData") or root
    return next((x for x in (business, *business.children) if x.name in BONDED), None)


def _has_signature(root: Element) -> bool:
    value = root.find("SignatureValue")
    return value is not None and bool(value.text.strip())


def _every_part(body: Element) -> dict[str, tuple[Mapping[str, str], ...]]:
    """Parts of a message by name, and its own fields under its own name."""
    own = texts_of(body)
    parts: dict[str, list[Mapping[str, str]]] = {body.name: [own]} if own else {}
    for part in _with_children(body.children):
        parts.setdefault(part.name, []).append(texts_of(part))
    return {name: tuple(found) for name, found in parts.items()}


def _with_children(elements: Sequence[Element]) -> Iterable[Element]:
    return (element for element in elements if element.children)


def _unannounced(body: Element) -> Iterator[Aside]:
    for part in _with_children(body.children):
        known = bonded_fields().get(part.name, frozenset())
        for child in part.children:
            if child.name not in known:
                yield from _kept(child, f"/{body.name}/{part.name}")
