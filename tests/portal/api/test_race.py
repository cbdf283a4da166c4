"""One request key sent by many processes at once: one order, and an answer for each."""

import json
import subprocess
import sys

import pytest

from tests.warehouse.test_race import DATABASES, ROOT, environment

__all__ = ["environment"]


def race(environment: dict[str, str], numbers: list[str]) -> dict[str, object]:
    """How it ended when one process per order number sent at the same moment."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.portal.api.race_worker", *numbers],
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
def test_the_same_order_under_one_key_from_many_processes_is_taken_once(environment):
    ending = race(environment, ["1"] * 6)

    assert ending == {"answers": {"201 SH-1": 6}, "orders": 1}


@pytest.mark.race
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_of_other_orders_under_one_key_exactly_one_is_taken(environment):
    ending = race(environment, [str(number) for number in range(6)])

    counts = ending["answers"]
    assert sorted(counts.values()) == [1, 5]
    assert counts["409 key-used-for-other"] == 5
    assert ending["orders"] == 1
