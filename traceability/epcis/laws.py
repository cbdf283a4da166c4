"""What must always hold of captured events and standing queries; registered by ``invariants``."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import astuple
from typing import Any

from core.invariants import invariant
from core.models.fact import Fact
from core.scope import as_operator
from traceability.domain.repository.index import columns, terms
from traceability.domain.repository.values import fit, instant
from traceability.domain.repository.vocabulary import entry_of
from traceability.epcis import standing
from traceability.epcis.capture import CAPTURED, COLUMNS, commitment
from traceability.models import (
    Capture,
    EpcisEvent,
    EventTerm,
    MasterEntry,
    MasterTerm,
    NamedQuery,
    QuerySubscription,
)

STEP = 500
_OWN = ("pk", "event_id", "happened_at", "body")


@invariant(
    "traceability.events_are_found_by_what_they_say",
    "Columns and terms of every event are those that its bytes give.",
)
def events_are_found_by_what_they_say() -> Iterator[str]:
    """Two queries per 500 events."""
    last = 0
    while rows := list(_next(last)):
        kept: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        named = EventTerm.objects.filter(event_id__in=[row[0] for row in rows])
        for event_id, *term in named.values_list("event_id", "name", "text", "number", "at"):
            kept[event_id].append(tuple(term))
        for pk, name, at, body, *found in rows:
            if not _is_told(body, (name, at, *found), kept[pk]):
                yield f"event {pk} is found by other things than it says"
        last = rows[-1][0]


def _next(after: int) -> Any:
    rows = EpcisEvent.objects.filter(pk__gt=after).order_by("pk")
    return rows.values_list(*_OWN, *COLUMNS)[:STEP]


def _is_told(body: str, found: tuple[Any, ...], kept: list[tuple[Any, ...]]) -> bool:
    """Whether columns and terms are those of an event's bytes."""
    try:
        event = json.loads(body)
        told = (fit(event["eventID"]), instant(event["eventTime"]), *astuple(columns(event)))
        said = [astuple(term) for term in terms(event)]
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return told == found and sorted(said, key=repr) == sorted(kept, key=repr)


@invariant(
    "traceability.captures_say_what_the_log_says",
    "Every capture has one fact, which commits to all that the capture says and keeps.",
)
def captures_say_what_the_log_says() -> Iterator[str]:
    """Two queries, and one per 100 captures."""
    facts = _facts(CAPTURED, "capture")
    with as_operator("check captures"):
        rows = list(Capture.objects.order_by("pk"))
    for some in _steps(rows, 100):
        events: dict[int, list[Any]] = defaultdict(list)
        found = EpcisEvent.objects.filter(capture_id__in=[row.pk for row in some]).order_by("pk")
        for event in found.iterator():
            events[event.capture_id or 0].append(event)
        master: dict[int, list[Any]] = defaultdict(list)
        with as_operator("check master data"):
            said = MasterEntry.objects.filter(capture_id__in=[row.pk for row in some])
            for each in said.order_by("pk"):
                master[each.capture_id].append(each)
        for row in some:
            told = facts.pop(row.pk, [])
            if len(told) != 1 or told[0]["digest"] != _committed(
                row, events[row.pk], master[row.pk]
            ):
                yield f"capture {row.pk} is not what the log says"
    for pk in facts:
        yield f"capture {pk}, which the log knows, is missing"


def _committed(row: Capture, events: list[EpcisEvent], master: list[MasterEntry]) -> str:
    """The commitment to a capture; empty where its events are another's or of another time."""
    own = all(
        (event.recorder, event.viewer, event.record_time, event.kind)
        == (row.importer_id, row.importer_id, row.created_at, "")
        for event in events
    )
    own = own and all(each.importer_id == row.importer_id for each in master)
    if not own or len(events) != row.kept_events:
        return ""
    elements = [each.body.encode() for each in master]
    return commitment(row, (event.body.encode() for event in events), elements)


@invariant(
    "traceability.master_data_is_found_by_what_it_says",
    "The vocabulary of captured documents is found by what it says, and as the log commits to it.",
)
def master_data_is_found_by_what_it_says() -> Iterator[str]:
    """Two queries."""
    kept: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for entry_id, *term in MasterTerm.objects.values_list("entry_id", "name", "text").iterator():
        kept[entry_id].append((term[0], term[1]))
    with as_operator("check master data"):
        for row in MasterEntry.objects.order_by("pk").iterator():
            if not _is_entry(row, kept[row.pk]):
                yield f"master data {row.pk} is found by other things than it says"


def _is_entry(row: MasterEntry, kept: list[tuple[str, str]]) -> bool:
    try:
        told = entry_of(json.loads(row.body), {})
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    own = (row.vocabulary, row.element, row.body.encode())
    return (told.vocabulary, told.element, told.body) == own and sorted(told.terms) == sorted(kept)


@invariant(
    "traceability.standing_queries_say_what_the_log_says",
    "Every kept query and subscription is as the log says, and ended exactly where it says so.",
)
def standing_queries_say_what_the_log_says() -> Iterator[str]:
    """Six queries."""
    with as_operator("check standing queries"):
        queries = list(NamedQuery.objects.all())
        subscriptions = list(QuerySubscription.objects.all())
    yield from _ended(queries, "query", standing.KEPT, standing.ENDED, standing.query_commitment)
    yield from _ended(
        subscriptions,
        "subscription",
        standing.MADE,
        standing.CANCELLED,
        standing.subscription_commitment,
    )


def _ended(
    rows: list[Any], what: str, made: str, ended: str, committed: Callable[[Any], str]
) -> Iterator[str]:
    """Rows that are not what their facts say."""
    begun, over = _facts(made, what), _facts(ended, what)
    for row in rows:
        told = begun.pop(row.pk, [])
        if len(told) != 1 or told[0]["digest"] != committed(row):
            yield f"{what} {row.pk} is not what the log says"
        if (row.pk in over) != (row.ended_at is not None):
            yield f"{what} {row.pk} ended, or goes on, against the log"
    for pk in begun:
        yield f"{what} {pk}, which the log knows, is missing"


def _facts(name: str, key: str) -> dict[int, list[dict[str, Any]]]:
    """The data of the facts of a name, by the id that they name. One query."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for data in Fact.objects.filter(name=name).values_list("data", flat=True).iterator():
        found[data.get(key, 0)].append(data)
    return found


def _steps(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]
