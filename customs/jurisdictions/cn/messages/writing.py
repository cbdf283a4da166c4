"""Messages as the bytes that customs reads. The same message gives the same bytes.

The bytes are canonical (C14N 2001-03-15) but for their first line, so what is signed is what is
written. Names stand as the interface has them, its slips of the pen included (``acturalPaid``).
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

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
    inside = [_paper(shape.paper, paper) for paper in message.papers]
    inside += [
        _element(shape.root.part(part), texts)
        for part, texts in _tail(message)
        if shape.root.part(part) is not None
    ]
    start = (
        f'<{name} xmlns:ceb="{CEB}" guid="{value_text(message.guid)}"'
        f' version="{value_text(message.version)}">'
    )
    return f"{start}{''.join(inside)}</{name}>".encode()


def _tail(message: Message) -> Iterator[tuple[str, Texts]]:
    if message.transfer:
        yield "BaseTransfer", message.transfer
    for subscription in message.subscriptions:
        yield "BaseSubscribe", subscription


def _paper(shape: Field, paper: Paper) -> str:
    if not shape.parts[0].is_part:
        return _element(shape, paper.head)
    inside = _element(shape.parts[0], paper.head)
    if len(shape.parts) > 1:
        inside += "".join(_element(shape.parts[1], line) for line in paper.lines)
    return _tagged(shape.name, inside)


def _element(shape: Field | None, texts: Texts) -> str:
    """A part with the fields that have a text, in the order of the interface."""
    if shape is None:
        return ""
    inside = (
        _tagged(field.name, plain_text(texts.get(field.name, "")))
        for field in shape.parts
        if field.is_mandatory or texts.get(field.name)
    )
    return _tagged(shape.name, "".join(inside))


def _tagged(name: str, inside: str) -> str:
    return f"<ceb:{name}>{inside}</ceb:{name}>"


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
