"""Reads the fact log into EPCIS events; what it wrote can be dropped and read again."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from core import bulk, facts, webhooks
from core.facts import SequencedFact
from core.models import Port
from core.models.fact import LogCursor
from traceability import invariants
from traceability.builders import GIVES, Batch, Entry, events_of, held_by, viewer_of
from traceability.domain.epcis import KINDS_OF_FACT, OPTIONAL, Event, Issuer, Kind
from traceability.domain.repository.index import columns, terms
from traceability.domain.voyage import sail
from traceability.epcis import telling
from traceability.epcis.capture import COLUMNS, insert_terms, lock_repository
from traceability.invariants import Told
from traceability.models import (
    READER,
    EpcisEvent,
    EventSubject,
    EventTerm,
    Holding,
    Passport,
    TracedLot,
    TracedPick,
    TracedVoyage,
)


def project() -> int:
    """Read what is new in the log into events; the number of facts read."""
    return facts.follow(READER, KINDS_OF_FACT, write_events)


@transaction.atomic
def drop_all() -> None:
    """Empty the event tables and go back to the start of the log."""
    EventTerm.objects.filter(event__capture__isnull=True).delete()
    EventSubject.objects.all().delete()
    EpcisEvent.objects.filter(capture__isnull=True).delete()
    for model in (Passport, Holding, TracedPick, TracedLot, TracedVoyage):
        model.objects.all().delete()
    LogCursor.objects.filter(reader=READER).delete()


def rebuild() -> int:
    """Drop every event and read the whole log again; the number of facts read."""
    drop_all()
    return project()


def replayed(before: int) -> Iterator[Told]:
    """The events of the log's facts up to a position, built anew beside the stored ones."""
    batch = Batch(Issuer(settings.PUBLIC_HOST), {}, {}, {})
    after = -1
    while found := facts.read(after, names=KINDS_OF_FACT):
        for fact in found:
            if fact.position >= before:
                return
            for event in events_of(batch, fact):
                yield Told(event, fact.recorded_at, viewer_of(event.kind, fact.data))
        after = found[-1].position


def held(before: int) -> set[tuple[int, str]]:
    """Who holds or held what by the log's facts up to a position."""
    batch = Batch(Issuer(settings.PUBLIC_HOST), TracedLot.objects.in_bulk(), {}, {})
    found: set[tuple[int, str]] = set()
    after = -1
    while read := [f for f in facts.read(after, names=GIVES) if f.position < before]:
        found |= held_by(batch, read)
        after = read[-1].position
    return found


def strays(before: int) -> Iterator[str]:
    """Rows of lots, picks and voyages that are not what the log says up to a position."""
    batch = Batch(Issuer(settings.PUBLIC_HOST), {}, {}, {})
    after = -1
    while read := [f for f in facts.read(after, names=_NOTED) if f.position < before]:
        for fact in read:
            events_of(batch, fact)
        after = read[-1].position
    voyages = list(batch.changed_voyages.values())
    _route(voyages)
    yield from _differing("lot", TracedLot.objects.values_list(*_LOT), _rows(batch.new_lots, _LOT))
    picks = TracedPick.objects.values_list(*_PICK)
    yield from _differing("pick", picks, _rows(batch.new_picks, _PICK))
    kept = TracedVoyage.objects.values_list(*_VOYAGE)
    yield from _differing("voyage", kept, _rows(voyages, _VOYAGE))


_LOT = ("lot_id", "gtin", "number", "origin", "produced_on", "expires_on", "consignment_id")
_PICK = ("fact_position", "dispatch_id", "lot_id", "units", "identities")
_VOYAGE = ("consignment_id", "mode", "origin_port", "destination_port", "distance_nm", "path")
_NOTED = (
    "imports.consignment.departed",
    "imports.consignment.arrived",
    "warehouse.lot.received",
    "warehouse.dispatch.picked",
)
"""Facts of which later ones need to know."""


def _rows(made: Iterable[object], names: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, name) for name in names) for row in made]


def _differing(
    what: str, kept: Iterable[tuple[Any, ...]], told: Iterable[tuple[Any, ...]]
) -> Iterator[str]:
    """Rows that are missing, too many, or other than the log gives them, by their first value."""
    given, stored = ({row[0]: row for row in rows} for rows in (told, kept))
    for key in sorted(given.keys() | stored.keys()):
        if given.get(key) != stored.get(key):
            yield f"the {what} {key} that events are built with is not what the log says"


invariants.replay.append(replayed)
invariants.tables.append(strays)
invariants.holders.append(held)
if telling.tell_due not in webhooks.senders:
    webhooks.senders.append(telling.tell_due)


@facts.reader(READER, KINDS_OF_FACT)
def write_events(batch_of_facts: Sequence[SequencedFact]) -> None:
    """Store the events of facts in a constant number of queries; repeating writes nothing."""
    lock_repository()
    known = set(
        EpcisEvent.objects.filter(
            fact_position__in=[f.position for f in batch_of_facts]
        ).values_list("fact_position", flat=True)
    )
    new = [fact for fact in batch_of_facts if fact.position not in known]
    batch = _prepare(new)
    events = [(fact, event) for fact in new for event in events_of(batch, fact)]
    TracedLot.objects.bulk_create(batch.new_lots)
    TracedPick.objects.bulk_create(batch.new_picks)
    _store_voyages(list(batch.changed_voyages.values()))
    _store_holdings(held_by(batch, new))
    _store(events)
    _drop_passports(new)


def _store_holdings(held: set[tuple[int, str]]) -> None:
    """Note who now holds units of which lot, and of which consignment they came in."""
    rows = (Holding(importer_id=viewer, key=key) for viewer, key in sorted(held))
    Holding.objects.bulk_create(rows, ignore_conflicts=True)


def _drop_passports(new: Sequence[SequencedFact]) -> None:
    """Drop the ready answers that new events change; the next look-up puts them together."""
    data = [fact.data for fact in new]
    moved = {each["consignment"] for each in data if "mode" in each}
    lots = {each["lot"] for each in data if "lot" in each}
    if moved:
        rows = TracedLot.objects.filter(consignment_id__in=moved)
        lots |= set(rows.values_list("lot_id", flat=True))
    orders = {each["dispatch"] for each in data if each.get("dispatch")}
    Passport.objects.filter(Q(lot_id__in=lots) | Q(order_id__in=orders)).delete()


def _prepare(new: Sequence[SequencedFact]) -> Batch:
    lot_ids = {fact.data["lot"] for fact in new if "lot" in fact.data}
    lot_ids |= {lot for fact in new for lot in fact.data.get("lots", ())}
    dispatch_ids = {fact.data["dispatch"] for fact in new if fact.data.get("dispatch")}
    picks: dict[int, list[TracedPick]] = {}
    rows = TracedPick.objects.filter(dispatch_id__in=dispatch_ids).select_related("lot")
    for pick in rows.order_by("fact_position"):
        picks.setdefault(pick.dispatch_id, []).append(pick)
    consignment_ids = {fact.data["consignment"] for fact in new if "mode" in fact.data}
    return Batch(
        issuer=Issuer(settings.PUBLIC_HOST),
        lots=TracedLot.objects.in_bulk(lot_ids),
        picks=picks,
        voyages=TracedVoyage.objects.in_bulk(consignment_ids),
        entries=_entries(new),
    )


def _entries(new: Sequence[SequencedFact]) -> dict[int, Entry]:
    """The accepted entries that corrections are about. Two queries, where there are any."""
    asked = {fact.data["declaration"] for fact in new if fact.name in OPTIONAL}
    issuer = Issuer(settings.PUBLIC_HOST)
    names = {issuer.document("declaration", number): number for number in asked}
    if not names:
        return {}
    rows = EventSubject.objects.filter(key__in=names, event__kind=Kind.ENTRY_ACCEPTED)
    events = {row.event_id: row for row in rows.select_related("event").order_by("pk")}
    keys: dict[int, list[str]] = {pk: [] for pk in events}
    named = EventSubject.objects.filter(event_id__in=keys).order_by("pk")
    for event_id, key in named.values_list("event_id", "key"):
        keys[event_id].append(key)
    return {
        names[row.key]: Entry(row.event.body.encode(), tuple(keys[pk]))
        for pk, row in events.items()
    }


def _store_voyages(changed: Sequence[TracedVoyage]) -> None:
    """Keep where consignments are; those that arrived by ship get their route."""
    _route(changed)
    TracedVoyage.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["consignment_id"],
        update_fields=["destination_port", "distance_nm", "path"],
    )


def _route(changed: Sequence[TracedVoyage]) -> None:
    """Work out the way of those that arrived by ship. One query."""
    ports = Port.objects.in_bulk({p for v in changed for p in (v.origin_port, v.destination_port)})
    for voyage in changed:
        ends = ports.get(voyage.origin_port), ports.get(voyage.destination_port)
        if voyage.mode.startswith("sea") and ends[0] and ends[1]:
            route = sail(origin=_position(ends[0]), destination=_position(ends[1]))
            voyage.distance_nm = route.distance_nm
            voyage.path = [list(point) for point in route.path]


def _position(port: Port) -> tuple[Decimal, Decimal]:
    return port.longitude, port.latitude


_EVENT = (
    *("event_id", "kind", "happened_at", "record_time", "fact_position", "viewer", "body"),
    *COLUMNS,
)


def _store(found: Sequence[tuple[SequencedFact, Event]]) -> None:
    bodies = [json.loads(event.body) for _, event in found]
    rows = [
        (*_own(fact, event), *astuple(columns(body)))
        for (fact, event), body in zip(found, bodies, strict=True)
    ]
    made = bulk.create(EpcisEvent, _EVENT, rows) if rows else []
    insert_terms((row.pk, terms(body)) for row, body in zip(made, bodies, strict=True))
    subjects = [
        (row.pk, key) for row, (_, event) in zip(made, found, strict=True) for key in event.keys
    ]
    bulk.insert(EventSubject, ("event_id", "key"), subjects)


def _own(fact: SequencedFact, event: Event) -> tuple[Any, ...]:
    """What an event's row says that its body does not."""
    viewer = viewer_of(event.kind, fact.data)
    where = (event.event_id, event.kind, event.at, fact.recorded_at, event.position, viewer)
    return (*where, event.body.decode())
