"""A file as a tree of elements, read with every dangerous part of XML switched off."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from core.domain.errors import Refusal

MOST_BYTES = 20_000_000
MOST_DEPTH = 40
MOST_ELEMENTS = 300_000
"""A hundred papers of 99 lines have some 220,000."""

MOST_TAG = 20_000
_LONG_TAG = re.compile(rf"<[A-Za-z_:][^<>]{{{MOST_TAG}}}")
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class MessageTooLarge(Refusal):
    """Raised when a file is larger than any message that customs takes."""

    code = "message-too-large"
    reason = "The file has {bytes} bytes; messages have at most {most}."
    remedy = "Send messages of at most 100 papers each."


class MessageTooDeep(Refusal):
    """Raised when elements stand inside each other deeper, or are more, than in any message."""

    code = "message-too-deep"
    reason = "At {path} elements stand more than {depth} deep, or the file has over {count}."
    remedy = "Send the message as the interface lays it out."


class MessageUnsafe(Refusal):
    """Raised when a file declares a document type or entities."""

    code = "message-unsafe"
    reason = "The file declares a document type or entities, which no message needs."
    remedy = "Remove the declaration before the first element."


class NotXML(Refusal):
    """Raised when a file is not well-formed XML."""

    code = "not-xml"
    reason = "The file stops being XML at line {line}, column {column}."
    remedy = "Fetch the file again; it was cut or changed on its way."


class WrongEncoding(Refusal):
    """Raised when the bytes of a file are not in the encoding that it claims."""

    code = "wrong-encoding"
    reason = "The file says that it is {claimed}, but byte {position} is not; it reads as {likely}."
    remedy = "Save the file as UTF-8 and send it again."


class UnknownEncoding(Refusal):
    """Raised when a file claims an encoding that is not read."""

    code = "unknown-encoding"
    reason = "The file says that it is “{claimed}”, which is not read."
    remedy = "Save the file as UTF-8 and send it again."


class TagTooLong(Refusal):
    """Raised when one tag with its attributes is longer than any that customs writes."""

    code = "tag-too-long"
    reason = "A tag near character {position} has more than {most} characters."
    remedy = "Send the message as the interface lays it out; values stand between tags."


@dataclass(slots=True)
class Element:
    """An element with its own text put together; comments and instructions are gone."""

    name: str
    namespace: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def child(self, name: str) -> "Element | None":
        """The first element of a name directly inside, in any namespace."""
        return next((child for child in self.children if child.name == name), None)

    def find(self, name: str) -> "Element | None":
        """The first element of a name at any depth, itself included."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            if element.name == name:
                return element
            waiting += reversed(element.children)
        return None


_DECLARED = re.compile(r"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_READ_AS = {
    "utf-8": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "utf-16": "utf-16",
    "us-ascii": "ascii",
    "ascii": "ascii",
}


def read_tree(content: bytes) -> Element:
    """The root element of a file.

    Raises:
        MessageTooLarge, MessageTooDeep, MessageUnsafe, NotXML, WrongEncoding, UnknownEncoding,
        TagTooLong.
    """
    if len(content) > MOST_BYTES:
        raise MessageTooLarge(bytes=len(content), most=MOST_BYTES)
    text = _decoded(content)
    long_tag = _LONG_TAG.search(text)
    if long_tag is not None:
        raise TagTooLong(position=long_tag.start(), most=MOST_TAG)
    builder = _Builder()
    parser = DefusedXMLParser(
        target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(text)
        root = parser.close()
    except DefusedXmlException as error:
        raise MessageUnsafe from error
    except ParseError as error:
        line, column = error.position
        raise NotXML(line=line, column=column) from error
    if not isinstance(root, Element):
        raise NotXML(line=1, column=0)
    return root


def _decoded(content: bytes) -> str:
    """The text of a file; from here on, what its first line says of bytes counts no more."""
    encoding, claimed = _encoding(content)
    said = _DECLARED.match(content[:400].decode(encoding, errors="replace").lstrip("\ufeff"))
    if encoding == "utf-16" and said is not None and said.group(1).lower() != "utf-16":
        raise WrongEncoding(claimed=said.group(1), position=0, likely="UTF-16")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise WrongEncoding(
            claimed=claimed, position=error.start, likely=_likely(content)
        ) from error
    return text.removeprefix("\ufeff")


def _encoding(content: bytes) -> tuple[str, str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16"
    head = content[:200].decode("ascii", errors="replace").lstrip("\ufffd")
    found = _DECLARED.match(head)
    claimed = found.group(1) if found else "UTF-8"
    encoding = _READ_AS.get(claimed.lower())
    if encoding is None:
        raise UnknownEncoding(claimed=claimed)
    return encoding, claimed


def _likely(content: bytes) -> str:
    for encoding, name in (("utf-8", "UTF-8"), ("gb18030", "GB 18030")):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return name
    return "—"


class _Builder:
    """Builds the tree and stops where it grows deeper or larger than a message."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        self.count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        namespace, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        element = Element(name, namespace, dict(attributes) if attributes else _NO_ATTRIBUTES)
        self.count += 1
        if len(self.open) >= MOST_DEPTH or self.count > MOST_ELEMENTS:
            path = "/".join(above.name for above in self.open[:5])
            raise MessageTooDeep(path=path, depth=MOST_DEPTH, count=MOST_ELEMENTS)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.texts.append([])

    def data(self, text: str) -> None:
        """A piece of text of the element that is open."""
        self.texts[-1].append(text)

    def end(self, _: str) -> None:
        """The open element ends."""
        self.open.pop().text = "".join(self.texts.pop())

    def close(self) -> Element | None:
        """The root."""
        return self.root
