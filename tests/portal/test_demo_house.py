"""The demonstration's own database file, its journal, and the two processes that serve it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.demo import database
from portal.demo.figures import Figures, Outcome, SignIn, outcome_from, report
from portal.demo.journal import Journal

ROOT = Path(__file__).resolve().parents[2]


def test_a_new_demonstration_is_marked_before_anything_else_is_written(tmp_path):
    place = database.Place(tmp_path / "var")

    database.start_afresh(place)

    assert place.database.stat().st_mode & 0o777 == 0o600
    assert database.made_summary(place) is None


def test_a_finished_demonstration_gives_its_figures_back(tmp_path):
    place = database.Place(tmp_path)
    database.start_afresh(place)
    outcome = Outcome(year=2025, seed=1, scale=20, figures=Figures(importers=28), code="ABC")

    database.keep_summary(place, outcome.as_json())

    assert outcome_from(database.made_summary(place)) == outcome


def test_a_database_that_the_demonstration_did_not_make_is_left_alone(tmp_path):
    place = database.Place(tmp_path)
    with sqlite3.connect(place.database) as connection:
        connection.execute("CREATE TABLE ledger (amount INTEGER)")
    connection.close()
    before = place.database.read_bytes()

    with pytest.raises(database.NotADemonstration):
        database.start_afresh(place)

    assert place.database.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    place = database.Place(tmp_path)
    place.database.write_bytes(b"a letter, not a database" * 100)

    with pytest.raises(database.NotADemonstration):
        database.start_afresh(place)


def test_a_fresh_start_takes_away_keys_and_documents_of_the_earlier_year(tmp_path):
    place = database.Place(tmp_path)
    database.start_afresh(place)
    (place.folder / "keys").mkdir(parents=True)
    (place.folder / "keys" / "vault.key").write_bytes(b"old")

    database.start_afresh(place)

    assert not place.folder.exists()


def test_every_command_of_the_demonstration_works_on_its_own_file_and_keys(tmp_path):
    place = database.Place(tmp_path)

    environment = place.environment({"DATABASE_URL": "postgres://elsewhere/real", "HOME": "/home"})

    assert environment == {
        "HOME": "/home",
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
        "BONDPOOL_VAR": str(tmp_path),
        "BONDPOOL_KEYS": f"{tmp_path}/demo/keys",
        "BONDPOOL_DOCUMENTS": f"{tmp_path}/demo/documents",
    }


def test_a_stage_that_runs_in_every_quarter_is_one_line_of_the_table():
    told = []
    journal = Journal(tell=told.append)

    for units in (3, 4):
        with journal.stage("Received", "receipts") as stage:
            stage.count += units

    assert told == ["… Received"]
    assert len(journal.table()) == 1
    assert journal.table()[0].split()[:3] == ["Received", "7", "receipts"]


def test_passwords_are_printed_with_a_new_year_and_kept_nowhere():
    outcome = Outcome(year=2025, seed=1, scale=20, figures=Figures())

    fresh = "\n".join(report(outcome, Journal(), [SignIn("operator", "operator", "s3cret-word")]))
    later = "\n".join(report(outcome, None, ()))

    assert "s3cret-word" in fresh
    assert "s3cret-word" not in later
    assert "s3cret-word" not in str(outcome.as_json())


def test_a_broken_law_is_named_in_the_report():
    figures = Figures(invariants_checked=12, invariants_broken=1)
    outcome = Outcome(2025, 1, 20, figures, broken=["ledger.rounding: 3 fen are left"])

    lines = report(outcome, None, ())

    assert "Laws of the books: 12 checked, 1 broken." in lines
    assert "  BROKEN ledger.rounding: 3 fen are left" in lines


SERVE = r"""
import os
import sys
sys.path.insert(0, {root!r})
from portal import serving
line = [sys.executable, "-c", "import os, time; os.write(1, b'up\\n'); time.sleep(60)"]
sys.exit(serving.serve([line, line], ready=lambda: os.write(1, b"ready\n")))
"""
"""Each says its word with one write, so that two words never share a line."""


@pytest.fixture
def serving_parent():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    parent = subprocess.Popen(
        [sys.executable, "-c", SERVE.format(root=str(ROOT))],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    with parent:
        yield parent
        parent.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_server_and_the_worker_together(number, serving_parent):
    said = [serving_parent.stdout.readline().strip() for _ in range(3)]
    children = _children_of(serving_parent.pid)

    serving_parent.send_signal(number)

    assert sorted(said) == ["ready", "up", "up"]
    assert serving_parent.wait(timeout=15) == 0
    assert len(children) == 2
    assert not any(_is_alive(child) for child in children)


def test_when_one_of_the_two_ends_the_other_is_ended_and_its_code_returned():
    script = SERVE.format(root=str(ROOT)).replace(
        "serving.serve([line, line]", "serving.serve([line, [sys.executable, '-c', 'exit(3)']]"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=environment,
        timeout=30,
        check=False,
    )

    assert done.returncode == 3


def _children_of(pid):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(children) == 2:
            break
        time.sleep(0.05)
    return [int(child) for child in children]


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
