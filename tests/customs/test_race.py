"""Many processes send orders of one person at once: the year's limit holds, nobody errs."""

import json
import subprocess
import sys

import pytest

from tests.warehouse.test_race import DATABASES, ROOT, environment

__all__ = ["environment"]

PROCESSES = 4


def race(environment: dict[str, str], names: list[str]) -> dict[str, object]:
    """How one process per name ended, all sending at the same moment."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.customs.race_worker", *names],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


HOW = ["", "together:", "backwards:", "together:"]
"""How the processes of a race take their orders."""


@pytest.mark.race
@pytest.mark.parametrize("how", [[""] * PROCESSES, HOW])
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_one_person_gets_five_orders_of_five_thousand_and_not_a_sixth(environment, how):
    ending = race(environment, [f"{each}shop{n}" for n, each in enumerate(how)])

    assert ending == {
        "outcomes": {"taken": 5, "over-person-year-limit": PROCESSES * 3 - 5},
        "orders": 5,
        "used_minor": [2_500_000],
        "quantities": [],
        "broken": [],
    }


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_the_same_orders_sent_by_many_processes_at_once_are_taken_once(environment):
    ending = race(environment, ["same"] * PROCESSES)

    assert ending == {
        "outcomes": {"taken": PROCESSES * 3},
        "orders": 3,
        "used_minor": [1_500_000],
        "quantities": [],
        "broken": [],
    }


@pytest.mark.race
@pytest.mark.parametrize("how", [[""] * PROCESSES, HOW])
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_one_person_gets_the_eight_tins_that_the_day_allows_and_no_ninth(environment, how):
    ending = race(environment, ["--listed", *(f"{each}shop{n}" for n, each in enumerate(how))])

    assert ending == {
        "outcomes": {"taken": 4, "over-person-quantity": PROCESSES * 3 - 4},
        "orders": 4,
        "used_minor": [2_000_000],
        "quantities": [[8, 8]],
        "broken": [],
    }


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_the_same_orders_sent_together_back_and_forth_and_alone_are_taken_once(environment):
    ending = race(environment, [f"{each}mixed" for each in HOW])

    assert ending == {
        "outcomes": {"taken": PROCESSES * 3},
        "orders": 3,
        "used_minor": [500_000, 1_000_000],
        "quantities": [],
        "broken": [],
    }
