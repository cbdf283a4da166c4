"""Tests that need a server, a browser or minutes are never left out without a word."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

@pytest.mark.redis
def test_a_bell(): ...

@pytest.mark.postgres
def test_a_row(): ...

@pytest.mark.postgres
@pytest.mark.deep
def test_many_rows(): ...

@pytest.mark.browser
def test_a_page(): ...

@pytest.mark.browser
def test_another_page(): ...

def test_a_sum(): ...
"""


def said_by(folder: Path, *arguments: str, address: str = "") -> list[str]:
    """The closing lines of a run of the small suite above, on the database of an address."""
    (folder / "test_small.py").write_text(SUITE)
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n  redis\n  browser\n  postgres\n  deep\n"
    )
    line = [sys.executable, "-m", "pytest", "-q", "-p", "tests.left_out", "-p", "no:django"]
    done = subprocess.run(
        [*line, "-c", folder / "pytest.ini", *arguments, folder],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [row for row in done.stdout.splitlines() if "left out" in row or "passed" in row]


@pytest.mark.parametrize("processes", [[], ["-n", "1"]], ids=["one process", "several"])
def test_a_plain_run_names_every_kind_that_it_leaves_out(tmp_path, processes):
    said = said_by(tmp_path, *processes)

    assert said[:3] == [
        "left out: 2 marked browser; run with -m browser",
        "left out: 2 marked postgres; run with -m postgres",
        "left out: 1 marked redis; run with -m redis",
    ]
    assert said[3].startswith("1 passed")


def test_a_kind_named_with_m_is_run(tmp_path):
    said = said_by(tmp_path, "-m", "browser")

    assert said[:2] == [
        "left out: 2 marked postgres; run with -m postgres",
        "left out: 1 marked redis; run with -m redis",
    ]
    assert said[2].startswith("2 passed")


def test_deep_tests_of_postgresql_are_run_with_the_other_deep_ones(tmp_path):
    assert said_by(tmp_path, "-m", "deep")[-1].startswith("1 passed")


def test_a_suite_that_runs_on_postgresql_runs_its_tests(tmp_path):
    said = said_by(tmp_path, address="postgres://nobody@127.0.0.1:1/none")

    assert said[:3] == [
        "left out: 2 marked browser; run with -m browser",
        "left out: 1 marked deep; run with -m deep",
        "left out: 1 marked redis; run with -m redis",
    ]
    assert said[-1].startswith("2 passed")
