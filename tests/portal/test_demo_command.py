"""The command as it is called: its own file only, and a finished year is served as it is."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from portal.demo import database
from portal.demo.figures import Figures, Outcome

ROOT = Path(__file__).resolve().parents[2]


def demo(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BONDPOOL_VAR": str(var), "DATABASE_URL": "sqlite:///elsewhere"}
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_database_of_another_maker_is_refused_with_the_way_out(tmp_path):
    with sqlite3.connect(tmp_path / "demo.sqlite3") as connection:
        connection.execute("CREATE TABLE ledger (amount INTEGER)")
    connection.close()
    before = (tmp_path / "demo.sqlite3").read_bytes()

    done = demo(tmp_path, "--fresh")

    assert done.returncode == 1
    assert "was not made by the demonstration" in done.stderr
    assert "Move the file away" in done.stderr
    assert (tmp_path / "demo.sqlite3").read_bytes() == before


def test_a_second_start_tells_the_figures_of_the_year_that_is_there(tmp_path):
    place = database.Place(tmp_path)
    figures = Figures(importers=28, pooled_cost_cny="10.00", invariants_checked=38, seconds=30.5)
    outcome = Outcome(2025, 1, 6, figures, stages=["Orders  404"], saving=["Saving 41.3 %"])
    database.start_afresh(place)
    database.keep_summary(place, outcome.as_json())

    done = demo(tmp_path, "--json", str(tmp_path / "figures.json"))

    assert done.returncode == 0, done.stderr
    assert "Saving 41.3 %" in done.stdout
    assert "38 checked, 0 broken" in done.stdout
    assert "--fresh" in done.stdout
    assert json.loads((tmp_path / "figures.json").read_text()) == figures.as_json()
    assert not (tmp_path / "elsewhere").exists()


def test_a_year_with_a_broken_law_is_not_served(tmp_path):
    place = database.Place(tmp_path)
    figures = Figures(invariants_checked=38, invariants_broken=1)
    database.start_afresh(place)
    database.keep_summary(place, Outcome(2025, 1, 6, figures, broken=["ledger"]).as_json())

    done = demo(tmp_path)

    assert done.returncode == 1
    assert "a law of the books is broken; nothing is served" in done.stderr
