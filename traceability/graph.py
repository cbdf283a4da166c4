"""What goods came from and where they went: neighbours that share a subject in the events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class _Reached:
    """Where a walk came to a thing: the log's lines of the events there, and which ways it goes."""

    first: int
    last: int
    ways: frozenset[str]


_WAYS = {
    Direction.UPSTREAM: frozenset({Direction.UPSTREAM}),
    Direction.DOWNSTREAM: frozenset({Direction.DOWNSTREAM}),
    Direction.BOTH: frozenset({Direction.UPSTREAM, Direction.DOWNSTREAM}),
}


def graph(root: str, *, direction: str = Direction.BOTH, hops: int = MOST_HOPS) -> Graph:
    """The events that goods with a subject's identifier went through, and what they touch.

    Upstream follows events no later than those that led there, to things out of which these
    came; downstream to what became of them, for lots no earlier. A neighbour in the same parcel
    is neither. One or two queries a hop, whatever the number of events.
    """
    seen: dict[int, Edge] = {}
    nodes = {root: _Reached(0, 2**62, _WAYS[Direction(direction)])}
    fringe, done = {root}, 0
    while fringe and done < min(hops, MOST_HOPS) and len(seen) < MOST_EVENTS:
        done += 1
        rising = [key for key in fringe if Direction.UPSTREAM in nodes[key].ways]
        for lot, consignment in _consignments_of(rising).items():
            nodes.setdefault(consignment, replace(nodes[lot], ways=_WAYS[Direction.UPSTREAM]))
            fringe.add(consignment)
        found = _touching(fringe, seen.keys(), MOST_EVENTS - len(seen))
        fringe = set()
        for pk, edge in found.items():
            ways = _ways_on(edge, nodes)
            if not ways:
                continue
            seen[pk] = edge
            for key, on in _newly_reached(edge, nodes, ways).items():
                nodes[key] = _Reached(edge.position, edge.position, on)
                fringe.add(key)
    edges = sorted(seen.values(), key=lambda edge: edge.position)
    is_cut = bool(fringe) or len(seen) >= MOST_EVENTS
    return Graph(root, tuple(nodes), tuple(edges), done, is_cut)


_FINEST = 2


def _rank(key: str) -> int:
    """How far along the way a thing stands: consignment, lot, and what lots become."""
    if "/bt/consignment/" in key:
        return 0
    return 1 if key.startswith(LOTS) else _FINEST


def _ways_on(edge: Edge, nodes: Mapping[str, _Reached]) -> frozenset[str]:
    """Ways in which an event goes on from the things that were reached; none: it is not shown."""
    reached = {key: nodes[key] for key in edge.subjects if key in nodes}
    finest = max(_rank(key) for key in edge.subjects)
    rises = any(
        Direction.UPSTREAM in each.ways and edge.position <= each.last and finest <= _rank(key)
        for key, each in reached.items()
    )
    falls = any(
        Direction.DOWNSTREAM in each.ways and (edge.position >= each.first or _rank(key) == _FINEST)
        for key, each in reached.items()
    )
    told = {Direction.UPSTREAM: rises, Direction.DOWNSTREAM: falls}
    return frozenset(way for way, goes in told.items() if goes)


def _newly_reached(
    edge: Edge, nodes: Mapping[str, _Reached], ways: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Things that an event leads to; downstream only to what is finer than where it came from."""
    coarsest = min(_rank(key) for key in edge.subjects if key in nodes)
    found = {}
    for key in edge.subjects:
        is_finer = _rank(key) == _FINEST or _rank(key) > coarsest
        on = ways if is_finer else ways - {Direction.DOWNSTREAM}
        if key not in nodes and on:
            found[key] = on
    return found


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
