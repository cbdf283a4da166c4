"""Ten hops through the events of a thing, from one end of its chain to the other."""

import random

from django.db import connection

from benchmarks.events import chains, key_of
from benchmarks.ways import Way, Ways
from traceability.graph import graph
from traceability.models import EpcisEvent, EventSubject

LENGTH = 10
CALLS = 50
RECURSIVE = """
WITH RECURSIVE reached(key, hop) AS (
    SELECT CAST(%s AS varchar(200)), 0
    UNION
    SELECT other.key, reached.hop + 1
    FROM reached
    JOIN traceability_eventsubject mine ON mine.key = reached.key
    JOIN traceability_eventsubject other ON other.event_id = mine.event_id
    WHERE reached.hop < 10
)
SELECT DISTINCT mine.event_id FROM reached
JOIN traceability_eventsubject mine ON mine.key = reached.key
"""


def plain(root: str) -> set[int]:
    """The same walk, event by event and name by name along the relations of the ORM."""
    seen: set[int] = set()
    fringe, known = [root], {root}
    for _ in range(LENGTH):
        found = [
            subject.event
            for key in fringe
            for subject in EventSubject.objects.filter(key=key).select_related("event")
        ]
        new = [event for event in found if event.pk not in seen]
        seen |= {event.pk for event in new}
        names = {subject.key for event in new for subject in event.subjects.all()}
        fringe, known = sorted(names - known), known | names
    return seen


def bare(root: str) -> set[int]:
    """One recursive statement of the driver that finds the same events' ids."""
    with connection.cursor() as cursor:
        cursor.execute(RECURSIVE, [root])
        return {row[0] for row in cursor.fetchall()}


def ways(size: int) -> Ways:
    """Chains of ten events; walks begin at ends all over them."""
    length = min(LENGTH, size)
    if not EpcisEvent.objects.exists():
        chains(size, length)
    draw = random.Random(7)  # noqa: S311  places, not secrets
    roots = [key_of(draw.randrange(max(1, size // length)), 0) for _ in range(CALLS)]

    def run_ours() -> None:
        for root in roots:
            graph(root)

    def run_plain() -> None:
        for root in roots:
            plain(root)

    def run_limit() -> None:
        for root in roots:
            bare(root)

    return {
        "ours": Way(run_ours, CALLS),
        "plain": Way(run_plain, CALLS),
        "limit": Way(run_limit, CALLS),
    }
