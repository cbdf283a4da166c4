"""Look-ups that were answered are counted, though their process is killed."""

import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWERED = 400


def test_no_look_up_that_was_answered_is_lost_or_told_twice_when_its_process_is_killed(tmp_path):
    file = tmp_path / "looking.sqlite3"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "DEBUG": "1"}
    line = [sys.executable, "-m", "tests.faults.looking", "2"]
    with subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(ANSWERED)]
        process.kill()
        lines += [row.split() for row in process.stdout.read().splitlines(keepends=True)]
    told = defaultdict(list)
    for code, number in lines:
        told[code].append(int(number))

    with sqlite3.connect(file) as kept:
        kept.execute("PRAGMA ignore_check_constraints = ON")
        used = sorted(kept.execute("SELECT scan_count FROM traceability_codeuse"))
        seen = kept.execute(
            "SELECT COUNT(*) FROM traceability_scanrecord GROUP BY identity_id ORDER BY 1"
        ).fetchall()
        whole = kept.execute("PRAGMA integrity_check").fetchone()

    assert whole == ("ok",)
    assert used == seen
    assert all(len(numbers) == len(set(numbers)) for numbers in told.values())
    highest = sorted(max(numbers) for numbers in told.values())
    assert all(kept >= answered for (kept,), answered in zip(used, highest, strict=True))
    assert len(told) == 2
