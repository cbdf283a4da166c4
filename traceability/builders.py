"""How each fact of a lot's way becomes events, with what the log said before about its goods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.facts import SequencedFact
from customs.domain.corrections import CANCEL
from traceability.domain import later_events
from traceability.domain.epcis import KINDS_OF_FACT, Event, Goods, Happening, Issuer, Kind, Lot
from traceability.models import TracedLot, TracedPick, TracedVoyage


@dataclass(frozen=True)
class Entry:
    """The event of an accepted entry: its bytes, and under what it is found."""

    body: bytes
    keys: tuple[str, ...]


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
    entries: dict[int, Entry] = field(default_factory=dict)

    def goods(self, data: dict[str, Any], units: str) -> Goods:
        """Units of the lot that a fact names; ``units`` is the field with their number."""
        identities = tuple(data.get("identities", ()))
        return Goods(self.lots[data["lot"]].as_lot(), data[units], identities)

    def lots_of(self, data: dict[str, Any]) -> list[Lot]:
        """The lots that a fact names."""
        return [self.lots[lot_id].as_lot() for lot_id in data["lots"]]

    def dispatched(self, dispatch_id: int | None) -> list[Goods]:
        """What was picked for a dispatch so far, in the order of picking."""
        picks = [] if dispatch_id is None else self.picks.get(dispatch_id, [])
        return [pick.as_goods() for pick in picks]


Builder = Callable[[Batch, Happening, dict[str, Any]], Event | None]

SHARED = frozenset(
    {
        *(Kind.DEPARTED, Kind.ARRIVED, Kind.RECEIVED, Kind.COMMISSIONED, Kind.COUNTED),
        *(Kind.RECALLED, Kind.TRANSFERRED, Kind.LOADED, Kind.UNLOADED, Kind.SAMPLED, Kind.JUDGED),
    }
)
"""Events that whoever holds what they are about sees: of whole lots, and transfers."""


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
        event = batch.issuer.entered(
            kind,
            fact,
            batch.dispatched(dispatch),
            declaration=data["declaration"],
            dispatch=dispatch,
            entry_no=data.get("invt_no") or "",
        )
        if kind is Kind.ENTRY_ACCEPTED:
            batch.entries[data["declaration"]] = Entry(event.body, event.keys)
        return event

    return build


def _shipped(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    dispatch = data["dispatch"]
    return batch.issuer.shipped(fact, batch.dispatched(dispatch), dispatch=dispatch)


def _sold(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    dispatch = data["dispatch"]
    return later_events.sold(batch.issuer, fact, batch.dispatched(dispatch), dispatch=dispatch)


def _transferred(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    return later_events.transferred(
        batch.issuer,
        fact,
        batch.goods(data, "units"),
        transfer=data["transfer"],
        seller=data["seller"],
        buyer=data["buyer"],
    )


def _counted(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    lot = batch.lots[data["lot"]].as_lot()
    return later_events.counted(
        batch.issuer, fact, lot, count=data["count"], difference=data["difference"]
    )


def _returned(kind: Kind) -> Builder:
    def build(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
        goods = batch.goods(data, "units")
        return later_events.returned(batch.issuer, kind, fact, goods, case=data["return"])

    return build


def _recalled(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    lots = batch.lots_of(data)
    return later_events.recalled(batch.issuer, fact, lots, recall=data["recall"])


def _palletised(kind: Kind) -> Builder:
    def build(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
        goods = batch.goods(data, "units")
        return later_events.palletised(batch.issuer, kind, fact, goods, pallet=data["pallet"])

    return build


def _sampled(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    goods = batch.goods(data, "units")
    return later_events.sampled(batch.issuer, fact, goods, sample=data["sample"])


def _judged(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event:
    return later_events.judged(
        batch.issuer,
        fact,
        batch.goods(data, "units"),
        sample=data["sample"],
        has_passed=data["passed"],
    )


def _withdrawn(batch: Batch, fact: Happening, data: dict[str, Any]) -> Event | None:
    """The error declaration of an accepted entry that customs let be withdrawn."""
    entry = batch.entries.get(data["declaration"])
    if data["kind"] != CANCEL or entry is None:
        return None
    return later_events.withdrawn(batch.issuer, fact, entry.body, entry.keys)


BUILDERS: dict[Kind, Builder] = {
    Kind.DEPARTED: _departed,
    Kind.ARRIVED: _arrived,
    Kind.RECEIVED: _received,
    Kind.OWNED: _owned,
    Kind.COMMISSIONED: _commissioned,
    Kind.PICKED: _picked,
    Kind.ENTRY_ACCEPTED: _entered(Kind.ENTRY_ACCEPTED),
    Kind.INSPECTED: _entered(Kind.INSPECTED),
    Kind.HELD: _entered(Kind.HELD),
    Kind.ENTRY_RELEASED: _entered(Kind.ENTRY_RELEASED),
    Kind.SHIPPED: _shipped,
    Kind.SOLD: _sold,
    Kind.TRANSFERRED: _transferred,
    Kind.COUNTED: _counted,
    Kind.RETURNED: _returned(Kind.RETURNED),
    Kind.RESTOCKED: _returned(Kind.RESTOCKED),
    Kind.SET_ASIDE: _returned(Kind.SET_ASIDE),
    Kind.RECALLED: _recalled,
    Kind.LOADED: _palletised(Kind.LOADED),
    Kind.UNLOADED: _palletised(Kind.UNLOADED),
    Kind.SAMPLED: _sampled,
    Kind.JUDGED: _judged,
    Kind.WITHDRAWN: _withdrawn,
}


def events_of(batch: Batch, fact: SequencedFact) -> list[Event]:
    """The events that a fact becomes."""
    happening = Happening(fact.position, fact.at)
    built = (BUILDERS[kind](batch, happening, fact.data) for kind in KINDS_OF_FACT[fact.name])
    return [event for event in built if event is not None]


def viewer_of(kind: Kind, data: dict[str, Any]) -> int | None:
    """The importer that alone sees an event; None for events that holders see."""
    return None if kind in SHARED else data.get("importer") or 0


GIVES = {
    "warehouse.lot.allocated": ("importer",),
    "warehouse.ownership.transferred": ("seller", "buyer"),
}
"""Facts that give somebody units of a lot, or take them, and who they name."""


def held_by(batch: Batch, read: Sequence[SequencedFact]) -> set[tuple[int, str]]:
    """Who holds or held what, by some facts: importers, and what they may see events of."""
    found = set()
    for fact in read:
        for who in GIVES.get(fact.name, ()):
            if viewer := fact.data.get(who):
                found |= {(viewer, key) for key in _seen_by_holder(batch, fact.data)}
    return found


def _seen_by_holder(batch: Batch, data: dict[str, Any]) -> list[str]:
    """A lot, the consignment it came in, and the transfer that gave it."""
    lot = batch.lots[data["lot"]]
    keys = [lot.as_lot().key]
    if lot.consignment_id is not None:
        keys.append(batch.issuer.document("consignment", lot.consignment_id))
    if "transfer" in data:
        keys.append(batch.issuer.document("transfer", data["transfer"]))
    return keys


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
