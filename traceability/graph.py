"""What goods came from and where they went: neighbours that share a subject in the events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings

from traceability.domain.digital_link import parse
from traceability.domain.epcis import Issuer
from traceability.models import EpcisEvent, EventSubject, TracedLot

LOTS = "https://id.gs1.org/01/"
MOST_HOPS = 10
MOST_EVENTS = 500
"""Events in one answer; a bigger graph is cut and says so."""


class Direction(StrEnum):
    """Which way to follow: where goods came from, where they went, or both."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"
    BOTH = "both"


@dataclass(frozen=True)
class Edge:
    """An event that links subjects; ``position`` is its line in the signed log."""

    event: str
    kind: str
    at: str
    position: int
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """Events reachable from one subject, hop by hop."""

    root: str
    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    hops: int
    is_cut: bool


def graph(root: str, *, direction: str = Direction.BOTH, hops: int = MOST_HOPS) -> Graph:
    """The events that goods with a subject's identifier went through, and what they touch.

    Upstream follows events no later than those that led there, downstream none earlier. One
    or two queries a hop, whatever the number of events.
    """
    seen: dict[int, Edge] = {}
    nodes: dict[str, tuple[int, int]] = {root: (0, 2**62)}
    fringe, done = {root}, 0
    while fringe and done < min(hops, MOST_HOPS) and len(seen) < MOST_EVENTS:
        done += 1
        for lot, consignment in _consignments_of(fringe).items():
            nodes.setdefault(consignment, nodes[lot])
            fringe.add(consignment)
        found = _touching(fringe, seen.keys(), MOST_EVENTS - len(seen))
        fringe = set()
        for pk, edge in found.items():
            reached = [nodes[key] for key in edge.subjects if key in nodes]
            if not any(_follows(edge.position, span, direction) for span in reached):
                continue
            seen[pk] = edge
            for key in edge.subjects:
                if key not in nodes:
                    nodes[key] = (edge.position, edge.position)
                    fringe.add(key)
    edges = sorted(seen.values(), key=lambda edge: edge.position)
    is_cut = bool(fringe) or len(seen) >= MOST_EVENTS
    return Graph(root, tuple(nodes), tuple(edges), done, is_cut)


def _follows(position: int, span: tuple[int, int], direction: str) -> bool:
    """Whether an event lies on the wanted side of where a subject was reached."""
    first, last = span
    if direction == Direction.UPSTREAM:
        return position <= last
    if direction == Direction.DOWNSTREAM:
        return position >= first
    return True


def _consignments_of(keys: Iterable[str]) -> dict[str, str]:
    """The consignment that each lot among some subjects came in, by the lot. One query at most."""
    lots = {key: parse(key) for key in keys if key.startswith(LOTS)}
    if not lots:
        return {}
    numbers = {item.lot for item in lots.values()}
    rows = TracedLot.objects.filter(number__in=numbers, consignment_id__isnull=False)
    issuer = Issuer(settings.PUBLIC_HOST)
    found = {
        row.as_lot().key: issuer.document("consignment", row.consignment_id or 0) for row in rows
    }
    return {key: found[key] for key in lots if key in found}


def _touching(keys: Iterable[str], known: Iterable[int], room: int) -> dict[int, Edge]:
    """Events that name one of some subjects, with all their subjects. One query."""
    ids = EventSubject.objects.filter(key__in=set(keys)).values("event_id")
    events = EpcisEvent.objects.filter(pk__in=ids).exclude(pk__in=list(known))
    wanted = events.order_by("fact_position", "pk").values("pk")[:room]
    named = EventSubject.objects.filter(event_id__in=wanted).order_by(
        "event__fact_position", "event_id", "key"
    )
    subjects: dict[int, list[str]] = {}
    said: dict[int, tuple[str, str, datetime, int]] = {}
    for pk, key, *event in named.values_list("event_id", "key", *_SHOWN):
        subjects.setdefault(pk, []).append(key)
        said[pk] = (event[0], event[1], event[2], event[3])
    return {pk: _edge(*said[pk], subjects[pk]) for pk in subjects}


_SHOWN = ("event__event_id", "event__kind", "event__happened_at", "event__fact_position")


def _edge(name: str, kind: str, at: datetime, position: int, subjects: list[str]) -> Edge:
    return Edge(name, kind, Issuer.instant(at), position, tuple(subjects))
