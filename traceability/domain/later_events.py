"""EPCIS events of what happens beside a lot's straight way: sale, transfer, return, recall, error.

Source: GS1 EPCIS 2.0.1 and Core Business Vocabulary 2.0.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.canonical import canonical as json_bytes
from traceability.domain.epcis import Body, Event, Goods, Happening, Issuer, Kind, Lot, quantities
from traceability.domain.gs1.link import CANONICAL_STEM


def sold(issuer: Issuer, fact: Happening, goods: Sequence[Goods], *, dispatch: int) -> Event:
    """The goods of a dispatch became their consumer's, who is not named."""
    body = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "retail_selling",
        "disposition": "retail_sold",
        "bizTransactionList": [issuer.paper("dispatch", dispatch)],
        **issuer.what(goods),
    }
    return issuer.event(Kind.SOLD, fact, body, issuer.keys_of(goods, dispatch))


def transferred(
    issuer: Issuer, fact: Happening, goods: Goods, *, transfer: int, seller: int, buyer: int
) -> Event:
    """Units of a lot changed their owner where they lie; found by seller and buyer alone."""
    parties = {"sourceList": ("source", seller), "destinationList": ("destination", buyer)}
    owners = {
        name: [{"type": "owning_party", end: issuer.name("party", party)}]
        for name, (end, party) in parties.items()
    }
    body = {
        "type": "TransactionEvent",
        "action": "ADD",
        "bizTransactionList": [issuer.paper("transfer", transfer)],
        "quantityList": quantities([goods]),
        **owners,
    }
    return issuer.event(Kind.TRANSFERRED, fact, body, [issuer.document("transfer", transfer)])


def counted(issuer: Issuer, fact: Happening, lot: Lot, *, count: int, difference: int) -> Event:
    """The units of a lot were counted in the zone; whether the number was as recorded."""
    disposition = "mismatch_quantity" if difference else "completeness_verified"
    body = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "cycle_counting",
        "persistentDisposition": {"set": [disposition]},
        "readPoint": {"id": issuer.name("loc", "zone")},
        "bizTransactionList": [issuer.paper("count", count)],
        "quantityList": [{"epcClass": lot.key}],
    }
    return issuer.event(Kind.COUNTED, fact, body, [lot.key])


@dataclass(frozen=True)
class Station:
    """What a step of a return says of the goods."""

    step: str
    disposition: str


RETURNS = {
    Kind.RETURNED: Station("receiving", "returned"),
    Kind.RESTOCKED: Station("stocking", "sellable_not_accessible"),
    Kind.SET_ASIDE: Station("holding", "non_sellable_other"),
}


def returned(issuer: Issuer, kind: Kind, fact: Happening, goods: Goods, *, case: int) -> Event:
    """Units that a consumer sent back came in, went back on the shelf, or were set aside."""
    station = RETURNS[kind]
    body = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": station.step,
        "disposition": station.disposition,
        "readPoint": {"id": issuer.name("loc", "zone")},
        "bizTransactionList": [issuer.paper("return", case, "rma")],
        "quantityList": quantities([goods]),
    }
    keys = [goods.lot.key, issuer.document("return", case)]
    return issuer.event(kind, fact, body, keys)


def recalled(issuer: Issuer, fact: Happening, lots: Sequence[Lot], *, recall: int) -> Event:
    """Lots were called back."""
    keys = sorted({lot.key for lot in lots})
    body = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "holding",
        "disposition": "recalled",
        "bizTransactionList": [issuer.paper("recall", recall)],
        "quantityList": [{"epcClass": key} for key in keys],
    }
    return issuer.event(Kind.RECALLED, fact, body, [*keys, issuer.document("recall", recall)])


def palletised(issuer: Issuer, kind: Kind, fact: Happening, goods: Goods, *, pallet: str) -> Event:
    """Units of a lot were put on a pallet, or taken off it; the pallet bears an SSCC."""
    is_on = kind is Kind.LOADED
    parent = f"{CANONICAL_STEM}/00/{pallet}"
    body = {
        "type": "AggregationEvent",
        "action": "ADD" if is_on else "DELETE",
        "bizStep": "packing" if is_on else "unpacking",
        "disposition": "in_progress",
        "parentID": parent,
        "childQuantityList": quantities([goods]),
        "readPoint": {"id": issuer.name("loc", "zone")},
    }
    return issuer.event(kind, fact, body, [goods.lot.key, parent])


def sampled(issuer: Issuer, fact: Happening, goods: Goods, *, sample: int) -> Event:
    """Units of a lot were drawn to be examined."""
    paper = issuer.paper("sample", sample, "testprd")
    return _examined(issuer, Kind.SAMPLED, fact, goods, paper, {"bizStep": "sampling"})


def judged(
    issuer: Issuer, fact: Happening, goods: Goods, *, sample: int, has_passed: bool
) -> Event:
    """What the examination of a sample found of its lot."""
    found = "conformant" if has_passed else "non_conformant"
    told = {"bizStep": "inspecting", "persistentDisposition": {"set": [found]}}
    paper = issuer.paper("sample", sample, "testres")
    return _examined(issuer, Kind.JUDGED, fact, goods, paper, told)


def _examined(
    issuer: Issuer, kind: Kind, fact: Happening, goods: Goods, paper: Body, told: Body
) -> Event:
    body = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "readPoint": {"id": issuer.name("loc", "zone")},
        "bizTransactionList": [paper],
        "quantityList": quantities([goods]),
        **told,
    }
    return issuer.event(kind, fact, body, [goods.lot.key, paper["bizTransaction"]])


def withdrawn(issuer: Issuer, fact: Happening, accepted: bytes, keys: Sequence[str]) -> Event:
    """The entry that was accepted is declared an error: the same event with the declaration.

    EPCIS repeats every field of the event in error, its name too.
    """
    declaration: Body = {
        "declarationTime": issuer.instant(fact.at),
        "reason": "incorrect_data",
    }
    whole = {**json.loads(accepted), "errorDeclaration": declaration}
    at = datetime.fromisoformat(whole["eventTime"])
    return Event(
        whole["eventID"], Kind.WITHDRAWN, at, fact.position, tuple(keys), json_bytes(whole)
    )
