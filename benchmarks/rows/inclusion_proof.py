"""Proof files that a fact stands in the log, as whoever scans a code gets them."""

import random

from django.conf import settings
from django.db import connection

from benchmarks.rows.fact_sequencing import add_facts
from benchmarks.ways import Way, Ways
from core import facts
from core.domain import merkle
from core.keys import KeyRing
from core.models.fact import LogEntry, LogNode
from traceability import proofs

PROOFS = 200
PLAIN = 2


def read_node(level: int, index: int) -> bytes:
    """One stored node, one query: a proof so read is the twin of the one that is handed out."""
    row = LogNode.objects.values_list("hash", flat=True).get(level=level, index=index)
    return bytes(row)


def plain(position: int, size: int) -> list[bytes]:
    """A proof from a tree that is built anew from all leaf hashes."""
    rows = LogEntry.objects.order_by("position").values_list("leaf_hash", flat=True)
    nodes: dict[merkle.Node, bytes] = {}
    for place, leaf in enumerate(rows):
        for level, index, value in merkle.new_nodes(place, bytes(leaf), lambda *at: nodes[at]):
            nodes[level, index] = value
    return merkle.inclusion_proof(position, size, lambda *at: nodes[at])


def needed(position: int, size: int) -> list[merkle.Node]:
    """The nodes that a proof reads."""
    asked: list[merkle.Node] = []

    def note(level: int, index: int) -> bytes:
        asked.append((level, index))
        return b""

    merkle.inclusion_proof(position, size, note)
    return asked


def bare(position: int, size: int) -> None:
    """The same nodes by one statement of the driver."""
    places = needed(position, size)
    wanted = " OR ".join(['(level = %s AND "index" = %s)'] * len(places))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT hash FROM core_lognode WHERE {wanted}", [n for node in places for n in node]
        )
        cursor.fetchall()


def ways(size: int) -> Ways:
    """A log of ``size`` leaves; proofs for leaves all over it."""
    KeyRing.make(settings.KEY_DIR)
    add_facts(size)
    facts.sequence()
    draw = random.Random(11)  # noqa: S311  places, not secrets
    positions = [draw.randrange(size) for _ in range(PROOFS)]

    def run_ours() -> None:
        for position in positions:
            proofs.prove(position)

    def run_plain() -> None:
        for position in positions[:PLAIN]:
            plain(position, size)

    def run_limit() -> None:
        for position in positions:
            bare(position, size)

    return {
        "ours": Way(run_ours, PROOFS),
        "plain": Way(run_plain, PLAIN),
        "limit": Way(run_limit, PROOFS),
    }
