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


DATABASES = []
"""Where races are run: on SQLite unless the suite runs on PostgreSQL, there where it answers."""
if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
    DATABASES.append("sqlite")
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


def race(environment: dict[str, str], *how: str) -> dict[str, object]:
    """How a race of several processes ended, all starting at the same moment."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.race_worker", *how],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def granted(ending: dict[str, object], request: str) -> int:
    """How often a request was granted in a mixed race."""
    return ending["outcomes"].get(f"{request}: granted", 0)


REFUSALS = {
    "granted",
    "not-enough-stock",
    "not-enough-in-place",
    "taken-meanwhile",
    "count-not-open",
    "second-person-needed",
    "promised-units-missing",
}


def nothing_is_lost(ending: dict[str, object]) -> None:
    """No unit twice, none below zero, no deadlock, and every grant is in the books."""
    assert {told.split(": ", 1)[1] for told in ending["outcomes"]} <= REFUSALS
    assert (ending["broken"], ending["negative"]) == ([], 0)
    assert ending["units"] == ending["expected_units"]
    assert ending["promised"] == ending["held"] <= ending["units"]
    assert ending["requests"] == granted(ending, "reserve") > 0
    assert ending["transfers"] == 2 * granted(ending, "sell") > 0
    assert ending["entries"] == granted(ending, "count") > 0


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_reservations_sales_and_counts_at_once_lose_and_invent_nothing(environment):
    nothing_is_lost(race(environment, "mixed", "3", str(PROCESSES)))


@pytest.mark.race
@pytest.mark.deep
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_a_minute_of_reservations_sales_and_counts_loses_and_invents_nothing(environment):
    nothing_is_lost(race(environment, "mixed", "60", str(PROCESSES)))


@pytest.mark.race
@pytest.mark.deep
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_a_hundred_units_are_promised_exactly_a_hundred_times(environment):
    names = [f"process-{n}" for n in range(PROCESSES)]

    ending = race(environment, "grab", str(TRIES), *names)

    assert ending == {
        "outcomes": {"granted": UNITS, "not-enough-stock": PROCESSES * TRIES - UNITS},
        "promised": UNITS,
        "broken": [],
    }


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_one_request_sent_by_many_processes_at_once_reserves_once(environment):
    ending = race(environment, "grab", "5", *["same"] * PROCESSES)

    assert ending == {"outcomes": {"granted": PROCESSES * 5}, "promised": 5, "broken": []}
