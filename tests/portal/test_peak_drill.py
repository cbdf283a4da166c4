"""The drill of the busiest day, as it is called."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("scale", ["0", "1.5"])
def test_a_scale_at_which_a_drill_says_nothing_is_refused(scale):
    with pytest.raises(CommandError, match="out of range"):
        call_command("peak_drill", "--scale", scale)


@pytest.mark.django_db
def test_a_drill_never_touches_a_database_that_holds_anything():
    with pytest.raises(CommandError, match="a drill needs an empty one"):
        call_command("peak_drill", "--inside")


@pytest.mark.deep
def test_a_small_day_loses_and_doubles_nothing_and_is_fair():
    done = subprocess.run(
        [sys.executable, "manage.py", "peak_drill", "--scale=0.0003", "--cores=2", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    report = json.loads(done.stdout)
    assert (done.returncode, report["holds"], report["is_fair"]) == (0, True, True)
    assert (report["orders"], report["taken"], report["lost"], report["doubled"]) == (
        180,
        180,
        0,
        0,
    )
    assert report["repeats"] == 5
    assert [row["orders"] for row in report["importers"]][:3] == [90, 45, 23]
    assert report["broken_laws"] == []
