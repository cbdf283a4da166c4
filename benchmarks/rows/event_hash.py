"""The CBV event hash: one name for an event, however it was written down."""

import json
from hashlib import sha256

from benchmarks.events import CONTEXT, document
from benchmarks.ways import Way, Ways
from traceability.domain.cbv import canonical, hashing

PLAIN = 2_000


def hashes(events: list[dict[str, object]]) -> list[str]:
    """The names of events."""
    return [hashing.event_hash(event, CONTEXT) for event in events]


def plain(events: list[dict[str, object]]) -> list[str]:
    """The same with nothing remembered from one event to the next."""
    found = []
    for event in events:
        canonical.canonical_uri.cache_clear()
        hashing.utc_milliseconds.cache_clear()
        found.append(hashing.event_hash(event, CONTEXT))
    return found


def bare(events: list[dict[str, object]]) -> list[str]:
    """SHA-256 of each event as JSON with sorted keys."""
    return [sha256(json.dumps(event, sort_keys=True).encode()).hexdigest() for event in events]


def ways(size: int) -> Ways:
    """The same events for each way."""
    events = document(range(size))["epcisBody"]["eventList"]
    few = events[: min(size, PLAIN)]

    def run_ours() -> None:
        hashes(events)

    def run_plain() -> None:
        plain(few)

    def run_limit() -> None:
        bare(events)

    return {
        "ours": Way(run_ours, size),
        "plain": Way(run_plain, len(few)),
        "limit": Way(run_limit, size),
    }
