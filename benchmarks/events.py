"""EPCIS events as a partner sends them, and the pool's own, many of them."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from core import bulk
from core.models import Party
from traceability.models import EpcisEvent, EventSubject

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
START = datetime(2025, 1, 1, tzinfo=UTC)
STEP = 20_000
_serial = count()


def event(number: int) -> dict[str, Any]:
    """A shipment of three units and a lot, with its order, parties and place."""
    units = [f"urn:epc:id:sgtin:9521234.056789.{number}{n}" for n in range(3)]
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "eventTime": (START + timedelta(seconds=number)).isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": units,
        "quantityList": [
            {"epcClass": f"urn:epc:class:lgtin:9521234.056789.L{number % 50}", "quantity": 3}
        ],
        "readPoint": {"id": f"urn:epc:id:sgln:9521234.00001.{number % 20}"},
        "bizLocation": {"id": "urn:epc:id:sgln:9521234.00002.0"},
        "bizTransactionList": [
            {"type": "po", "bizTransaction": f"urn:epc:id:gdti:9521234.00001.{number}"}
        ],
        "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:9521234.00001"}],
        "destinationList": [
            {"type": "owning_party", "destination": "urn:epc:id:pgln:9521234.00002"}
        ],
    }


def documents(events: int, each: int = 500) -> list[bytes]:
    """Documents with events that nobody sent before."""
    numbers = [next(_serial) for _ in range(events)]
    return [
        json.dumps(document(numbers[first : first + each])).encode()
        for first in range(0, events, each)
    ]


def document(numbers: Sequence[int]) -> dict[str, Any]:
    """One document of the events with some numbers."""
    return {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": START.isoformat(),
        "epcisBody": {"eventList": [event(number) for number in numbers]},
    }


def partner() -> Party:
    """The importer that sends them."""
    fields = {"name": "Partner", "name_zh": "伙伴", "country": "CN"}
    made, _ = Party.objects.get_or_create(kind=Party.Kind.IMPORTER, code="partner", defaults=fields)
    return made


def chains(events: int, length: int = 10) -> None:
    """Events in chains: each names the things before and after it; ten hops from end to end."""
    for first in range(0, events, STEP):
        numbers = range(first, min(first + STEP, events))
        made = bulk.create(EpcisEvent, _EVENT, [_row(n) for n in numbers])
        bulk.insert(EventSubject, ("event_id", "key"), _named(numbers, made, length))


_EVENT = (
    *("event_id", "kind", "happened_at", "record_time", "fact_position", "body", "event_type"),
    *("viewer", "biz_step"),
)


def _row(number: int) -> tuple[Any, ...]:
    at = START + timedelta(seconds=number)
    body = json.dumps({"eventID": f"urn:uuid:{number}", "eventTime": at.isoformat()})
    return (f"urn:uuid:{number}", "received", at, at, number, body, "ObjectEvent", 0, "receiving")


def _named(
    numbers: Sequence[int], made: Sequence[EpcisEvent], length: int
) -> Iterator[tuple[int, str]]:
    for number, row in zip(numbers, made, strict=True):
        chain, place = divmod(number, length)
        yield row.pk, key_of(chain, place)
        yield row.pk, key_of(chain, place + 1)


def key_of(chain: int, place: int) -> str:
    """The thing between two events of a chain."""
    return f"https://pool.example/obj/{chain}/{place}"
