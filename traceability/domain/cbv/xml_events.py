"""Events of an EPCIS document in XML, in the shape that they have in JSON, for the event hash.

Names of other namespaces stand as ``{namespace}local``; elements that only wrap others, as
``extension`` did before EPCIS 2.0, are seen through. Values are text; the hash knows numbers.

Source: GS1 EPCIS 2.0, section 9.5 (XML binding) and 10.2 (JSON binding).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

Body = dict[str, Any]

_WRAPPERS = frozenset({"extension", "baseExtension"})
_TRUTH = {"1": "true", "0": "false"}


class NotEpcisXml(ValueError):
    """Raised for text that is no well-formed XML without entities, or holds no event list."""


def events_in(raw: bytes) -> list[Body]:
    """The events of a document, a query document or a bare event, in the order they stand in.

    Raises:
        NotEpcisXml: it is no XML, declares a DTD or entities, or holds no events.
    """
    try:
        root: Element = fromstring(raw.strip(), forbid_dtd=True)
    except DefusedXmlException:
        raise NotEpcisXml("it declares a DTD or entities") from None
    except (ParseError, ValueError, LookupError, RecursionError) as wrong:
        raise NotEpcisXml(str(wrong)) from None
    if _local(root).endswith("Event"):
        return [_event(root)]
    lists = [each for each in root.iter() if _local(each) == "EventList"]
    if not lists:
        raise NotEpcisXml("it holds no EventList")
    return [_event(each) for found in lists for each in _inside(found)]


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _inside(node: Element) -> Iterator[Element]:
    """Children, those of mere wrappers in their place."""
    for child in node:
        if child.tag in _WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _text(node: Element) -> str:
    return (node.text or "").strip()


def _event(node: Element) -> Body:
    body: Body = {"type": _local(node)}
    for child in _inside(node):
        read = _READERS.get(child.tag)
        _put(body, child.tag, read(child) if read else _extension(child))
    return body


def _put(body: Body, name: str, value: Any) -> None:
    """Add a field; a name that comes again makes a list."""
    if name not in body:
        body[name] = value
    elif isinstance(body[name], list):
        body[name].append(value)
    else:
        body[name] = [body[name], value]


def _texts(node: Element) -> list[str]:
    return [_text(child) for child in node]


def _record(node: Element) -> Body:
    """Attributes and children of an element as fields."""
    body: Body = {}
    for name, text in node.attrib.items():
        _put(body, name, _plain(name, text))
    for child in _inside(node):
        _put(body, child.tag, _extension(child))
    return body


def _plain(name: str, node_text: str | None) -> str:
    """A value's text; truth in the words that JSON has for it."""
    text = (node_text or "").strip()
    return _TRUTH.get(text, text) if name == "booleanValue" else text


def _extension(node: Element) -> Any:
    """An element of another namespace: its text, or what is inside it."""
    body = _record(node)
    text = _plain(node.tag, node.text)
    if not body:
        return text
    return {"@value": text, **body} if text else body


def _records(node: Element) -> list[Body]:
    return [_record(child) for child in node]


def _typed(name: str) -> Callable[[Element], list[Body]]:
    """A list of values with their type as attribute."""

    def read(node: Element) -> list[Body]:
        return [{**child.attrib, name: _text(child)} for child in node]

    return read


def _persistent(node: Element) -> Body:
    return {name: [_text(each) for each in node.findall(name)] for name in ("set", "unset")}


def _sensors(node: Element) -> list[Body]:
    return [_sensor(list(each)) for each in node]


def _sensor(inside: Iterable[Element]) -> Body:
    body: Body = {"sensorReport": []}
    for child in inside:
        _put(body, child.tag, _extension(child) if child.tag.startswith("{") else _record(child))
    return body


_READERS: dict[str, Callable[[Element], Any]] = {
    **dict.fromkeys(("epcList", "inputEPCList", "childEPCs", "outputEPCList"), _texts),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _records
    ),
    **dict.fromkeys(("readPoint", "bizLocation", "ilmd", "errorDeclaration"), _record),
    "bizTransactionList": _typed("bizTransaction"),
    "sourceList": _typed("source"),
    "destinationList": _typed("destination"),
    "persistentDisposition": _persistent,
    "sensorElementList": _sensors,
}
