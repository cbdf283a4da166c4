"""Many processes want the last units: each unit is promised once, and nobody sees an error."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, TRIES, UNITS = 8, 40, 100
SERVER = os.environ.get("POSTGRES_FOR_TESTS", "postgres://postgres@127.0.0.1:5432")
DATABASE = f"bondpool_race_{os.getpid()}"


def postgres_answers() -> bool:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


DATABASES = ["sqlite"]
if postgres_answers():
    DATABASES.append(pytest.param("postgres", marks=pytest.mark.postgres))


@contextmanager
def a_postgres_database() -> Iterator[str]:
    name = sql.Identifier(DATABASE)
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield f"{SERVER}/{DATABASE}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def environment(request, tmp_path) -> Iterator[dict[str, str]]:
    own = {**os.environ, "BONDPOOL_VAR": str(tmp_path), "DEBUG": "1"}
    if request.param == "sqlite":
        yield {**own, "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}"}
        return
    with a_postgres_database() as address:
        yield {**own, "DATABASE_URL": address}


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def outcome(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_a_hundred_units_are_promised_exactly_a_hundred_times(environment, tmp_path):
    outcome(start(environment, "manage.py", "migrate", "--verbosity", "0"))
    worker = ("-m", "tests.warehouse.race_worker")
    shelf = json.loads(outcome(start(environment, *worker, "seed")))
    go = tmp_path / "go"
    common = (str(shelf["importer"]), str(shelf["product"]))
    racers = [
        start(environment, *worker, "grab", *common, f"p{n}", str(TRIES), str(go))
        for n in range(PROCESSES)
    ]

    go.touch()
    outcomes = sum((Counter(json.loads(outcome(racer))) for racer in racers), Counter())

    assert outcomes == {"granted": UNITS, "not-enough-stock": PROCESSES * TRIES - UNITS}
    books = outcome(start(environment, "manage.py", "check_books"))
    assert "warehouse.reserved_equals_reservations" in books
