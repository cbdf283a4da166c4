"""Whether this installation can work now, in a few cheap looks; holds no name and no secret."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q
from django.db.models.functions import Now

from core import clock, keys, triggers
from core.models.fact import Fact, LogEntry
from core.models.job import Job

LATE_SECONDS = 300
"""Work or facts that wait longer tell of a worker that does not run."""
DISK_WARNS_BELOW = 1 << 30
DISK_FAILS_BELOW = 100 << 20

OK, WARNING, FAILING = "ok", "warning", "failing"
SEVERITY = (OK, WARNING, FAILING)


@dataclass(frozen=True)
class Look:
    """One thing looked at: its state, and the figures behind it."""

    state: str
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """The state of the whole, which is its worst part's, and every part by name."""

    state: str
    looks: Mapping[str, Look]

    @property
    def is_working(self) -> bool:
        """Whether requests can be served; a warning asks for the operator, not for a detour."""
        return self.state != FAILING

    def as_json(self) -> dict[str, Any]:
        """Plain data: the state, and the figures of each part."""
        return {"state": self.state} | {
            name: {"state": look.state, **look.figures} for name, look in self.looks.items()
        }


def look() -> Health:
    """Look at everything; what needs the database is left out when it does not answer."""
    looks = {"database": database(), "keys": key_ring(), "disk": disk()}
    if looks["database"].state == OK:
        looks |= _behind_the_database()
    worst = max((each.state for each in looks.values()), key=SEVERITY.index)
    return Health(worst, looks)


def _behind_the_database() -> dict[str, Look]:
    parts: dict[str, Callable[[], Look]] = {
        "migrations": migrations, "triggers": installed_triggers, "log": log, "jobs": jobs,
    }  # fmt: skip
    found = {}
    for name, part in parts.items():
        try:
            found[name] = part()
        except DatabaseError as error:
            found[name] = Look(FAILING, {"fault": type(error).__name__})
    return found


def database() -> Look:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Look(FAILING, {"kind": connection.vendor, "fault": type(error).__name__})
    return Look(OK, {"kind": connection.vendor})


def migrations() -> Look:
    """Whether the tables are those that the code expects."""
    waiting = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    return Look(FAILING if waiting else OK, {"waiting": len(waiting)})


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def installed_triggers() -> Look:
    """Whether every declared trigger is in place."""
    missing = triggers.missing()
    return Look(FAILING if missing else OK, {"missing": len(missing)})


def key_ring() -> Look:
    """Whether every purpose has its key."""
    try:
        keys.ring(look_again=True)
    except (keys.KeyRingMissing, OSError):
        return Look(FAILING, {"complete": False})
    return Look(OK, {"complete": True})


def log() -> Look:
    """How many facts wait for their place in the log, and how long."""
    last = LogEntry.objects.order_by("-position").values_list("fact_id", flat=True).first() or 0
    rows = Fact.objects.filter(pk__gt=last, entry__isnull=True).order_by("pk")
    oldest = rows.values_list("recorded_at", flat=True).first()
    return _waiting(rows.count(), oldest)


def jobs() -> Look:
    """How much work is parked, how much waits, and since when."""
    ready = Q(state=Job.State.QUEUED) & (Q(run_after__isnull=True) | Q(run_after__lte=Now()))
    rows = Job.objects.filter(ready).order_by("ordered_at")
    look = _waiting(rows.count(), rows.values_list("ordered_at", flat=True).first())
    parked = Job.objects.filter(state=Job.State.PARKED).count()
    return Look(WARNING if parked else look.state, {**look.figures, "parked": parked})


def _waiting(count: int, oldest: datetime | None) -> Look:
    seconds = max(0, int((clock.now() - oldest).total_seconds())) if oldest else 0
    figures = {"waiting": count, "oldest_seconds": seconds}
    return Look(WARNING if seconds > LATE_SECONDS else OK, figures)


def disk() -> Look:
    """The least free space among the places where this installation writes."""
    places = {_existing(Path(settings.DOCUMENT_DIR)), _existing(Path(settings.DATA_DIR))}
    free = min(shutil.disk_usage(place).free for place in places)
    if free < DISK_FAILS_BELOW:
        return Look(FAILING, {"free_bytes": free})
    return Look(WARNING if free < DISK_WARNS_BELOW else OK, {"free_bytes": free})


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())
