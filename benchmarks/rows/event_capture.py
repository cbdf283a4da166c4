"""Documents of 500 events: read, judged, named, indexed and kept, with their fact in the log."""

import json
from dataclasses import astuple
from typing import Any

from django.conf import settings

from benchmarks.events import documents, partner
from benchmarks.ways import Way, Ways
from core import bulk, clock, tenancy
from core.keys import KeyRing
from core.models import Party
from traceability.domain.cbv import schema
from traceability.domain.repository import reading
from traceability.epcis import capture
from traceability.epcis.capture import COLUMNS
from traceability.models import Capture, EpcisEvent, EventTerm

PLAIN = 100
EVENT = (
    *("event_id", "happened_at", "record_time", "capture_id", "recorder", "viewer", "body"),
    *COLUMNS,
)


def take_in(importer: Party, sent: list[bytes]) -> None:
    """Our way."""
    with tenancy.acting_for(importer.pk):
        for data in sent:
            capture.capture(importer, data)


def ready(sent: list[bytes]) -> list[capture.Prepared]:
    """Events with columns and terms."""
    return [
        capture.prepared(read.number, read.event)
        for data in sent
        for read in reading.events_of(json.loads(data))
    ]


def plain(importer: Party, sent: list[bytes]) -> None:
    """Each event judged by itself and saved, and each of its terms."""
    made = whole_capture(importer)
    for data in sent:
        for read in reading.events_of(json.loads(data)):
            if not schema.is_valid(read.event):
                raise ValueError(read.number)
            each = capture.prepared(read.number, read.event)
            row = EpcisEvent.objects.create(**_fields(importer, made, each))
            for term in each.terms:
                EventTerm.objects.create(
                    event=row, name=term.name, text=term.text, number=term.number, at=term.at
                )


def whole_capture(importer: Party) -> Capture:
    """A row that events can belong to; no fact tells of it."""
    with tenancy.acting_for(importer.pk):
        made: Capture = Capture.objects.create(
            importer_id=importer.pk,
            capture_id=f"plain-{Capture.objects.count()}",
            behaviour="rollback",
            created_at=clock.now(),
            is_success=True,
            sent_events=0,
            kept_events=0,
        )
    return made


def _fields(importer: Party, made: Capture, each: capture.Prepared) -> dict[str, Any]:
    return dict(zip(EVENT, _row(importer, made, each), strict=True))


def _row(importer: Party, made: Capture, each: capture.Prepared) -> tuple[Any, ...]:
    own = (each.event_id, each.at, made.created_at, made.pk, importer.pk, importer.pk)
    return (*own, each.body.decode(), *astuple(each.columns))


def bare(importer: Party, events: list[capture.Prepared]) -> None:
    """The same rows, ready before the clock starts, by executemany or COPY."""
    made = whole_capture(importer)
    rows = bulk.create(EpcisEvent, EVENT, [_row(importer, made, each) for each in events])
    pairs = zip(rows, events, strict=True)
    capture.insert_terms((row.pk, each.terms) for row, each in pairs)


def ways(size: int) -> Ways:
    """Each way takes in events of its own."""
    KeyRing.make(settings.KEY_DIR)
    importer, few = partner(), min(size, PLAIN)
    sent: list[bytes] = []
    events: list[capture.Prepared] = []

    def prepare(count: int) -> None:
        sent[:] = documents(count)

    def prepare_limit() -> None:
        events[:] = ready(documents(size))

    def run_ours() -> None:
        take_in(importer, sent)

    def run_plain() -> None:
        plain(importer, sent)

    def run_limit() -> None:
        bare(importer, events)

    return {
        "ours": Way(run_ours, size, prepare=lambda: prepare(size)),
        "plain": Way(run_plain, few, prepare=lambda: prepare(few)),
        "limit": Way(run_limit, size, prepare=prepare_limit),
    }
