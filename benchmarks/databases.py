"""Databases that live as long as one process of a benchmark, copied from one that is migrated."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.catalogue import POSTGRESQL, SQLITE

ROOT = Path(__file__).resolve().parents[1]
SERVER = os.environ.get("POSTGRES_FOR_BENCHMARKS", "postgres://postgres@127.0.0.1:5432")
_number = count(1)

AT_ONCE = """
import django
django.setup()
from portal.demo.database import make_tables
make_tables()
"""
"""Makes every table at once; a test holds them to those that the migrations make."""


def postgresql_answers() -> bool:
    """Whether a server answers where one is expected."""
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@dataclass
class Stables:
    """Where a run keeps its databases: a temporary folder, and ``bondpool_bench…`` on a server."""

    folder: Path
    templates: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def fresh(self, kind: str) -> Iterator[dict[str, str]]:
        """The environment of a process with an empty, migrated database of its own."""
        number = next(_number)
        var = self.folder / f"var{number}"
        own = {**os.environ, "BONDPOOL_VAR": str(var), "DEBUG": "1"}
        var.mkdir()
        if kind == POSTGRESQL:
            name = f"bondpool_bench_{os.getpid()}_{number}"
            _copy(self._template(POSTGRESQL), name)
            try:
                yield {**own, "DATABASE_URL": f"{SERVER}/{name}"}
            finally:
                _drop(name)
        else:
            path = var / "bench.sqlite3"
            shutil.copyfile(self._template(SQLITE), path)
            yield {**own, "DATABASE_URL": f"sqlite:///{path}"}
        shutil.rmtree(var)

    def close(self) -> None:
        """Drop what a server holds; the folder is its owner's."""
        if POSTGRESQL in self.templates:
            _drop(self.templates[POSTGRESQL])

    def _template(self, kind: str) -> str:
        if kind not in self.templates:
            self.templates[kind] = self._migrated(kind)
        return self.templates[kind]

    def _migrated(self, kind: str) -> str:
        path = str(self.folder / "template.sqlite3")
        name, address = path, f"sqlite:///{path}"
        if kind == POSTGRESQL:
            name = f"bondpool_bench_{os.getpid()}"
            _execute("CREATE DATABASE {}", name)
            address = f"{SERVER}/{name}"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": address,
            "BONDPOOL_VAR": str(self.folder),
        }
        lines = [sys.executable, "-c", AT_ONCE]
        subprocess.run(lines, cwd=ROOT, env=environment, check=True)
        return name


def _copy(template: str, name: str) -> None:
    _execute("CREATE DATABASE {} TEMPLATE {}", name, template)


def _drop(name: str) -> None:
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(statement: str, *names: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
