"""The fact log: services add facts, one sequencer orders them under a signed head."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.module_loading import autodiscover_modules

from core import bulk, clock, keys, salts, tenancy
from core.domain import merkle
from core.domain.checkpoint import checkpoint_text, key_id, signature_line, verifier_key
from core.domain.errors import Refusal
from core.domain.leaf import leaf_bytes
from core.models.fact import Fact, LogCursor, LogEntry, LogHead, LogNode

SEQUENCER = "core.sequencer"
STEP = 500
log = logging.getLogger(__name__)


class UnknownFact(TypeError):
    """Raised when a fact is added whose name or fields no app has registered."""


class LogDamaged(Refusal):
    """Raised instead of signing when the stored tree does not add up to its last head."""

    code = "log-damaged"
    reason = "The stored log of {size} facts does not give the root that was signed for it."
    remedy = "Stop writing, run check_books, and restore the log from the last good backup."


@dataclass(frozen=True)
class SequencedFact:
    """A fact with its place in the log."""

    position: int
    fact_id: int
    name: str
    subject: str
    at: datetime
    recorded_at: datetime
    data: dict[str, Any]


_WRITTEN = ("name", "subject", "data", "actor", "at", "recorded_at", "salt")

NodeRow = tuple[int, int, bytes]
"""Level, index and hash of a stored subtree."""

Row = tuple[str, str, dict[str, Any]]
"""Name, subject and data of a fact to be added."""

EntryRow = tuple[int, int, bytes]
"""Position, fact and leaf hash of a log entry."""

Handle = Callable[[Sequence[SequencedFact]], None]

registry: dict[str, frozenset[str]] = {}
readers: dict[str, tuple[tuple[str, ...], Handle]] = {}


def register(name: str, fields: Iterable[str]) -> None:
    """Declare a fact type: its stable dotted name and the fields its data may hold."""
    registry[name] = frozenset(fields)


def append(name: str, *, subject: str, data: dict[str, Any], at: datetime | None = None) -> Fact:
    """Add one fact in the caller's transaction; the sequencer gives it its place later.

    ``data`` holds ids, whole numbers, strings and ISO dates; never personal data.
    """
    return append_many([(name, subject, data)], at=at)[0]


def append_many(rows: Sequence[Row], *, at: datetime | None = None) -> list[Fact]:
    """Add many facts as ``(name, subject, data)``, whatever the number in a few queries."""
    for name, _, data in rows:
        if name not in registry or not registry[name].issuperset(data):
            extra = sorted(set(data) - registry.get(name, frozenset()))
            raise UnknownFact(f"{name} with {extra} is not registered")
    instant = at or clock.now()
    shared = (tenancy.actor(), instant, clock.now())
    ring = keys.ring()
    made = [(*row, *shared, salts.drawn(ring, *row, *shared)) for row in rows]
    return bulk.create(Fact, _WRITTEN, made)


def exists(name: str, subject: str) -> bool:
    """Whether a fact of that name was added about a subject. One query."""
    return Fact.objects.filter(name=name, subject=subject).exists()


def leaf_of(fact: Fact) -> bytes:
    """The canonical leaf of a stored fact."""
    return leaf_bytes(
        name=fact.name,
        at=fact.at.astimezone(UTC).isoformat(),
        subject=fact.subject,
        actor=fact.actor,
        data=fact.data,
        salt=bytes(fact.salt),
    )


def sequence() -> int:
    """Give every waiting fact its place, extend the tree and sign its head; the count placed.

    Steps of ``STEP`` facts, each in a transaction of its own, one sequencer at a time.

    Raises:
        LogDamaged: the stored tree does not match its last signed head; nothing was signed.
    """
    placed = 0
    while step := _sequence_step():
        placed += step
    return placed


@transaction.atomic
def _sequence_step() -> int:
    _lock_sequencer()
    waiting = _written_by_services(Fact.objects.filter(entry__isnull=True).order_by("pk")[:STEP])
    if not waiting:
        return 0
    head = LogHead.objects.order_by("-size").first()
    size = head.size if head else 0
    nodes = {(n.level, n.index): bytes(n.hash) for n in _frontier(size)}
    if head and merkle.root(size, _reader(nodes)) != bytes(head.root):
        raise LogDamaged(size=size)
    new_nodes, entries = _place(waiting, size, nodes)
    bulk.insert(LogEntry, ("position", "fact_id", "leaf_hash"), entries)
    bulk.insert(LogNode, ("level", "index", "hash"), new_nodes)
    _sign(size + len(waiting), merkle.root(size + len(waiting), _reader(nodes)))
    return len(waiting)


def _written_by_services(found: Iterable[Fact]) -> list[Fact]:
    """Facts without those that somebody put in by hand; they never get a place in the log."""
    ring, written = keys.ring(), []
    for fact in found:
        if salts.fits(fact, ring) or salts.older(ring).hold(fact.pk, None):
            written.append(fact)
        else:
            log.error("fact %s bears no salt of ours; run check_books", fact.pk)
    return written


def _lock_sequencer() -> None:
    """Make sequencers wait for each other: a row lock, or SQLite's one writer."""
    LogCursor.objects.get_or_create(reader=SEQUENCER)
    if connection.vendor == "postgresql":
        LogCursor.objects.select_for_update().get(reader=SEQUENCER)


def _frontier(size: int) -> Iterable[LogNode]:
    """The stored subtrees that make up the tree. One query."""
    peaks = [Q(level=level, index=index) for level, index in merkle.peaks(size)]
    return LogNode.objects.filter(reduce(or_, peaks)) if peaks else ()


def _reader(nodes: dict[merkle.Node, bytes]) -> merkle.ReadNode:
    return lambda level, index: nodes[(level, index)]


def _place(
    waiting: Sequence[Fact], size: int, nodes: dict[merkle.Node, bytes]
) -> tuple[list[NodeRow], list[EntryRow]]:
    """Rows for the new nodes and entries; ``nodes`` grows along."""
    made: list[NodeRow] = []
    entries: list[EntryRow] = []
    read = _reader(nodes)
    for position, fact in enumerate(waiting, start=size):
        leaf = merkle.leaf_hash(leaf_of(fact))
        entries.append((position, fact.pk, leaf))
        for level, index, value in merkle.new_nodes(position, leaf, read):
            nodes[(level, index)] = value
            made.append((level, index, value))
    return made, entries


def origin() -> str:
    """The name under which this installation's log is signed."""
    return f"{settings.PUBLIC_HOST}/log"


def log_verifier_key() -> str:
    """The public key of the log as one line."""
    return _verifier_key(origin(), keys.ring().secret("log"))


@lru_cache(maxsize=8)
def _verifier_key(name: str, secret: bytes) -> str:
    """Its line, drawn from the secret once: that takes longer than reading a page's rows."""
    return verifier_key(name, keys.public_half(secret))


def log_verifier_keys() -> str:
    """Every public key that signed the log, a line each; the one in force comes first."""
    public = keys.ring().log_public_keys()
    return "\n".join(verifier_key(origin(), key) for key in public)


def _sign(size: int, root: bytes) -> LogHead:
    text, name = checkpoint_text(origin(), size, root), origin()
    signed = keys.ring().log_signatures(text.encode())
    lines = [signature_line(name, key_id(name, public), raw) for public, raw in signed]
    note = f"{text}\n{''.join(lines)}"
    return LogHead.objects.create(size=size, root=root, note=note, signed_at=clock.now())


def head() -> LogHead | None:
    """The newest signed head, or None before the first."""
    return LogHead.objects.order_by("-size").first()


def read(after: int = -1, *, names: Iterable[str] = (), limit: int = STEP) -> list[SequencedFact]:
    """Sequenced facts after a position, in order; of some names only, if given. One query."""
    rows = LogEntry.objects.filter(position__gt=after).select_related("fact").order_by("position")
    if names:
        rows = rows.filter(fact__name__in=list(names))
    return [
        SequencedFact(
            position=row.position,
            fact_id=row.fact_id,
            name=row.fact.name,
            subject=row.fact.subject,
            at=row.fact.at,
            recorded_at=row.fact.recorded_at,
            data=row.fact.data,
        )
        for row in rows[:limit]
    ]


def follow(
    reader: str,
    names: Iterable[str],
    handle: Handle,
    *,
    limit: int = STEP,
) -> int:
    """Hand each new fact to ``handle`` once, in batches; the number handed over.

    The cursor moves in the transaction in which ``handle`` writes, so that a crash between the
    two repeats nothing and loses nothing.
    """
    done = 0
    for batch in _batches(reader, tuple(names), handle, limit):
        done += batch
    return done


def reader(name: str, names: Iterable[str]) -> Callable[[Handle], Handle]:
    """Register a function of an app's ``projections`` module that is handed new facts.

    :func:`catch_up` calls it with batches, each fact once.
    """

    def note(handle: Handle) -> Handle:
        readers[name] = (tuple(names), handle)
        return handle

    return note


def catch_up() -> int:
    """Hand every registered reader what is new in the log; the number of facts handed over."""
    _discover_readers()
    return sum(follow(name, names, handle) for name, (names, handle) in readers.items())


@cache
def _discover_readers() -> None:
    autodiscover_modules("projections")


def _batches(
    reader: str,
    names: tuple[str, ...],
    handle: Handle,
    limit: int,
) -> Iterator[int]:
    while True:
        with transaction.atomic():
            LogCursor.objects.get_or_create(reader=reader)
            cursor = LogCursor.objects.select_for_update().get(reader=reader)
            facts = read(cursor.position - 1, names=names, limit=limit)
            if not facts:
                return
            handle(facts)
            LogCursor.objects.filter(pk=cursor.pk).update(position=facts[-1].position + 1)
        yield len(facts)
