"""The demonstration's own database file: marked as such, and the only one it ever replaces."""

import json
import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection as database

from core.domain.errors import Refusal

MARKER_TABLE = "bondpool_demonstration"


class NotADemonstration(Refusal):
    """Raised when the file to be replaced or served was not made by the demonstration."""

    code = "not-a-demonstration"
    reason = "{path} was not made by the demonstration."
    remedy = "Move the file away, or set BONDPOOL_VAR to another folder, and start again."


@dataclass(frozen=True)
class Place:
    """Where a demonstration lives: one database file, and its own keys and documents beside it."""

    var: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.var / "demo.sqlite3"

    @property
    def folder(self) -> Path:
        """Keys and documents of the demonstration."""
        return self.var / "demo"

    @property
    def url(self) -> str:
        """The database as DATABASE_URL."""
        return f"sqlite:///{self.database}"

    def environment(self, current: Mapping[str, str]) -> dict[str, str]:
        """An environment in which every command works on the demonstration, and on nothing else."""
        return {
            **current,
            "DATABASE_URL": self.url,
            "BONDPOOL_VAR": str(self.var),
            "BONDPOOL_KEYS": str(self.folder / "keys"),
            "BONDPOOL_DOCUMENTS": str(self.folder / "documents"),
        }


def made_summary(place: Place) -> dict[str, Any] | None:
    """The figures of a finished demonstration; None when there is none, or it was cut short.

    Raises:
        NotADemonstration: the file is somebody else's database.
    """
    if not place.database.exists():
        return None
    connection = sqlite3.connect(place.database)
    try:
        row = connection.execute(f"SELECT summary FROM {MARKER_TABLE}").fetchone()  # noqa: S608
    except sqlite3.DatabaseError:
        raise NotADemonstration(path=place.database) from None
    finally:
        connection.close()
    return json.loads(row[0]) if row and row[0] else None


def start_afresh(place: Place) -> None:
    """Remove an earlier demonstration and mark the new file before anything is written to it.

    Raises:
        NotADemonstration: the file is somebody else's database; nothing was removed.
    """
    made_summary(place)
    for suffix in ("", "-wal", "-shm", "-journal"):
        place.database.with_name(place.database.name + suffix).unlink(missing_ok=True)
    if place.folder.exists():
        shutil.rmtree(place.folder)
    place.var.mkdir(parents=True, exist_ok=True)
    os.close(os.open(place.database, os.O_CREAT | os.O_WRONLY, 0o600))
    _write(place, f"CREATE TABLE {MARKER_TABLE} (summary TEXT)", ())
    _write(place, f"INSERT INTO {MARKER_TABLE} VALUES ('')", ())  # noqa: S608


def keep_summary(place: Place, summary: Mapping[str, Any]) -> None:
    """Write the figures into the marker: from now on the file is served as it is."""
    text = json.dumps(summary, ensure_ascii=False)
    _write(place, f"UPDATE {MARKER_TABLE} SET summary = ?", (text,))  # noqa: S608


def write_fast() -> None:
    """Spare what only serving needs: SQLite's waits for the disk, and a log of every query.

    While DEBUG is on Django keeps the text of each query, and asks SQLite to quote it.
    """
    database.make_debug_cursor = database.make_cursor  # type: ignore[method-assign, assignment]
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


def make_tables() -> None:
    """Make every table of a new file."""
    call_command("migrate", verbosity=0)


def bring_up_to_date() -> None:
    """Give a year that an earlier version played the tables and triggers of this one."""
    call_command("migrate", verbosity=0)


def _write(place: Place, statement: str, values: tuple[str, ...]) -> None:
    connection = sqlite3.connect(place.database, timeout=20)
    try:
        with connection:
            connection.execute(statement, values)
    finally:
        connection.close()
