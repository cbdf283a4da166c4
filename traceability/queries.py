"""Reads behind the trace page: the unit, its events, the head of the log. Cost never grows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from core.models import Appointment, Country, Party, Port, Proof
from traceability.domain.epcis import Issuer, Kind
from traceability.domain.page import Entry, Named, Seller, Step, Unit, Voyage
from traceability.domain.plausibility import Claims, JourneyDates
from traceability.models import EpcisEvent, TracedLot, TracedVoyage
from warehouse.models import Lot, UnitIdentity

LOT_KINDS = (Kind.RECEIVED, Kind.COMMISSIONED)
"""Events of a whole lot that each of its units went through."""

DISPATCH_KINDS = (Kind.PICKED, Kind.ENTRY_RELEASED, Kind.SHIPPED)
ENTRY_KINDS = (Kind.ENTRY_ACCEPTED, Kind.INSPECTED, Kind.HELD)
VOYAGE_KINDS = (Kind.DEPARTED, Kind.ARRIVED)


@dataclass(frozen=True)
class Journey:
    """A unit's events, one of a kind, in the order in which they happened; its sea route if any."""

    steps: tuple[Step, ...] = ()
    voyage: Voyage | None = None

    def day(self, kind: Kind) -> date | None:
        """The day of the step of a kind, in the pool's zone; None when it has not happened."""
        moments = [step.at for step in self.steps if step.kind == kind]
        return timezone.localtime(moments[0]).date() if moments else None

    def reference(self, kind: Kind) -> str:
        """The document number that a step names."""
        return next((step.reference for step in self.steps if step.kind == kind), "")


def unit_by_hash(code_hmac: bytes) -> UnitIdentity | None:
    """The unit that bears a code, with its product, lot, pool and importer. One query."""
    rows = UnitIdentity.objects.select_related(
        "product", "lot__book_item__book__pool__operator", "dispatch_line__order__importer"
    )
    return rows.filter(code_hmac=code_hmac).first()


def described(identity: UnitIdentity) -> Unit:
    """What the records say the unit is. One query."""
    product, lot = identity.product, identity.lot
    country = Country.objects.filter(pk=lot.origin).first()
    return Unit(
        gtin=product.gtin,
        product=Named(product.name, product.name_zh),
        brand=product.brand,
        origin=Named(country.name, country.name_zh) if country else Named(lot.origin),
        lot_number=lot.number,
        produced_on=lot.produced_on,
        expires_on=lot.expires_on,
        net_weight_g=int(product.net_weight_g),
    )


def claims(lot: Lot) -> Claims:
    """What the records of a lot claim, before anything of it is published. One query."""
    rows = Lot.objects.select_related("receipt_line__receipt__consignment", "product")
    found = rows.get(pk=lot.pk)
    line, consignment = found.receipt_line, found.receipt_line.receipt.consignment
    return Claims(
        lot=found.number,
        dates=JourneyDates(
            produced_on=found.produced_on,
            departed_on=consignment.departed_on,
            entered_on=found.received_on,
        ),
        expires_on=found.expires_on,
        origins=(found.origin, found.product.origin),
        counted_units=line.arrived - line.over,
        ordered_units=line.expected,
    )


def journey(identity: UnitIdentity, issuer: Issuer) -> Journey:
    """The steps of a unit from the port of loading to its delivery. Six queries."""
    line = identity.dispatch_line
    return _way(identity.lot, issuer, line.order_id if line else None)


def lot_journey(lot: Lot, issuer: Issuer) -> Journey:
    """The steps that all units of a lot share, up to their codes. Five queries."""
    return _way(lot, issuer, None)


def _way(lot: Lot, issuer: Issuer, dispatch_id: int | None) -> Journey:
    traced = TracedLot.objects.filter(pk=lot.pk).first()
    if traced is None:
        return Journey()
    events = _events_of(traced, dispatch_id, issuer)
    ports = Port.objects.in_bulk({code for e in events if (code := _place_code(e, issuer))})
    places = _port_names(ports)
    zone = _zone(lot)
    steps = [
        Step(
            kind=event.kind,
            at=event.happened_at,
            place=zone if event.kind == Kind.RECEIVED else places.get(_place_code(event, issuer)),
            reference=_document(event, issuer, "entry"),
            position=event.position,
        )
        for event in events
    ]
    in_order = sorted(steps, key=lambda step: (step.at, step.position))
    return Journey(tuple(in_order), _voyage(traced, ports))


def _voyage(lot: TracedLot, ports: dict[str, Port]) -> Voyage | None:
    """The sea route of a lot; None when it came by air, or has not arrived.

    None as well when its events bear another public host; ``rebuild_trace`` mends that.
    """
    found = TracedVoyage.objects.in_bulk([lot.consignment_id])
    row = found.get(lot.consignment_id or 0)
    if row is None or row.distance_nm is None:
        return None
    origin, destination = ports.get(row.origin_port), ports.get(row.destination_port)
    if origin is None or destination is None:
        return None
    return Voyage(
        origin=Named(origin.name),
        destination=Named(destination.name),
        distance_nm=row.distance_nm,
        path=tuple((longitude, latitude) for longitude, latitude in row.path),
    )


def _events_of(lot: TracedLot, dispatch_id: int | None, issuer: Issuer) -> list[EpcisEvent]:
    """The first event of each kind that a lot's units, in one dispatch, went through."""
    wanted: dict[str, tuple[Kind, ...]] = {lot.as_lot().key: LOT_KINDS}
    if lot.consignment_id is not None:
        wanted[issuer.document("consignment", lot.consignment_id)] = VOYAGE_KINDS
    if dispatch_id is not None:
        wanted[issuer.document("dispatch", dispatch_id)] = DISPATCH_KINDS
    events = _about(wanted)
    numbers = {_document(event, issuer, "declaration") for event in events} - {""}
    declarations = {issuer.document("declaration", n): ENTRY_KINDS for n in numbers}
    if declarations:
        events += _about(declarations)
    return list({event.kind: event for event in reversed(events)}.values())


def _about(wanted: Mapping[str, tuple[Kind, ...]]) -> list[EpcisEvent]:
    """Events of the wanted kinds about the wanted subjects, as the log has them. One query."""
    about = (Q(subjects__key=key, kind__in=kinds) for key, kinds in wanted.items())
    return list(EpcisEvent.objects.filter(reduce(or_, about)).order_by("fact_position"))


def _document(event: EpcisEvent, issuer: Issuer, kind: str) -> str:
    """The number of the document of a kind that an event names; empty when it names none."""
    prefix = issuer.document(kind, "")
    papers = json.loads(event.body).get("bizTransactionList", [])
    names = (paper["bizTransaction"] for paper in papers)
    return next((name.removeprefix(prefix) for name in names if name.startswith(prefix)), "")


def _place_code(event: EpcisEvent, issuer: Issuer) -> str:
    """The UN/LOCODE of the port where an event happened; empty elsewhere."""
    if event.kind not in VOYAGE_KINDS:
        return ""
    place = json.loads(event.body)["readPoint"]["id"]
    return str(place).removeprefix(issuer.name("loc", ""))


def _port_names(ports: dict[str, Port]) -> dict[str, Named]:
    """Ports with their countries, since port names are not known in Chinese. One query."""
    countries = Country.objects.in_bulk({port.country for port in ports.values()})
    return {code: _port_name(port, countries.get(port.country)) for code, port in ports.items()}


def _port_name(port: Port, country: Country | None) -> Named:
    if country is None:
        return Named(port.name)
    return Named(f"{port.name}, {country.name}", f"{country.name_zh} {port.name}")


def _zone(lot: Lot) -> Named:
    pool = lot.book_item.book.pool
    return Named(pool.zone_name, pool.zone_name_zh)


def journey_dates(identity: UnitIdentity, way: Journey) -> JourneyDates:
    """The dates whose order must make sense."""
    return JourneyDates(
        produced_on=identity.lot.produced_on,
        departed_on=way.day(Kind.DEPARTED),
        entered_on=way.day(Kind.RECEIVED),
        released_on=way.day(Kind.ENTRY_RELEASED),
    )


def entry(identity: UnitIdentity, way: Journey) -> Entry:
    """Through which zone and under which entry the unit came in."""
    number = way.reference(Kind.ENTRY_RELEASED) or way.reference(Kind.ENTRY_ACCEPTED)
    looked_at = way.day(Kind.INSPECTED) or way.day(Kind.HELD)
    return Entry(_zone(identity.lot), number, way.day(Kind.ENTRY_RELEASED), looked_at)


def seller(identity: UnitIdentity, on: date) -> Seller | None:
    """The importer whose parcel the unit went in, its agent and licence on a day. Two queries."""
    if identity.dispatch_line is None:
        return None
    importer = identity.dispatch_line.order.importer
    agents = Appointment.objects.in_force(on).filter(
        importer_id=importer.pk, kind=Appointment.Kind.DOMESTIC_AGENT
    )
    appointment = agents.select_related("party").order_by("-valid_from").first()
    agent = appointment.party if appointment else None
    contact = _reachable(importer, agent, identity.lot.book_item.book.pool.operator)
    return Seller(
        name=Named(importer.name, importer.name_zh),
        customs_code=importer.customs_code,
        agent=Named(agent.name, agent.name_zh) if agent else None,
        agent_code=(agent.customs_code or agent.uscc) if agent else "",
        email=contact.contact_email if contact else "",
        phone=contact.contact_phone if contact else "",
        licence=_licence(importer, on),
    )


def _licence(importer: Party, on: date) -> str:
    """The number of an importer's business licence or registration that holds on a day."""
    kinds = (Proof.Kind.LICENCE, Proof.Kind.OVERSEAS_REGISTRATION)
    papers = Proof.objects.filter(party_id=importer.pk, kind__in=kinds, valid_until__gte=on)
    return papers.order_by("-checked_at").values_list("number", flat=True).first() or ""


def _reachable(*parties: Party | None) -> Party | None:
    """The first of the parties that can be written to or called."""
    known = (party for party in parties if party is not None)
    return next((p for p in known if p.contact_email or p.contact_phone), None)
