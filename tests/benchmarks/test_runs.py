"""Each benchmark runs from end to end at tiny size; how long it takes is never judged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.deep
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_quickly_and_reports_all_three_ways(name, tmp_path):
    report = tmp_path / "figures.json"

    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, "--quick", "--json", str(report)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    (row,) = json.loads(report.read_text())["rows"]
    assert (row["name"], row["size"]) == (name, BENCHMARKS[name].quick)
    assert {"ours", "plain", "limit"} <= row.keys()
