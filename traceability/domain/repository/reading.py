"""What was sent, read strictly: JSON that can be kept, then EPCIS of the right shape."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from traceability.domain.cbv import schema
from traceability.domain.cbv.hashing import event_hash
from traceability.domain.repository.faults import EpcisFault
from traceability.domain.repository.values import instant

Body = dict[str, Any]
Place = dict[str, str]

DEEPEST = 60
LONGEST_ID = 400
MOST_PLACES = 50
DOCUMENTS = ("EPCISDocument", "EPCISQueryDocument")
STANDARD_CONTEXT = (
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    "https://gs1.github.io/EPCIS/epcis-context.jsonld",
)
CONTEXT = STANDARD_CONTEXT[0]


class NotReadable(EpcisFault):
    """Raised for a body that is not JSON that can be kept."""

    code = "epcis-not-json"
    exception = "ValidationException"
    statuses = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    reason = "The body is not JSON that can be kept: {fault}."
    remedy = "Send one JSON document in UTF-8, without NUL, NaN or infinite numbers."


class NotEpcis(EpcisFault):
    """Raised for a document or event that has not the shape of EPCIS 2.0."""

    code = "epcis-not-valid"
    exception = "ValidationException"
    reason = "This is no valid EPCIS 2.0; faults: {count}. The first, at {place}: {fault}"
    remedy = "Correct each place that is named; “manage.py epcis validate” says the same."


@dataclass(frozen=True)
class Read:
    """An event that was sent: its place in the document, and itself with its whole context."""

    number: int
    event: Body


def parse(data: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        NotReadable: not JSON in UTF-8, a number or character that cannot be kept, or too deep.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
        text = spell(value)
    except (ValueError, RecursionError) as fault:
        raise NotReadable(fault=str(fault)[:200].encode("ascii", "replace").decode()) from None
    if b"\\u0000" in text:
        raise NotReadable(fault="it holds a NUL character")
    if _depth(value) > DEEPEST:
        raise NotReadable(fault=f"it is nested more than {DEEPEST} deep")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _depth(value: Any) -> int:
    """How deep lists and objects are nested; without recursion."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def spell(value: Any) -> bytes:
    """The one spelling in which events are kept: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def validated(document: Any) -> Any:
    """The document, or the bare event, when its shape holds.

    Raises:
        NotEpcis: with the places that are at fault.
    """
    refuse(faults_of(document))
    return document


def refuse(places: list[Place]) -> None:
    """Raises:
    NotEpcis: when there is any place.
    """
    if places:
        first = places[0]
        raise NotEpcis(
            count=len(places), place=first["place"], fault=first["reason"], places=places
        )


def faults_of(document: Any) -> list[Place]:
    """What is wrong with a document or a bare event, at most so many places."""
    if not isinstance(document, dict):
        return [{"place": "/", "value": "", "reason": "This is not an object."}]
    return schema.reasons(document)[:MOST_PLACES] or _kept_faults(document)


def _kept_faults(document: Body) -> list[Place]:
    """What the shape allows and a repository cannot keep: instants that are none, long names."""
    found = []
    for read in events_of(document):
        where = "" if document.get("type") not in DOCUMENTS else f"event {read.number} "
        found += [{**place, "place": where + place["place"]} for place in unkept(read.event)]
    return found[:MOST_PLACES]


def unkept(event: Body) -> list[Place]:
    """Places of one event that have the right shape and cannot be kept."""
    error = event.get("errorDeclaration") or {}
    times = {
        "/eventTime": event.get("eventTime"),
        "/errorDeclaration/declarationTime": error.get("declarationTime"),
    }
    found = [
        {"place": place, "value": str(text), "reason": "This instant does not exist in UTC."}
        for place, text in times.items()
        if text is not None and instant(text) is None
    ]
    if len(event.get("eventID", "")) > LONGEST_ID:
        reason = f"An event's name has at most {LONGEST_ID} characters."
        found.append({"place": "/eventID", "value": event["eventID"][:80], "reason": reason})
    return found


def events_of(document: Body) -> Iterator[Read]:
    """The events of a valid document or bare event, each with its whole context."""
    if document.get("type") not in DOCUMENTS:
        yield Read(0, document)
        return
    for number, event in enumerate(event_list(document)):
        yield Read(number, {**event, "@context": joined(document, event)})


def event_list(document: Body) -> list[Body]:
    """The list of events of a document or a query document."""
    body = document["epcisBody"]
    listed: list[Body] = (
        body["eventList"]
        if document["type"] == DOCUMENTS[0]
        else body["queryResults"]["resultsBody"]["eventList"]
    )
    return listed


def without_events(document: Body) -> Body:
    """The envelope of a document; its events are judged one by one."""
    if document["type"] == DOCUMENTS[0]:
        return {**document, "epcisBody": {**document["epcisBody"], "eventList": []}}
    results = document["epcisBody"]["queryResults"]
    emptied = {**results, "resultsBody": {**results["resultsBody"], "eventList": []}}
    return {**document, "epcisBody": {**document["epcisBody"], "queryResults": emptied}}


def joined(document: Body, event: Body) -> Any:
    """The contexts of a document and of one event in it, as one; each part once."""
    parts: list[Any] = []
    for context in (document.get("@context"), event.get("@context")):
        for part in context if isinstance(context, list) else [context]:
            if part is not None and part not in parts:
                parts.append(part)
    return parts[0] if len(parts) == 1 else parts


def named(event: Body) -> Body:
    """The event as it is kept: with its name, its hash where it had none, and no record time.

    Raises:
        NotEpcis: an event of a type of its own, whose fields no schema knows, cannot be hashed.
    """
    kept = {name: value for name, value in event.items() if name != "recordTime"}
    if not kept.get("eventID"):
        try:
            kept["eventID"] = event_hash(event)
        except (AttributeError, TypeError, ValueError, KeyError, ArithmeticError):
            reason = "The event has no name, and a shape that cannot be hashed."
            refuse([{"place": "/eventID", "value": "", "reason": reason}])
    return kept
