"""Lists (核注清单, INV101) and gate passes (核放单, SAS121) for the bonded system's client.

Fields, their order and which of them have to stand come from the table; blank optional ones are
left out. The same message gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from customs.jurisdictions.cn.messages.bonded import CLIENT, bonded_shapes
from customs.jurisdictions.cn.messages.fields import Field
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.messages.receipts import CHINA
from customs.jurisdictions.cn.messages.writing import FIRST_LINE, plain_text

LIST, PASS = "InvtMessage", "PassPortMessage"
HEADS = {LIST: "InvtHeadType", PASS: "PassportHead"}
LINES = {LIST: "InvtListType", PASS: "PassportList"}
RELATED = {LIST: "InvtCbecBill", PASS: "PassportAcmp"}
"""Papers that a list or pass stands on: released declarations, lists."""

STORE, DECLARE = "0", "1"
RECEIVER = "DXPEDCSAS0000001"
_SAS = "http://www.chinaport.gov.cn/sas"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True, slots=True)
class BondedMessage:
    """One list or gate pass: a head, lines of goods, and the papers that it stands on."""

    name: str
    head: Texts
    lines: tuple[Texts, ...] = ()
    related: tuple[Texts, ...] = ()
    own: Texts = field(default_factory=dict)
    """Fields of the message itself: who operates the client (``OperCusRegCode``)."""

    @property
    def code(self) -> str:
        """``INV101`` or ``SAS121``."""
        return CLIENT[self.name]


@dataclass(frozen=True, slots=True)
class Posting:
    """How a message goes into the client: its number, sender, card, and time."""

    number: str
    sender: str
    card: str
    at: datetime
    receiver: str = RECEIVER
    order: str = DECLARE
    """Whether the client is to store the message or to declare it."""


def from_parts(name: str, parts: Mapping[str, Sequence[Texts]]) -> BondedMessage:
    """A list or pass from the parts that the reader found."""
    return BondedMessage(
        name=name,
        head=next(iter(parts.get(HEADS[name], ())), {}),
        lines=tuple(parts.get(LINES[name], ())),
        related=tuple(parts.get(RELATED[name], ())),
        own=next(iter(parts.get(name, ())), {}),
    )


def write_bonded(message: BondedMessage, posting: Posting) -> bytes:
    """The message in its envelope, with the empty signature that the client fills in.

    Raises:
        CharacterNotAllowed: a text holds a character that XML cannot hold.
    """
    sent_at = posting.at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S")
    envelope = {
        "version": "1.0",
        "message_id": posting.number,
        "file_name": f"{posting.number}.zip",
        "message_type": message.code,
        "sender_id": posting.sender,
        "receiver_id": posting.receiver,
        "send_time": sent_at,
        "Ic_Card": posting.card,
    }
    body = "".join(_body(message))
    data = _tagged("BussinessData", body + _tagged("DelcareFlag", posting.order))
    pocket = _tagged("PocketInfo", _tagged("is_unstructured", "1"))
    package = _tagged("EnvelopInfo", _fields(envelope)) + _tagged("DataInfo", pocket + data)
    return FIRST_LINE + _signature(_tagged("Package", package)).encode()


def _signature(package: str) -> str:
    return (
        f'<Signature schemaLocation="{_SAS} SAS101.xsd" xmlns:sas="{_SAS}">'
        f'<SignedInfo><CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{_DSIG}rsa-sha1"></SignatureMethod><Reference URI="String">'
        f'<DigestMethod Algorithm="{_DSIG}sha1"></DigestMethod><DigestValue></DigestValue>'
        "</Reference></SignedInfo><SignatureValue></SignatureValue><KeyInfo><KeyName></KeyName>"
        f'</KeyInfo><Object Id="String">{package}</Object></Signature>'
    )


def _body(message: BondedMessage) -> Iterator[str]:
    shape = bonded_shapes()[message.name]
    rows = {
        HEADS[message.name]: (message.head,),
        LINES[message.name]: message.lines,
        RELATED[message.name]: message.related,
    }
    yield f"<{message.name}>"
    for part in shape.parts:
        if part.is_part:
            yield from (_part(part, texts) for texts in rows[part.name])
        elif message.own.get(part.name):
            yield _tagged(part.name, plain_text(message.own[part.name]))
    yield f"</{message.name}>"


def _part(shape: Field, texts: Texts) -> str:
    inside = (
        _tagged(known.name, plain_text(texts.get(known.name, "")))
        for known in shape.parts
        if known.is_mandatory or texts.get(known.name)
    )
    return _tagged(shape.name, "".join(inside))


def _fields(texts: Texts) -> str:
    return "".join(_tagged(name, plain_text(text)) for name, text in texts.items())


def _tagged(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>"
