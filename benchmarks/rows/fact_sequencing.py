"""Facts that wait get their place in the log; its head is signed for every step."""

from django.conf import settings
from django.db import transaction

from benchmarks.ways import Way, Ways
from core import clock, facts
from core.domain import merkle
from core.keys import KeyRing
from core.models.fact import Fact, LogEntry, LogHead, LogNode

PLAIN = 300
CHUNK = 5_000


def add_facts(count: int) -> None:
    """Facts as a warehouse appends them, none of them placed yet."""
    for start in range(0, count, CHUNK):
        facts.append_many(
            [
                ("warehouse.lot.allocated", f"lot:{n}", {"lot": n, "owner": 7, "units": n % 50 + 1})
                for n in range(start, min(start + CHUNK, count))
            ]
        )


def plain(count: int) -> None:
    """An entry, its new nodes and the newest head saved one by one, in one transaction."""
    nodes: dict[merkle.Node, bytes] = {}
    head = facts.head()
    size = head.size if head else 0
    for level, index in merkle.peaks(size):
        nodes[level, index] = bytes(LogNode.objects.get(level=level, index=index).hash)
    waiting = Fact.objects.filter(entry__isnull=True).order_by("pk")[:count]
    with transaction.atomic():
        for fact in waiting:
            leaf = merkle.leaf_hash(facts.leaf_of(fact))
            LogEntry.objects.create(position=size, fact=fact, leaf_hash=leaf)
            for level, index, value in merkle.new_nodes(size, leaf, lambda *at: nodes[at]):
                nodes[level, index] = value
                LogNode.objects.create(level=level, index=index, hash=value)
            size += 1
        root = merkle.root(size, lambda *at: nodes[at])
        LogHead.objects.create(size=size, root=root, note="", signed_at=clock.now())


def bare(waiting: list[Fact]) -> bytes:
    """The hashes that any log of this kind must compute."""
    nodes: dict[merkle.Node, bytes] = {}
    for place, fact in enumerate(waiting):
        leaf = merkle.leaf_hash(facts.leaf_of(fact))
        for level, index, value in merkle.new_nodes(place, leaf, lambda *at: nodes[at]):
            nodes[level, index] = value
    return merkle.root(len(waiting), lambda *at: nodes[at])


def ways(size: int) -> Ways:
    """Each way places facts of its own at the end of one log."""
    KeyRing.make(settings.KEY_DIR)
    few = min(size, PLAIN)
    read: list[Fact] = []

    def load() -> None:
        read[:] = Fact.objects.order_by("pk")[:size]
        if len(read) < size:
            add_facts(size)
            facts.sequence()
            read[:] = Fact.objects.order_by("pk")[:size]

    def run_ours() -> None:
        facts.sequence()

    def run_plain() -> None:
        plain(few)

    def run_limit() -> None:
        bare(read)

    return {
        "ours": Way(run_ours, size, prepare=lambda: add_facts(size)),
        "plain": Way(run_plain, few, prepare=lambda: add_facts(few)),
        "limit": Way(run_limit, size, prepare=load),
    }
