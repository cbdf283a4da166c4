"""Look-ups written down: many at once in one transaction, each told its own place in the count."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from django.db import transaction

from traceability import quick

USED = """
INSERT INTO traceability_codeuse AS c
       (identity_id, first_scanned_at, scan_count, scans_before_release)
VALUES (%s, %s, 1, %s)
    ON CONFLICT (identity_id) DO UPDATE
   SET scan_count = c.scan_count + 1,
       scans_before_release = c.scans_before_release + excluded.scans_before_release
RETURNING scan_count, scans_before_release, first_scanned_at
"""
SEEN = """
INSERT INTO traceability_scanrecord (identity_id, at, network_hash, kind) VALUES (%s, %s, %s, %s)
"""
PLACES = """
SELECT COUNT(DISTINCT network_hash) FROM traceability_scanrecord WHERE identity_id = %s AND at >= %s
"""


@dataclass(frozen=True)
class Look:
    """One look-up to be counted; ``is_early`` when the unit was not released yet."""

    identity_id: int
    is_early: bool
    at: datetime
    day_start: datetime
    network_hash: str
    kind: str


@dataclass(frozen=True)
class Counted:
    """How often a code was looked up, this look-up included and none after it."""

    lookups: int
    lookups_before_release: int
    first_looked_up_at: datetime
    places_in_a_day: int


@dataclass(eq=False)
class _Waiting:
    look: Look
    counted: Counted | None = None


_queue: deque[_Waiting] = deque()
_turn = Lock()


def count(look: Look) -> Counted:
    """Write a look-up down; whoever comes while another is written is written with the next.

    Returns once the transaction is committed: killing the process loses nothing that was answered.
    Of two first look-ups at once exactly one is told that it is the first.
    """
    if quick.database().in_atomic_block:
        return _written([look])[0]
    mine = _Waiting(look)
    _queue.append(mine)
    with _turn:
        if mine.counted is None:
            _write_all(mine)
    assert mine.counted is not None  # noqa: S101  _write_all has told it
    return mine.counted


def _write_all(mine: _Waiting) -> None:
    """Write everybody who waits. When it fails, each of the others writes its own at its turn."""
    waiting = [mine]
    while _queue:
        other = _queue.popleft()
        if other is not mine:
            waiting.append(other)
    with _without_waiting_for_the_disk():
        told = _written([each.look for each in waiting])
    for each, counted in zip(waiting, told, strict=True):
        each.counted = counted


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Let commits of this connection on SQLite wait for the system only, not for the disk.

    They outlive the process, and a power failure never tears them; it may take the last of them.
    """
    database = quick.database()
    if database.vendor != "sqlite":
        yield
        return
    quick.run(database, "PRAGMA synchronous = NORMAL", ())
    try:
        yield
    finally:
        quick.run(database, "PRAGMA synchronous = FULL", ())


@transaction.atomic
def _written(looks: Sequence[Look]) -> list[Counted]:
    """Rows in the order of their units, so that two processes never wait for each other."""
    database, told = quick.database(), {}
    for place in sorted(range(len(looks)), key=lambda place: looks[place].identity_id):
        look = looks[place]
        unit, at = look.identity_id, quick.moment(database, look.at)
        used = quick.row(database, USED, (unit, at, int(look.is_early)))
        quick.run(database, SEEN, (unit, at, look.network_hash, look.kind))
        (places,) = quick.row(database, PLACES, (unit, quick.moment(database, look.day_start)))
        told[place] = Counted(used[0], used[1], instant(used[2]), places)
    return [told[place] for place in range(len(looks))]


def instant(value: Any) -> datetime:
    """An instant as SQLite (UTC, unsaid) or PostgreSQL gives it."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read.tzinfo else read.replace(tzinfo=UTC)
