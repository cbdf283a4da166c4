"""Many processes want the last units: each unit is promised once, and nobody sees an error."""

import json
import os
import subprocess
import sys
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


def race(environment: dict[str, str], names: list[str], tries: int) -> dict[str, object]:
    """How one process per name ended, all grabbing at the same moment."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.race_worker", str(tries), *names],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_a_hundred_units_are_promised_exactly_a_hundred_times(environment):
    ending = race(environment, [f"process-{n}" for n in range(PROCESSES)], TRIES)

    assert ending == {
        "outcomes": {"granted": UNITS, "not-enough-stock": PROCESSES * TRIES - UNITS},
        "promised": UNITS,
        "broken": [],
    }


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_one_request_sent_by_many_processes_at_once_reserves_once(environment):
    ending = race(environment, ["same"] * PROCESSES, tries=5)

    assert ending == {"outcomes": {"granted": PROCESSES * 5}, "promised": 5, "broken": []}
