"""Whatever is asked of the warehouse, in any order, twice, dying anywhere: every law holds."""

import json
import os
import subprocess
import sys

import pytest

from tests.warehouse import machine
from tests.warehouse.test_race import DATABASES, ROOT
from tests.warehouse.test_race import environment as environment  # a fixture

WALKS, STEPS = 12, 14


@pytest.mark.django_db
def test_no_order_of_requests_and_deaths_breaks_a_law():
    machine.run(WALKS, STEPS)

    assert machine.Warehouse.granted["receive: granted"] >= WALKS


@pytest.mark.deep
@pytest.mark.parametrize("environment", DATABASES, indirect=True)
def test_no_long_order_of_requests_and_deaths_breaks_a_law(environment):
    ended = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.machine", "150", "40"],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": os.fspath(ROOT)},
        text=True,
        capture_output=True,
        timeout=3_000,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-2_000:] + ended.stderr[-4_000:]
    told = json.loads(ended.stdout)
    for request in ("ship", "transfer", "approve count", "release", "post"):
        assert told[f"{request}: granted"] > 0
