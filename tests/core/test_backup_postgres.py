"""A backup of an installation on PostgreSQL comes to the same books in an empty database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from tests.core.test_backup import LOOK, PASSPHRASE, ROOT, SEED
from tests.warehouse.test_race import SERVER, postgres_answers

DATABASES = [pytest.param(SERVER, marks=pytest.mark.postgres)] if postgres_answers() else []


@contextmanager
def empty_databases(server: str, *names: str) -> Iterator[None]:
    """Databases that are there for the length of a block."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield
        finally:
            for name in names:
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                connection.execute(drop)


@pytest.fixture
def machine(request, tmp_path):
    """Runs manage.py on an installation of its own, by name: first or second."""
    server, mine = request.param, f"bondpool_kept_{os.getpid()}"

    def run(name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        environment = {
            **os.environ,
            "DATABASE_URL": f"{server}/{mine}_{name}",
            "BONDPOOL_VAR": str(tmp_path / name),
            "BONDPOOL_BACKUP_PASSPHRASE": PASSPHRASE,
            **more,
        }
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    with empty_databases(server, f"{mine}_first", f"{mine}_second"):
        yield run


@pytest.mark.parametrize("machine", DATABASES, indirect=True)
def test_an_empty_postgres_comes_to_the_same_books_and_none_is_overwritten(machine, tmp_path):
    kept = str(tmp_path / "kept.tar")
    seeded = machine("first", "shell", "--no-imports", "-c", SEED, DATABASE_POOL="2")
    assert seeded.returncode == 0, seeded.stderr
    made = machine("first", "backup", kept)
    assert made.returncode == 0, made.stderr

    done = machine("second", "restore", kept)
    again = machine("second", "restore", kept, BONDPOOL_VAR=str(tmp_path / "third"))

    assert (done.returncode, done.stdout) == (0, "The books hold; 1 facts under the signed head.\n")
    looked = machine("second", "shell", "--no-imports", "-c", LOOK)
    assert looked.stdout.strip() == "张小明 declared 1", looked.stderr
    assert again.returncode == 1
    assert "already holds an installation" in again.stderr
