"""Whether a message has the shape that the official schema asks for.

What the schema of 2022-05 takes has no finding here, and what it refuses has one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice

from core.domain.errors import Refusal
from customs.jurisdictions.cn.messages import faults
from customs.jurisdictions.cn.messages.faults import MOST_FINDINGS, Finding, Level
from customs.jurisdictions.cn.messages.fields import Field, MessageShape, shapes
from customs.jurisdictions.cn.messages.trees import Element

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_SPACE = " \t\r\n"
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_REAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee][+-]?[0-9]+)?|-?INF|NaN")
_STAMP = re.compile(r"([0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9])?")
"""A time as the bonded system writes it, or nothing."""

_DAYSTAMP = re.compile(r"([0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9])?")

_WHOLE = re.compile(r"[+-]?[0-9]+")
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_LEAST_INT, _MOST_INT = -(2**31), 2**31 - 1
_LEAST_LONG, _MOST_LONG, _LONG_DIGITS = -(2**63), 2**63 - 1, 19


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the message we are."""

    path: str

    def found(self, refusal: Refusal) -> Finding:
        """A finding of the schema here."""
        return Finding(self.path, Level.SCHEMA, refusal)

    def inside(self, name: str, number: int = 0) -> "_Place":
        """The place of an element inside; counted from 1 where there are several."""
        return _Place(f"{self.path}/{name}[{number}]" if number else f"{self.path}/{name}")


def shape_of(root: Element) -> MessageShape:
    """The message that a tree is, by the name of its root.

    Raises:
        MessageNotKnown: no message begins so.
    """
    for shape in shapes().values():
        if (shape.root.name, shape.root.namespace) == (root.name, root.namespace):
            return shape
    raise faults.MessageNotKnown(name=root.name, namespace=root.namespace)


def against_shape(shape: Field, element: Element, path: str) -> Iterator[Finding]:
    """What is wrong in one element that a table describes, by place."""
    return _element(shape, element, _Place(path))


def text_fault(field: Field, text: str) -> Refusal | None:
    """What is wrong with the text of one field, if anything."""
    return _KINDS[field.kind](field, text)


def against_schema(root: Element) -> list[Finding]:
    """What the official schema refuses in a message: everything, up to a thousand findings."""
    try:
        shape = shape_of(root)
    except faults.MessageNotKnown as refusal:
        return [Finding(f"/{root.name}", Level.SCHEMA, refusal)]
    found = _element(shape.root, root, _Place(f"/{root.name}"))
    return list(islice(found, MOST_FINDINGS))


def _element(field: Field, element: Element, place: _Place) -> Iterator[Finding]:
    yield from _attributes(field, element.attributes, place)
    if field.kind == "open":
        return
    if field.kind == "mixed":
        if element.children:
            yield place.found(faults.ElementInText(name=field.name))
        return
    if field.is_part:
        yield from _part(field, element, place)
    elif element.children:
        yield place.found(faults.ElementInText(name=field.name))
    else:
        yield from _text(field, element.text, place)


def _attributes(field: Field, given: Mapping[str, str], place: _Place) -> Iterator[Finding]:
    known = {attribute.name for attribute in field.attributes}
    for name in given:
        if name not in known and name not in _HINTS:
            yield place.found(faults.AttributeUnknown(name=name))
    for attribute in field.attributes:
        if attribute.name in given:
            yield from _text(attribute, given[attribute.name], place.inside(f"@{attribute.name}"))
        elif attribute.is_mandatory:
            yield place.found(faults.AttributeMissing(name=attribute.name))


def _part(field: Field, element: Element, place: _Place) -> Iterator[Finding]:
    if element.text.strip(_SPACE):
        yield place.found(faults.TextBetweenElements(name=field.name))
    reached = 0
    for (name, namespace), group in groupby(element.children, lambda x: (x.name, x.namespace)):
        run = list(group)
        index = _index(field, name, namespace)
        if index is None:
            yield place.inside(name).found(faults.ElementUnknown(name=name))
            continue
        if index < reached:
            after = field.parts[reached - 1].name
            yield place.inside(name).found(faults.ElementOutOfPlace(name=name, after=after))
            continue
        yield from _missing(field, reached, index, place)
        reached = index + 1
        yield from _run(field.parts[index], run, place)
    yield from _missing(field, reached, len(field.parts), place)


def _index(field: Field, name: str, namespace: str) -> int | None:
    for index, part in enumerate(field.parts):
        if part.name == name and part.namespace == namespace:
            return index
    return None


def _missing(field: Field, start: int, end: int, place: _Place) -> Iterator[Finding]:
    """Mandatory parts that were passed over."""
    for index in range(start, end):
        part = field.parts[index]
        if part.is_mandatory:
            before = field.parts[end].name if end < len(field.parts) else f"</{field.name}>"
            refusal = faults.ElementMissing(name=part.name, before=before)
            yield place.inside(part.name).found(refusal)


def _run(field: Field, run: list[Element], place: _Place) -> Iterator[Finding]:
    if field.most is not None and len(run) > field.most:
        yield place.inside(field.name).found(
            faults.ElementTooOften(name=field.name, most=field.most)
        )
    is_one_of_many = field.most != 1
    for number, element in enumerate(run, start=1):
        yield from _element(
            field, element, place.inside(field.name, number if is_one_of_many else 0)
        )


def _text(field: Field, text: str, place: _Place) -> Iterator[Finding]:
    if field.fixed and text not in ("", field.fixed):
        yield place.found(faults.NotAsDeclared(name=field.name, fixed=field.fixed))
    elif not field.fixed:
        refusal = _KINDS[field.kind](field, text)
        if refusal is not None:
            yield place.found(refusal)


def _plain(field: Field, text: str) -> Refusal | None:
    least, most = field.length.least, field.length.most
    if len(text) < least or (most is not None and len(text) > most):
        return faults.WrongLength(
            name=field.name, count=len(text), least=least, most=most if most is not None else "∞"
        )
    return None


def _decimal(field: Field, text: str) -> Refusal | None:
    bare = text.strip(_SPACE)
    if not _DECIMAL.fullmatch(bare):
        return faults.NotANumber(name=field.name)
    whole, _, decimals = bare.lstrip("+-").partition(".")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    digits, most_decimals = field.length.most or 0, field.length.decimals or 0
    if len(whole) + len(decimals) > digits or len(decimals) > most_decimals:
        return faults.TooManyDigits(name=field.name, digits=digits, decimals=most_decimals)
    return None


def _whole(field: Field, text: str) -> Refusal | None:
    bare = text.strip(_SPACE)
    if not _WHOLE.fullmatch(bare):
        return faults.NotANumber(name=field.name)
    digits = field.length.most
    if not _LEAST_INT <= int(bare[:25]) <= _MOST_INT or (
        digits is not None and len(bare.lstrip("+-0")) > digits
    ):
        return faults.TooManyDigits(name=field.name, digits=digits or 10, decimals=0)
    return None


def _long(field: Field, text: str) -> Refusal | None:
    bare = text.strip(_SPACE)
    if not _WHOLE.fullmatch(bare):
        return faults.NotANumber(name=field.name)
    if len(bare.lstrip("+-0")) > _LONG_DIGITS or not _LEAST_LONG <= int(bare) <= _MOST_LONG:
        return faults.TooManyDigits(name=field.name, digits=_LONG_DIGITS, decimals=0)
    return None


def _real(field: Field, text: str) -> Refusal | None:
    is_real = _REAL.fullmatch(text.strip(_SPACE))
    return None if is_real else faults.NotANumber(name=field.name)


def _stamp(field: Field, text: str) -> Refusal | None:
    if _STAMP.fullmatch(text):
        return None
    return faults.NotOfItsKind(name=field.name, kind="2022-05-01 08:00:00")


def _daystamp(field: Field, text: str) -> Refusal | None:
    if _DAYSTAMP.fullmatch(text):
        return None
    return faults.NotOfItsKind(name=field.name, kind="2022-05-01")


def _bytes(field: Field, text: str) -> Refusal | None:
    bare = re.sub(r"[ \t\r\n]", "", text)
    return None if _BASE64.fullmatch(bare) else faults.NotOfItsKind(name=field.name, kind="base64")


def _instant(field: Field, text: str) -> Refusal | None:
    bare = text.strip(_SPACE)
    try:
        datetime.fromisoformat(bare)
    except ValueError:
        return faults.NotOfItsKind(name=field.name, kind="2022-05-01T08:00:00")
    is_whole = len(bare) >= len("2022-05-01T08:00:00") and bare[10] == "T"
    return None if is_whole else faults.NotOfItsKind(name=field.name, kind="2022-05-01T08:00:00")


def _day(field: Field, text: str) -> Refusal | None:
    bare = text.strip(_SPACE)
    try:
        date.fromisoformat(bare)
    except ValueError:
        return faults.NotOfItsKind(name=field.name, kind="2022-05-01")
    return None if "-" in bare else faults.NotOfItsKind(name=field.name, kind="2022-05-01")


_KINDS: Mapping[str, Callable[[Field, str], Refusal | None]] = {
    "text": _plain,
    "decimal": _decimal,
    "whole": _whole,
    "long": _long,
    "real": _real,
    "stamp": _stamp,
    "daystamp": _daystamp,
    "bytes": _bytes,
    "instant": _instant,
    "day": _day,
}
