"""XML from banks read by local names, so that any version of a message is understood."""

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.domain.errors import Refusal

_AMOUNT = re.compile(r"\d{1,18}(\.\d{1,10})?|\.\d{1,10}")


class UnreadableFile(Refusal):
    """Raised for a file that cannot be opened, or is larger than 50 MB."""

    code = "unreadable-file"
    reason = "The file {value} cannot be read."
    remedy = "Name an existing file of at most 50 MB."


class BadXml(Refusal):
    """Raised for text that is no well-formed XML, or declares entities."""

    code = "bad-xml"
    reason = "The file is not well-formed XML without entities: {why}."
    remedy = "Export the message again and send it unchanged."


def parse(raw: bytes) -> Element:
    """The root of a document; entities, DTDs and outside references are refused.

    Raises:
        BadXml: for anything else than plain well-formed XML.
    """
    try:
        root: Element = fromstring(raw.removeprefix(b"\xef\xbb\xbf").lstrip(), forbid_dtd=True)
    except DefusedXmlException:
        raise BadXml(why="it declares a DTD or entities", place="document") from None
    except (ParseError, ValueError, LookupError, RecursionError) as wrong:
        raise BadXml(why=str(wrong)[:120], place="document") from None
    return root


def name(node: Element) -> str:
    """An element's name without its namespace."""
    return node.tag.rpartition("}")[2]


def children(node: Element, *path: str) -> Iterator[Element]:
    """All elements at a path of local names below a node."""
    found = [node]
    for step in path:
        found = [child for parent in found for child in parent if name(child) == step]
    return iter(found)


def child(node: Element, *path: str) -> Element | None:
    """The first element at a path."""
    return next(children(node, *path), None)


def text(node: Element, *path: str) -> str:
    """The stripped text of the first element at a path, or nothing."""
    found = child(node, *path)
    return "" if found is None else (found.text or "").strip()


def decimal(value: str) -> Decimal | None:
    """An unsigned ISO 20022 amount, or None where the text is none."""
    return Decimal(value) if _AMOUNT.fullmatch(value) else None
