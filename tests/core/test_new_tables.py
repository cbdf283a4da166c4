"""The tables of a new database are those that its migrations make one after the other."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.warehouse.test_race import a_postgres_database, postgres_answers

ROOT = Path(__file__).resolve().parents[2]

AT_ONCE = ("manage.py", "migrate", "--verbosity", "0")
ONE_BY_ONE = (*AT_ONCE, "--step-by-step")


def made_by(folder: Path, *command: str) -> dict[str, object]:
    """Every table, index and trigger, and the migrations noted as done."""
    folder.mkdir()
    file = folder / "made.sqlite3"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BONDPOOL_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{file}",
    }
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, timeout=300, check=True)
    connection = sqlite3.connect(file)
    schema = connection.execute("SELECT name, sql FROM sqlite_master")
    made: dict[str, object] = {
        name: sorted(re.findall(r"\w+|\S", sql or "")) for name, sql in schema
    }
    done = connection.execute("SELECT app, name FROM django_migrations")
    made["migrations"] = sorted(done.fetchall())
    connection.close()
    return made


ON_POSTGRES = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable, is_identity,
        character_maximum_length FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT LIKE 'auth_%'""",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """SELECT proname, prosrc FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
    "migrations": "SELECT app, name FROM django_migrations",
}


def made_on_postgres(folder: Path, *command: str) -> dict[str, list[tuple[object, ...]]]:
    """The same on PostgreSQL, without names made by chance and the framework's own tables."""
    with a_postgres_database() as address:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BONDPOOL_VAR": str(folder),
            "DATABASE_URL": address,
        }
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, timeout=300, check=True
        )
        with psycopg.connect(address) as connection:
            return {
                what: sorted(without_chance(row) for row in connection.execute(asked))
                for what, asked in ON_POSTGRES.items()
            }


def without_chance(row: tuple[object, ...]) -> tuple[str, ...]:
    """A row as text, without what differs by chance: digits in the names of indexes, and where
    the server writes the casts of a condition, which depends on whether a column was widened.
    """
    chance = re.compile(r"_[0-9a-f]{8}(?=_|\b)|::[a-z ]+(\[\])?|[()]")
    return tuple(chance.sub("", str(each)) for each in row)


@pytest.mark.deep
@pytest.mark.postgres
@pytest.mark.skipif(not postgres_answers(), reason="PostgreSQL does not answer")
def test_on_postgres_too_they_are_the_tables_that_the_migrations_make(tmp_path):
    migrated = made_on_postgres(tmp_path, *ONE_BY_ONE)

    at_once = made_on_postgres(tmp_path, *AT_ONCE)

    assert at_once == migrated


@pytest.mark.deep
def test_tables_made_at_once_are_the_tables_that_the_migrations_make(tmp_path):
    migrated = made_by(tmp_path / "migrated", *ONE_BY_ONE)

    at_once = made_by(tmp_path / "at-once", *AT_ONCE)

    assert at_once == migrated
