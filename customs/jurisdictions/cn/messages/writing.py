"""Messages as the bytes that customs reads. The same message gives the same bytes.

The bytes are canonical (C14N 2001-03-15) but for their first line, so what is signed is what is
written. Names stand as the interface has them, its slips of the pen included (``acturalPaid``).
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from core.domain.errors import Refusal
from customs.jurisdictions.cn.messages.fields import CEB, DXP, Field, shapes
from customs.jurisdictions.cn.messages.papers import Message, Paper, Texts

FIRST_LINE = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IN_VALUE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)

_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class CharacterNotAllowed(Refusal):
    """Raised for a text with a character that XML cannot hold."""

    code = "character-not-allowed"
    reason = "A text holds the character {character} at place {position}, which XML cannot hold."
    remedy = "Remove the invisible character from the name or address and build again."


def write(message: Message) -> bytes:
    """The message as canonical XML after its first line, without signature."""
    return FIRST_LINE + canonical(message)


def canonical(message: Message) -> bytes:
    """The message as canonical XML."""
    shape = shapes()[message.code]
    name = f"ceb:{shape.root.name}"
    template = _template(message.code)
    inside = [template.paper(paper) for paper in message.papers]
    inside += [template.tail[part].filled(texts) for part, texts in _tail(message, template)]
    start = (
        f'<{name} xmlns:ceb="{CEB}" guid="{value_text(message.guid)}"'
        f' version="{value_text(message.version)}">'
    )
    return f"{start}{''.join(inside)}</{name}>".encode()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part with its fields in the order of the interface, and each one's tags."""

    name: str
    fields: tuple[tuple[str, str, str, bool], ...]
    """Name, tag before, tag after, and whether it stands even where it is blank."""

    def filled(self, texts: Texts) -> str:
        """The part with the fields that have a text; each text is escaped once.

        Raises:
            CharacterNotAllowed: XML cannot hold a character of a text.
        """
        if not _is_plain("".join(texts.values())):
            names = (name for name, *_ in self.fields if name in texts)
            texts = {name: plain_text(texts[name]) for name in names}
        find = texts.get
        inside = [
            f"{before}{text}{after}"
            for name, before, after, is_mandatory in self.fields
            if (text := find(name, "")) or is_mandatory
        ]
        return f"<ceb:{self.name}>{''.join(inside)}</ceb:{self.name}>"


@dataclass(frozen=True, slots=True)
class _Template:
    """A kind of message, ready to be filled in."""

    around: str
    """The element that holds head and lines, or nothing where a paper is its own head."""

    head: _Part
    line: _Part | None
    tail: Mapping[str, _Part]

    def paper(self, paper: Paper) -> str:
        """A paper with its lines."""
        filled = self.head.filled(paper.head)
        if not self.around:
            return filled
        if self.line is not None:
            filled += "".join(map(self.line.filled, paper.lines))
        return _tagged(self.around, filled)


@cache
def _template(code: str) -> _Template:
    shape = shapes()[code]
    known = ((name, shape.root.part(name)) for name in ("BaseTransfer", "BaseSubscribe"))
    return _Template(
        around="" if shape.head is shape.paper else shape.paper.name,
        head=_part(shape.head),
        line=_part(shape.line) if shape.line is not None else None,
        tail={name: _part(part) for name, part in known if part is not None},
    )


def _part(shape: Field) -> _Part:
    fields = (
        (field.name, f"<ceb:{field.name}>", f"</ceb:{field.name}>", field.is_mandatory)
        for field in shape.parts
    )
    return _Part(shape.name, tuple(fields))


def _tail(message: Message, template: _Template) -> Iterator[tuple[str, Texts]]:
    if message.transfer and "BaseTransfer" in template.tail:
        yield "BaseTransfer", message.transfer
    if "BaseSubscribe" in template.tail:
        for subscription in message.subscriptions:
            yield "BaseSubscribe", subscription


def _tagged(name: str, inside: str) -> str:
    return f"<ceb:{name}>{inside}</ceb:{name}>"


def _is_plain(text: str) -> bool:
    """Whether XML holds the text as it is; not every such text is known here."""
    return text.isprintable() and not ("&" in text or "<" in text or ">" in text)


def plain_text(text: str) -> str:
    """A text with the characters escaped that XML keeps for itself.

    Raises:
        CharacterNotAllowed: XML cannot hold one of them.
    """
    found = _NEVER.search(text)
    if found:
        raise CharacterNotAllowed(
            character=f"U+{ord(found.group()):04X}", position=found.start() + 1
        )
    return text.translate(_IN_TEXT)


def value_text(text: str) -> str:
    """A text as the value of an attribute."""
    return text.translate(_IN_VALUE)


@dataclass(frozen=True, slots=True)
class Route:
    """From whom to whom an envelope goes in the exchange of China E-port."""

    sender: str
    receivers: tuple[str, ...]


def write_envelope(
    content: bytes, *, code: str, number: str, route: Route, created_at: datetime
) -> bytes:
    """A business message packed for the exchange (``DxpMsg``)."""
    fields: Mapping[str, str] = {
        "CopMsgId": number,
        "SenderId": route.sender,
        "CreatTime": created_at.isoformat(timespec="seconds"),
        "MsgType": code,
    }
    inside = {name: _dxp(name, plain_text(text)) for name, text in fields.items()}
    to = "".join(_dxp("ReceiverId", plain_text(receiver)) for receiver in route.receivers)
    inside["ReceiverIds"] = _dxp("ReceiverIds", to)
    order = [field.name for field in shapes()["DxpMsg"].root.parts[0].parts]
    info = _dxp("TransInfo", "".join(inside[name] for name in order))
    data = _dxp("Data", b64encode(content).decode())
    return (
        FIRST_LINE + f'<dxp:DxpMsg xmlns:dxp="{DXP}" ver="1.0">{info}{data}</dxp:DxpMsg>'.encode()
    )


def _dxp(name: str, inside: str) -> str:
    return f"<dxp:{name}>{inside}</dxp:{name}>"
