"""What an event is found by: a few columns, and terms of every other field that can be asked for.

A term is a name with a text, number or instant. Names are those of the query language without
their operator: ``epc`` of ``MATCH_epc``, ``bizTransaction:po``, ``value:CEL``. Extension fields are
named by where they stand and their full name, and again by the name as it was written.

Source: GS1 EPCIS 2.0.1, section 8.2.7.1 (SimpleEventQuery).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traceability.domain.repository.values import (
    LONGEST_NAME,
    expanded,
    fit,
    identifier,
    instant,
    prefixes_of,
    spelled,
    word,
)

Body = Mapping[str, Any]
EVENT_TYPES = (
    *("ObjectEvent", "AggregationEvent", "TransactionEvent"),
    *("TransformationEvent", "AssociationEvent"),
)
_BASE = frozenset({"@context", "type", "eventTime", "eventID", "errorDeclaration"})
_SINGLE = ("action", "bizStep", "disposition", "transformationID", "parentID")
KNOWN = frozenset(
    (
        *("@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID"),
        *("certificationInfo", "errorDeclaration", "action", "bizStep", "disposition"),
        *("persistentDisposition", "readPoint", "bizLocation", "bizTransactionList"),
        *("sourceList", "destinationList", "sensorElementList", "ilmd", "epcList"),
        *("quantityList", "parentID", "childEPCs", "childQuantityList", "inputEPCList"),
        *("inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID"),
    )
)
_EPCS = {
    "epcList": "epc",
    "childEPCs": "epc",
    "inputEPCList": "inputEPC",
    "outputEPCList": "outputEPC",
}
_CLASSES = {
    "quantityList": "epcClass",
    "childQuantityList": "epcClass",
    "inputQuantityList": "inputEPCClass",
    "outputQuantityList": "outputEPCClass",
}
_TYPED = {
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
}
_METADATA = frozenset(
    (
        *("time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData"),
        *("dataProcessingMethod", "bizRules"),
    )
)
_REPORT = _METADATA | frozenset(
    (
        *("type", "exception", "microorganism", "chemicalSubstance", "component"),
        *("stringValue", "booleanValue", "hexBinaryValue", "uriValue", "value", "minValue"),
        *("maxValue", "meanValue", "sDev", "percRank", "percValue", "uom"),
        "coordinateReferenceSystem",
    )
)
_MEASURED = frozenset({"value", "minValue", "maxValue", "meanValue", "sDev", "percValue"})
_WORDS = frozenset({"type", "exception", "component"})


@dataclass(frozen=True)
class Term:
    """One thing that an event says, under the name by which it can be asked for."""

    name: str
    text: str = ""
    number: float | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Columns:
    """What an event says once, or not at all (then empty)."""

    event_type: str
    action: str
    biz_step: str
    disposition: str
    read_point: str
    biz_location: str
    transformation_id: str
    error_reason: str
    declared: str


def sound(event: Body) -> Body:
    """The event with only those standard fields that have their shape.

    The schema knows nothing of what an event of a type of its own says in them.
    """
    if event.get("type") in EVENT_TYPES:
        return event
    kept = {name: value for name, value in event.items() if name not in KNOWN or name in _BASE}
    kept |= {n: event[n] for n in _SINGLE if isinstance(event.get(n), str)}
    for name in ("readPoint", "bizLocation"):
        place = event.get(name)
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            kept[name] = place
    for name in _EPCS:
        epcs = event.get(name)
        if isinstance(epcs, list) and all(isinstance(epc, str) for epc in epcs):
            kept[name] = epcs
    return kept


def columns(event: Body) -> Columns:
    """The single values of an event, in their one form."""
    event = sound(event)
    names = prefixes_of(event.get("@context"))
    error = event.get("errorDeclaration") or {}
    declared = instant(error.get("declarationTime"))
    return Columns(
        event_type=fit(expanded(str(event.get("type", "")), names)),
        action=str(event.get("action", ""))[:8],
        biz_step=fit(word(event.get("bizStep", ""), names)),
        disposition=fit(word(event.get("disposition", ""), names)),
        read_point=_place(event.get("readPoint")),
        biz_location=_place(event.get("bizLocation")),
        transformation_id=identifier(event.get("transformationID", "")),
        error_reason=fit(word(error.get("reason", ""), names)),
        declared=spelled(declared) if declared else "",
    )


def _place(place: Any) -> str:
    return identifier(place["id"]) if place else ""


def terms(event: Body) -> list[Term]:
    """Every term of an event, each once, in a fixed order."""
    event = sound(event)
    names = prefixes_of(event.get("@context"))
    found = [*_things(event, names), *_sensed(event, names), *_extended(event, names)]
    return list(dict.fromkeys(found))


def _things(event: Body, names: Mapping[str, str]) -> Iterator[Term]:
    for field, name in _EPCS.items():
        yield from (Term(name, identifier(each)) for each in event.get(field) or ())
    if event.get("parentID"):
        yield Term("parentID", identifier(event["parentID"]))
    for field, name in _CLASSES.items():
        for each in event.get(field) or ():
            yield Term(name, identifier(each["epcClass"]))
            yield from _quantity(each)
    for field, name in _TYPED.items():
        for each in event.get(field) or ():
            kind = word(each.get("type", ""), names)
            yield Term(_named(name, kind), identifier(each[name]))
    lasting = event.get("persistentDisposition") or {}
    for name in ("set", "unset"):
        said = lasting.get(name) or ()
        yield from (Term(f"persistentDisposition_{name}", fit(word(w, names))) for w in said)
    error = event.get("errorDeclaration") or {}
    yield from (Term("correctiveEventID", fit(i)) for i in error.get("correctiveEventIDs") or ())


def _quantity(element: Body) -> Iterator[Term]:
    amount = _number(element.get("quantity"))
    if amount is not None:
        yield Term("quantity", number=amount)
        if "uom" in element:
            yield Term(_named("quantity", element["uom"]), number=amount)


def _sensed(event: Body, names: Mapping[str, str]) -> Iterator[Term]:
    elements = event.get("sensorElementList") or ()
    if elements:
        yield Term("sensorElementList")
    for element in elements:
        metadata = element.get("sensorMetadata") or {}
        yield from _attributes(metadata, _METADATA, names)
        yield from _fields("SENSORMETADATA", metadata, _METADATA, names)
        yield from _fields("SENSORELEMENT", element, {"sensorMetadata", "sensorReport"}, names)
        for report in element.get("sensorReport") or ():
            yield from _attributes(report, _REPORT, names)
            yield from _fields("SENSORREPORT", report, _REPORT, names)


def _attributes(record: Body, known: Iterable[str], names: Mapping[str, str]) -> Iterator[Term]:
    """The standard attributes of a sensor report or its metadata."""
    for name in sorted(known):
        if name not in record:
            continue
        value = record[name]
        if name in _MEASURED:
            uom = record.get("uom", "")
            yield from (Term(n, number=_number(value)) for n in (name, _named(name, uom)) if n)
        elif isinstance(value, bool):
            yield Term(name, "true" if value else "false")
        elif isinstance(value, int | float):
            yield Term(name, number=_number(value))
        else:
            text = word(value, names) if name in _WORDS else value
            yield Term(name, fit(text), at=instant(value))


def _extended(event: Body, names: Mapping[str, str]) -> Iterator[Term]:
    yield from _fields("", event, KNOWN, names)
    yield from _fields("ILMD", event.get("ilmd") or {}, (), names)
    standard = {"declarationTime", "reason", "correctiveEventIDs"}
    yield from _fields("ERROR_DECLARATION", event.get("errorDeclaration") or {}, standard, names)
    for place in ("readPoint", "bizLocation"):
        yield from _fields(place, event.get(place) or {}, {"id"}, names)


def _fields(
    where: str, record: Body, known: Iterable[str], names: Mapping[str, str]
) -> Iterator[Term]:
    """Extension fields of a record at a place, and what is inside them."""
    for name in sorted(set(record) - set(known)):
        if not name.startswith("@"):
            yield from _field(where, name, record[name], names, is_inner=False)


def _field(
    where: str, name: str, value: Any, names: Mapping[str, str], *, is_inner: bool
) -> Iterator[Term]:
    place = f"INNER_{where}" if is_inner else where
    kept = dict.fromkeys((extension(place, expanded(name, names)), extension(place, name)))
    for each in value if isinstance(value, list) else [value]:
        yield from (_term(full, each) for full in kept)
        if isinstance(each, dict):
            for inner in sorted(each):
                if not inner.startswith("@"):
                    yield from _field(where, inner, each[inner], names, is_inner=True)


def extension(place: str, name: str) -> str:
    """The name of a term for an extension field: its place and its name."""
    return fit(f"{place}|{name}", LONGEST_NAME)


def _named(name: str, kind: str) -> str:
    return fit(f"{name}:{kind}", LONGEST_NAME)


def _term(name: str, value: Any) -> Term:
    make = _KINDS.get(type(value))
    return make(name, value) if make else Term(name)


_KINDS: dict[type, Callable[[str, Any], Term]] = {
    bool: lambda name, value: Term(name, "true" if value else "false"),
    int: lambda name, value: Term(name, number=_number(value)),
    float: lambda name, value: Term(name, number=_number(value)),
    str: lambda name, value: Term(name, fit(value), at=instant(value)),
}


def _number(value: Any) -> float | None:
    """A number that a column can hold, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
