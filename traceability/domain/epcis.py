"""EPCIS 2.0 events in JSON, built from facts: the same facts give the same bytes.

Identifiers only: lots as canonical Digital Links, everything without a GS1 key as an address of
the pool's own under the templates that the CBV gives private identifiers. A unit's trace code
never stands in an event; the unit is named by its number.

Source: GS1 EPCIS 2.0.1 and Core Business Vocabulary 2.0.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from core.domain.canonical import canonical as json_bytes
from traceability.domain.digital_link import ItemKey, canonical

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

Body = dict[str, Any]


class Kind(StrEnum):
    """What happened, in the order of a unit's way to the consumer."""

    DEPARTED = "departed"
    ARRIVED = "arrived"
    RECEIVED = "received"
    OWNED = "owned"
    COMMISSIONED = "commissioned"
    PICKED = "picked"
    ENTRY_ACCEPTED = "entry_accepted"
    INSPECTED = "inspected"
    HELD = "held"
    ENTRY_RELEASED = "entry_released"
    SHIPPED = "shipped"
    SOLD = "sold"
    TRANSFERRED = "transferred"
    COUNTED = "counted"
    RETURNED = "returned"
    RESTOCKED = "restocked"
    SET_ASIDE = "set_aside"
    RECALLED = "recalled"
    LOADED = "loaded"
    UNLOADED = "unloaded"
    SAMPLED = "sampled"
    JUDGED = "judged"
    WITHDRAWN = "withdrawn"


KINDS_OF_FACT: dict[str, tuple[Kind, ...]] = {
    "imports.consignment.departed": (Kind.DEPARTED,),
    "imports.consignment.arrived": (Kind.ARRIVED,),
    "warehouse.lot.received": (Kind.RECEIVED,),
    "warehouse.lot.allocated": (Kind.OWNED,),
    "warehouse.units.commissioned": (Kind.COMMISSIONED,),
    "warehouse.dispatch.picked": (Kind.PICKED,),
    "customs.declaration.accepted": (Kind.ENTRY_ACCEPTED,),
    "customs.declaration.inspected": (Kind.INSPECTED,),
    "customs.declaration.held": (Kind.HELD,),
    "customs.declaration.released": (Kind.ENTRY_RELEASED,),
    "warehouse.dispatch.shipped": (Kind.SHIPPED, Kind.SOLD),
    "warehouse.ownership.transferred": (Kind.TRANSFERRED,),
    "warehouse.count.closed": (Kind.COUNTED,),
    "warehouse.return.arrived": (Kind.RETURNED,),
    "warehouse.return.restocked": (Kind.RESTOCKED,),
    "warehouse.return.to_dispose": (Kind.SET_ASIDE,),
    "traceability.recall.opened": (Kind.RECALLED,),
    "warehouse.pallet.loaded": (Kind.LOADED,),
    "warehouse.pallet.unloaded": (Kind.UNLOADED,),
    "traceability.sample.drawn": (Kind.SAMPLED,),
    "traceability.sample.judged": (Kind.JUDGED,),
    "customs.correction.granted": (Kind.WITHDRAWN,),
}
"""The events that each fact of a lot's way becomes."""
OPTIONAL = frozenset({"customs.correction.granted"})
"""Facts that become an event only in some cases: a correction, when it withdraws an entry."""


@dataclass(frozen=True)
class Happening:
    """Where in the fact log an event comes from, and when it happened."""

    position: int
    at: datetime


@dataclass(frozen=True)
class Lot:
    """A lot as the warehouse recorded it on receipt."""

    gtin: str
    number: str
    origin: str = ""
    produced_on: date | None = None
    expires_on: date | None = None

    @property
    def key(self) -> str:
        """The lot's canonical Digital Link."""
        return canonical(ItemKey(self.gtin, lot=self.number))


@dataclass(frozen=True)
class Goods:
    """Units of one lot, with the numbers of those that bear a trace code."""

    lot: Lot
    units: int
    identities: tuple[int, ...] = ()


@dataclass(frozen=True)
class Event:
    """One EPCIS event: its JSON bytes, and the keys under which it is found again."""

    event_id: str
    kind: Kind
    at: datetime
    position: int
    keys: tuple[str, ...]
    body: bytes


@dataclass(frozen=True)
class Issuer:
    """Who records the events: the host of its identifiers, and its time zone's offset."""

    host: str
    utc_offset: str = "+08:00"

    def name(self, kind: str, number: int | str) -> str:
        """A private identifier; ``kind`` is obj, bt (a business transaction), loc or party."""
        return f"https://{self.host}/{kind}/{number}"

    def unit(self, identity: int) -> str:
        """The identifier of one unit that bears a trace code."""
        return self.name("obj", f"unit/{identity}")

    @staticmethod
    def instant(at: datetime) -> str:
        """An instant in UTC, to the millisecond, as EPCIS asks."""
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def parcel(self, dispatch: int) -> str:
        """The identifier of the parcel of a dispatch."""
        return self.name("obj", f"parcel/{dispatch}")

    def document(self, kind: str, number: int | str) -> str:
        """The identifier of a consignment, dispatch, declaration, …"""
        return self.name("bt", f"{kind}/{number}")

    # events, in the order of the way ---------------------------------------------------------

    def departed(self, fact: Happening, *, consignment: int, port: str) -> Event:
        """A consignment left its port of loading."""
        return self._travel(Kind.DEPARTED, fact, consignment, port, "departing", "in_transit")

    def arrived(self, fact: Happening, *, consignment: int, port: str) -> Event:
        """A consignment reached its port of entry."""
        return self._travel(Kind.ARRIVED, fact, consignment, port, "arriving", "in_progress")

    def received(
        self, fact: Happening, goods: Goods, *, place: str, consignment: int | None
    ) -> Event:
        """A lot was counted into the bonded zone."""
        body = {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": "receiving",
            "disposition": "in_progress",
            "readPoint": {"id": self.name("loc", place)},
            "bizLocation": {"id": self.name("loc", place)},
            "quantityList": quantities([goods]),
        }
        if consignment is not None:
            body["bizTransactionList"] = [self.paper("consignment", consignment, "desadv")]
        return self.event(Kind.RECEIVED, fact, body, [goods.lot.key])

    def owned(self, fact: Happening, goods: Goods, *, owner: int) -> Event:
        """Units of a lot, held in trust until now, became an importer's."""
        body = {
            "type": "TransactionEvent",
            "action": "ADD",
            "bizTransactionList": [self.paper("allocation", fact.position)],
            "destinationList": [{"type": "owning_party", "destination": self.name("party", owner)}],
            "quantityList": quantities([goods]),
        }
        return self.event(Kind.OWNED, fact, body, [goods.lot.key])

    def commissioned(self, fact: Happening, goods: Goods) -> Event:
        """Units of a lot were given trace codes; carries what the lot's label says."""
        body = {
            "type": "ObjectEvent",
            "action": "ADD",
            "bizStep": "commissioning",
            "disposition": "active",
            "quantityList": quantities([goods]),
            "ilmd": _label(goods.lot),
        }
        return self.event(Kind.COMMISSIONED, fact, body, [goods.lot.key])

    def picked(self, fact: Happening, goods: Goods, *, dispatch: int) -> Event:
        """Units were taken from the shelf into a parcel; from here each is known by itself."""
        units = [self.unit(n) for n in sorted(goods.identities)]
        body = {
            "type": "AggregationEvent",
            "action": "ADD",
            "bizStep": "picking",
            "disposition": "reserved",
            "parentID": self.parcel(dispatch),
            **({"childEPCs": units} if units else {}),
            "childQuantityList": quantities([goods]),
            "bizTransactionList": [self.paper("dispatch", dispatch)],
        }
        return self.event(Kind.PICKED, fact, body, self.keys_of([goods], dispatch))

    def entered(
        self,
        kind: Kind,
        fact: Happening,
        goods: Sequence[Goods],
        *,
        declaration: int,
        dispatch: int | None,
        entry_no: str,
    ) -> Event:
        """Customs accepted, inspected, held or released the entry that covers a dispatch."""
        papers = [self.paper("declaration", declaration)]
        if entry_no:
            papers.append(self.paper("entry", entry_no))
        body = {
            "type": "TransactionEvent",
            "action": "ADD",
            "bizTransactionList": papers,
            **ANSWERS[kind],
            **self.what(goods),
        }
        keys = self.keys_of(goods, dispatch)
        return self.event(kind, fact, body, [*keys, self.document("declaration", declaration)])

    def shipped(self, fact: Happening, goods: Sequence[Goods], *, dispatch: int) -> Event:
        """A dispatch left the zone for its consumer."""
        body = {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": "shipping",
            "disposition": "in_transit",
            "bizTransactionList": [self.paper("dispatch", dispatch)],
            **self.what(goods),
        }
        return self.event(Kind.SHIPPED, fact, body, self.keys_of(goods, dispatch))

    # parts -----------------------------------------------------------------------------------

    def _travel(
        self,
        kind: Kind,
        fact: Happening,
        consignment: int,
        port: str,
        step: str,
        disposition: str,
    ) -> Event:
        body = {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": step,
            "disposition": disposition,
            "epcList": [],
            "readPoint": {"id": self.name("loc", port)},
            "bizTransactionList": [self.paper("consignment", consignment, "desadv")],
        }
        return self.event(kind, fact, body, [self.document("consignment", consignment)])

    def paper(self, kind: str, number: int | str, cbv_type: str = "") -> Body:
        """A business transaction, of a type of the CBV where it has one."""
        transaction = {"bizTransaction": self.document(kind, number)}
        return {"type": cbv_type, **transaction} if cbv_type else transaction

    def what(self, goods: Sequence[Goods]) -> Body:
        """Units with a code by name, lots by quantity; an empty list before anything is picked."""
        units = [self.unit(n) for g in goods for n in sorted(g.identities)]
        amounts: Body = {"quantityList": quantities(goods)} if goods else {}
        return {**amounts, "epcList": units} if units or not goods else amounts

    def keys_of(self, goods: Sequence[Goods], dispatch: int | None) -> list[str]:
        """Under what an event about goods of a dispatch is found again."""
        keys = [g.lot.key for g in goods]
        keys += [self.unit(n) for g in goods for n in sorted(g.identities)]
        return keys if dispatch is None else [*keys, self.document("dispatch", dispatch)]

    def event(self, kind: Kind, fact: Happening, body: Body, keys: Sequence[str]) -> Event:
        """An event in full, named after its fact and kind."""
        name = self.name("fact", f"{fact.position}/{kind}")
        event_id = uuid.uuid5(uuid.NAMESPACE_URL, name).urn
        whole = {
            "@context": CONTEXT,
            "eventID": event_id,
            "eventTime": self.instant(fact.at),
            "eventTimeZoneOffset": self.utc_offset,
            **body,
        }
        distinct = tuple(dict.fromkeys(keys))
        at = fact.at.replace(microsecond=fact.at.microsecond // 1000 * 1000)
        return Event(event_id, kind, at, fact.position, distinct, json_bytes(whole))


ANSWERS: dict[Kind, Body] = {
    Kind.ENTRY_ACCEPTED: {"bizStep": "inspecting"},
    Kind.INSPECTED: {"bizStep": "inspecting", "disposition": "in_progress"},
    Kind.HELD: {"bizStep": "holding", "disposition": "unavailable"},
    Kind.ENTRY_RELEASED: {
        "bizStep": "entering_exiting",
        "persistentDisposition": {"set": ["conformant"]},
    },
}
"""What each answer of customs says of an entry's goods: papers looked at, goods looked at, kept."""


def quantities(goods: Sequence[Goods]) -> list[Body]:
    """Units per lot, lots in the order of their keys."""
    totals: dict[str, int] = {}
    for part in goods:
        totals[part.lot.key] = totals.get(part.lot.key, 0) + part.units
    return [{"epcClass": key, "quantity": totals[key]} for key in sorted(totals)]


def _label(lot: Lot) -> Body:
    """Instance and lot master data: what the label of the lot states."""
    stated = {
        "cbvmda:lotNumber": lot.number,
        "cbvmda:countryOfOrigin": lot.origin,
        "gs1:productionDate": lot.produced_on and lot.produced_on.isoformat(),
        "gs1:expirationDate": lot.expires_on and lot.expires_on.isoformat(),
    }
    return {name: value for name, value in stated.items() if value}
