"""Reads a message in the very form in which it is written here, by patterns out of the one table.

What a pattern takes keeps the official schema; it takes less than the schema does. A message that
it does not take is read as a tree and judged element by element, with the same verdict.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from core.domain.errors import Refusal
from customs.jurisdictions.cn.messages.conformance import against_shape
from customs.jurisdictions.cn.messages.fields import (
    CEB,
    DSIG,
    OUTBOUND,
    Field,
    MessageShape,
    shapes,
)
from customs.jurisdictions.cn.messages.papers import Message, Paper
from customs.jurisdictions.cn.messages.trees import MOST_BYTES, read_tree
from customs.jurisdictions.cn.messages.writing import FIRST_LINE

_ESCAPED = {"&amp;": "\ue000", "&lt;": "\ue001", "&gt;": "\ue002"}
"""Signs that stand for others, each as one character that no text has, so that lengths count."""

_AS_MEANT = str.maketrans({"\ue000": "&", "\ue001": "<", "\ue002": ">"})
_SIGNS = frozenset(_ESCAPED.values())
_CONTROLS = bytes(set(range(32)) - set(b"\t\n"))
_NEVER = ("\ufffe", "\uffff", "]]>")
"""What XML forbids, beside control characters."""

_WIDEST_WHOLE = 9
_ROOT = re.compile(rf'<ceb:(CEB\d{{3}})Message xmlns:ceb="{re.escape(CEB)}" ')


@dataclass(frozen=True, slots=True)
class QuickRead:
    """A message without a fault that the schema knows, but that it may lack its signature."""

    message: Message
    is_signed: bool

    @property
    def is_complete(self) -> bool:
        """Whether it has the signature, or needs none."""
        return self.is_signed or not shapes()[self.message.code].needs_signature


@dataclass(frozen=True, slots=True)
class _Part:
    """A part by its pattern, whose groups are the texts of its fields in order."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]

    def at(self, text: str, place: int) -> re.Match[str] | None:
        return self.pattern.match(text, place)

    def texts(self, found: re.Match[str], *, is_escaped: bool) -> dict[str, str]:
        """Texts by field; blanks are left out."""
        pairs = zip(self.names, found.groups(), strict=True)
        texts = {name: text for name, text in pairs if text and not text.isspace()}
        if is_escaped:
            return {name: text.translate(_AS_MEANT) for name, text in texts.items()}
        return texts


@dataclass(frozen=True, slots=True)
class _Shape:
    """A message by its patterns."""

    code: str
    opening: re.Pattern[str]
    papers: int
    after_paper: str
    head: _Part
    line: _Part | None
    lines: int
    transfer: _Part
    subscription: _Part
    subscriptions: int
    signature: Field
    closing: str


def read_quickly(content: bytes) -> QuickRead | None:
    """The message, or None where the slow way has to judge it."""
    text = _plain(content)
    if text is None:
        return None
    is_escaped = "&" in text
    if is_escaped:
        if any(sign in text for sign in _SIGNS):
            return None
        for escaped, sign in _ESCAPED.items():
            text = text.replace(escaped, sign)
    known = _ROOT.match(text, len(FIRST_LINE))
    shape = _compiled().get(known.group(1)) if known and "&" not in text else None
    return _Reader(shape, text, is_escaped=is_escaped).message() if shape else None


def _plain(content: bytes) -> str | None:
    """The text, if nothing in it keeps it from being a message as written here."""
    if len(content) > MOST_BYTES or not content.startswith(FIRST_LINE):
        return None
    if len(content.translate(None, _CONTROLS)) != len(content):
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if any(each in text for each in _NEVER) else text


class _Reader:
    """Goes through one message from its beginning to its end."""

    def __init__(self, shape: _Shape, text: str, *, is_escaped: bool) -> None:
        self.shape = shape
        self.text = text
        self.place = len(FIRST_LINE)
        self.is_escaped = is_escaped

    def message(self) -> QuickRead | None:
        """The whole message, or None at the first thing that is not as expected."""
        shape = self.shape
        opening = shape.opening.match(self.text, self.place)
        if opening is None:
            return None
        self.place = opening.end()
        papers = tuple(self._papers())
        transfer = self._part(shape.transfer)
        subscriptions = tuple(self._parts(shape.subscription))
        is_signed = self._signature()
        is_whole = self.text[self.place :] == shape.closing and transfer is not None
        counts = 0 < len(papers) <= shape.papers and len(subscriptions) <= shape.subscriptions
        if not is_whole or not counts or is_signed is None:
            return None
        guid, version = (each.translate(_AS_MEANT) for each in opening.groups())
        found = Message(shape.code, guid, papers, transfer or {}, subscriptions, version)
        return QuickRead(found, is_signed)

    def _papers(self) -> Iterator[Paper]:
        """Papers as far as each is whole; what follows is then not what has to follow."""
        shape = self.shape
        while (head := self._part(shape.head)) is not None:
            lines = tuple(self._parts(shape.line)) if shape.line is not None else ()
            counts = len(lines) <= shape.lines and bool(lines) == (shape.line is not None)
            if not counts or not self.text.startswith(shape.after_paper, self.place):
                return
            self.place += len(shape.after_paper)
            yield Paper(head, lines)

    def _parts(self, part: _Part) -> Iterator[Mapping[str, str]]:
        while (texts := self._part(part)) is not None:
            yield texts

    def _part(self, part: _Part) -> dict[str, str] | None:
        found = part.at(self.text, self.place)
        if found is None:
            return None
        self.place = found.end()
        return part.texts(found, is_escaped=self.is_escaped)

    def _signature(self) -> bool | None:
        """Whether there is a signature; None where it is none that the schema takes."""
        end = len(self.text) - len(self.shape.closing)
        signature = self.text[self.place : end]
        if not signature:
            return False
        self.place = end
        if not _SIGNS.isdisjoint(signature):
            return None
        try:
            around = read_tree(f'<ceb:m xmlns:ceb="{CEB}">{signature}</ceb:m>'.encode())
        except Refusal:
            return None
        inside = [(child.name, child.namespace) for child in around.children]
        if around.text or inside != [("Signature", DSIG)]:
            return None
        faults = against_shape(self.shape.signature, around.children[0], "")
        return None if any(True for _ in faults) else True


@cache
def _compiled() -> Mapping[str, _Shape]:
    """Messages that patterns can be made of: those that are sent."""
    return {code: _shape(shapes()[code]) for code in OUTBOUND if _is_plain(shapes()[code])}


def _is_plain(shape: MessageShape) -> bool:
    parts = [shape.head, *filter(None, [shape.line])]
    kinds = {field.kind for part in parts for field in part.parts}
    return kinds <= {"text", "decimal", "whole"} and shape.root.part("Signature") is not None


def _shape(shape: MessageShape) -> _Shape:
    paper, line = shape.paper, shape.line
    opening = re.escape(f'<ceb:{shape.root.name} xmlns:ceb="{CEB}"')
    for attribute in shape.root.attributes:
        most, least = attribute.length.most, attribute.length.least
        opening += rf' {attribute.name}="([^<"\t\n]{{{least},{most}}})"'
    transfer, subscription = (_of(shape.root, name) for name in ("BaseTransfer", "BaseSubscribe"))
    before = "" if shape.head is paper else f"<ceb:{paper.name}>"
    return _Shape(
        code=shape.code,
        opening=re.compile(opening + ">"),
        papers=paper.most or 0,
        after_paper=f"</ceb:{paper.name}>" if before else "",
        head=_part(shape.head, before),
        line=_part(line) if line is not None else None,
        lines=(line.most or 0) if line is not None else 0,
        transfer=_part(transfer),
        subscription=_part(subscription),
        subscriptions=subscription.most or 0,
        signature=_of(shape.root, "Signature"),
        closing=f"</ceb:{shape.root.name}>",
    )


def _of(root: Field, name: str) -> Field:
    return next(part for part in root.parts if part.name == name)


def _part(part: Field, before: str = "") -> _Part:
    inside = "".join(map(_element, part.parts))
    pattern = f"{before}<ceb:{part.name}>{inside}</ceb:{part.name}>"
    return _Part(re.compile(pattern), tuple(field.name for field in part.parts))


def _element(field: Field) -> str:
    element = f"<ceb:{field.name}>({_text(field)})</ceb:{field.name}>"
    return element if field.is_mandatory else f"(?:{element})?"


def _text(field: Field) -> str:
    """A pattern for texts that the schema takes in the field, if not for all of them."""
    length = field.length
    if field.fixed:
        return re.escape(field.fixed)
    if field.kind == "decimal":
        decimals = length.decimals or 0
        return rf"-?[0-9]{{1,{(length.most or 0) - decimals}}}(?:\.[0-9]{{1,{decimals}}})?"
    if field.kind == "whole":
        return rf"[0-9]{{1,{min(length.most or _WIDEST_WHOLE, _WIDEST_WHOLE)}}}"
    return rf"[^<]{{{length.least},{length.most if length.most is not None else ''}}}"
