"""Reads the fact log into EPCIS events; what it wrote can be dropped and read again."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date
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
from traceability.domain.epcis import KIND_OF_FACT, Event, Goods, Happening, Issuer, Kind
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


@dataclass
class Batch:
    """Facts being read, with what the log said before about their lots and dispatches."""

    issuer: Issuer
    lots: dict[int, TracedLot]
    picks: dict[int, list[TracedPick]]
    voyages: dict[int, TracedVoyage]
    new_lots: list[TracedLot] = field(default_factory=list)
    new_picks: list[TracedPick] = field(default_factory=list)
    changed_voyages: dict[int, TracedVoyage] = field(default_factory=dict)

    def goods(self, data: dict[str, Any], units: str) -> Goods:
        """Units of the lot that a fact names; ``units`` is the field with their number."""
        identities = tuple(data.get("identities", ()))
        return Goods(self.lots[data["lot"]].as_lot(), data[units], identities)

    def dispatched(self, dispatch_id: int | None) -> list[Goods]:
        """What was picked for a dispatch so far, in the order of picking."""
        picks = [] if dispatch_id is None else self.picks.get(dispatch_id, [])
        return [pick.as_goods() for pick in picks]


Builder = Callable[[Batch, Happening, dict[str, Any]], Event]

SHARED = frozenset({Kind.DEPARTED, Kind.ARRIVED, Kind.RECEIVED, Kind.COMMISSIONED})
"""Events of whole lots: whoever holds or held units of the lot sees them."""


def _departed(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    voyage = TracedVoyage(
        consignment_id=data["consignment"], mode=data["mode"], origin_port=data["port"]
    )
    batch.voyages[voyage.consignment_id] = voyage
    batch.changed_voyages[voyage.consignment_id] = voyage
    return batch.issuer.departed(fact, consignment=data["consignment"], port=data["port"])


def _arrived(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    voyage = batch.voyages[data["consignment"]]
    voyage.destination_port = data["port"]
    batch.changed_voyages[voyage.consignment_id] = voyage
    return batch.issuer.arrived(fact, consignment=data["consignment"], port=data["port"])


def _received(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    lot = TracedLot(
        lot_id=data["lot"],
        gtin=data["gtin"],
        number=data["lot_no"],
        origin=data["origin"],
        produced_on=_day(data.get("produced_on")),
        expires_on=_day(data.get("expires_on")),
        consignment_id=data.get("consignment"),
    )
    batch.lots[lot.lot_id] = lot
    batch.new_lots.append(lot)
    return batch.issuer.received(
        fact, batch.goods(data, "good"), place="zone", consignment=lot.consignment_id
    )


def _owned(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    return batch.issuer.owned(fact, batch.goods(data, "units"), owner=data["owner"])


def _commissioned(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    return batch.issuer.commissioned(fact, batch.goods(data, "count"))


def _picked(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    pick = TracedPick(
        fact_position=fact.position,
        dispatch_id=data["dispatch"],
        lot=batch.lots[data["lot"]],
        units=data["units"],
        identities=sorted(data["identities"]),
    )
    batch.new_picks.append(pick)
    batch.picks.setdefault(pick.dispatch_id, []).append(pick)
    return batch.issuer.picked(fact, pick.as_goods(), dispatch=pick.dispatch_id)


def _entered(kind: Kind) -> Builder:
    def build(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
        dispatch = data.get("dispatch")
        return batch.issuer.entered(
            kind,
            fact,
            batch.dispatched(dispatch),
            declaration=data["declaration"],
            dispatch=dispatch,
            entry_no=data.get("invt_no") or "",
        )

    return build


def _shipped(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    dispatch = data["dispatch"]
    return batch.issuer.shipped(fact, batch.dispatched(dispatch), dispatch=dispatch)


BUILDERS: dict[Kind, Builder] = {
    Kind.DEPARTED: _departed,
    Kind.ARRIVED: _arrived,
    Kind.RECEIVED: _received,
    Kind.OWNED: _owned,
    Kind.COMMISSIONED: _commissioned,
    Kind.PICKED: _picked,
    Kind.ENTRY_ACCEPTED: _entered(Kind.ENTRY_ACCEPTED),
    Kind.ENTRY_RELEASED: _entered(Kind.ENTRY_RELEASED),
    Kind.SHIPPED: _shipped,
}


def event_of(batch: Batch, fact: SequencedFact) -> Event:
    """The event that a fact becomes."""
    build = BUILDERS[KIND_OF_FACT[fact.name]]
    return build(batch, Happening(fact.position, fact.at), fact.data)


def project() -> int:
    """Read what is new in the log into events; the number of facts read."""
    return facts.follow(READER, KIND_OF_FACT, write_events)


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
    while found := facts.read(after, names=KIND_OF_FACT):
        for fact in found:
            if fact.position >= before:
                return
            event = event_of(batch, fact)
            yield Told(event, fact.recorded_at, viewer_of(event.kind, fact.data))
        after = found[-1].position


def held(before: int) -> set[tuple[int, str]]:
    """Who holds or held what by the log's facts up to a position."""
    batch = Batch(Issuer(settings.PUBLIC_HOST), TracedLot.objects.in_bulk(), {}, {})
    found: set[tuple[int, str]] = set()
    after = -1
    names = [name for name, kind in KIND_OF_FACT.items() if kind is Kind.OWNED]
    while read := [f for f in facts.read(after, names=names) if f.position < before]:
        found |= _held(batch, read)
        after = read[-1].position
    return found


invariants.replay.append(replayed)
invariants.holders.append(held)
if telling.tell_due not in webhooks.senders:
    webhooks.senders.append(telling.tell_due)


@facts.reader(READER, KIND_OF_FACT)
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
    events = [event_of(batch, fact) for fact in new]
    TracedLot.objects.bulk_create(batch.new_lots)
    TracedPick.objects.bulk_create(batch.new_picks)
    _store_voyages(list(batch.changed_voyages.values()))
    _store_holdings(batch, new)
    _store(list(zip(new, events, strict=True)))
    _drop_passports(new)


def _store_holdings(batch: Batch, new: Sequence[SequencedFact]) -> None:
    """Note who now holds units of which lot, and of which consignment they came in."""
    rows = (Holding(importer_id=viewer, key=key) for viewer, key in sorted(_held(batch, new)))
    Holding.objects.bulk_create(rows, ignore_conflicts=True)


def _held(batch: Batch, read: Sequence[SequencedFact]) -> set[tuple[int, str]]:
    return {
        (viewer, key)
        for fact in read
        if KIND_OF_FACT[fact.name] is Kind.OWNED and (viewer := fact.data.get("importer"))
        for key in _keys_of(batch, batch.lots[fact.data["lot"]])
    }


def _keys_of(batch: Batch, lot: TracedLot) -> list[str]:
    keys = [lot.as_lot().key]
    if lot.consignment_id is not None:
        keys.append(batch.issuer.document("consignment", lot.consignment_id))
    return keys


def viewer_of(kind: Kind, data: dict[str, Any]) -> int | None:
    """The importer that alone sees an event; None for events of whole lots."""
    return None if kind in SHARED else data.get("importer") or 0


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
    )


def _store_voyages(changed: Sequence[TracedVoyage]) -> None:
    """Keep where consignments are; those that arrived by ship get their route."""
    ports = Port.objects.in_bulk({p for v in changed for p in (v.origin_port, v.destination_port)})
    for voyage in changed:
        ends = ports.get(voyage.origin_port), ports.get(voyage.destination_port)
        if voyage.mode.startswith("sea") and ends[0] and ends[1]:
            route = sail(origin=_position(ends[0]), destination=_position(ends[1]))
            voyage.distance_nm, voyage.path = route.distance_nm, route.path
    TracedVoyage.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["consignment_id"],
        update_fields=["destination_port", "distance_nm", "path"],
    )


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


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
