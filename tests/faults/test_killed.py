"""Processes killed at any statement: the work ends once, to the byte; a form is all or nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FEW = 20


def tried(folder, what, times, seed=1210):
    """How the tries ended, each in a database of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'dying.sqlite3'}",
        "DEBUG": "1",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.dying", what, str(seed), str(times)],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        timeout=1_200,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    return json.loads((folder / "told.json").read_text())


def a_killed_worker_leaves_no_trace(told):
    """The undisturbed ending after every kill."""
    whole = told["undisturbed"]
    assert [row[1:] for row in whole["batches"]] == [["built", "done"]]
    assert len([key for key in whole["files"] if key.endswith(".pdf")]) == 7
    assert (whole["halves"], whole["broken"]) == ([], [])
    assert [each["killed"] for each in told["tries"]] == [True] * len(told["instants"])
    assert [each["then"] for each in told["tries"] if each["then"] != whole] == []


def a_killed_form_is_all_or_nothing(told):
    """Before or after, never between; sent again it is done once."""
    before, after = told["before"], told["undisturbed"]
    assert [each["killed"] for each in told["tries"]] == [True] * len(told["instants"])
    assert [
        each["between"] for each in told["tries"] if each["between"] not in (before, after)
    ] == []
    assert [each["then"] for each in told["tries"] if each["then"] != after] == []
    assert before in [each["between"] for each in told["tries"]]


def test_a_worker_killed_at_twenty_instants_ends_with_the_same_files_once(tmp_path):
    told = tried(tmp_path, "worker", FEW)

    assert len(told["instants"]) == FEW
    a_killed_worker_leaves_no_trace(told)


def test_a_form_whose_process_is_killed_is_followed_whole_or_not_at_all(tmp_path):
    told = tried(tmp_path, "web", FEW // 2)

    assert len(told["instants"]) == FEW // 2
    a_killed_form_is_all_or_nothing(told)


@pytest.mark.deep
def test_a_worker_killed_at_every_statement_ends_with_the_same_files_once(tmp_path):
    told = tried(tmp_path, "worker", 10_000)

    assert len(told["instants"]) > FEW
    a_killed_worker_leaves_no_trace(told)


@pytest.mark.deep
def test_a_form_whose_process_is_killed_at_any_statement_is_whole_or_not_there(tmp_path):
    told = tried(tmp_path, "web", 10_000)

    assert len(told["instants"]) > FEW // 2
    a_killed_form_is_all_or_nothing(told)
