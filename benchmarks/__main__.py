"""``./dev bench [NAME…] [--quick] [--full] [--json FILE]``: measures and prints."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.catalogue import BENCHMARKS, POSTGRESQL, SQLITE, Benchmark
from benchmarks.databases import ROOT, Stables, postgresql_answers
from benchmarks.figures import Row, figure
from benchmarks.report import lines

ROUNDS = 3
WAYS = ("ours", "plain", "limit")


def main(arguments: Sequence[str]) -> int:
    """Measure the chosen benchmarks one after the other, each in processes of its own."""
    asked = _parsed(arguments)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {_load():.1f}")
    kinds = [SQLITE]
    if not asked.quick:
        kinds += _servers()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bondpool_bench_") as folder:
        stables = Stables(Path(folder))
        try:
            for name in asked.names or BENCHMARKS:
                rows += _measured(BENCHMARKS[name], kinds, stables, asked)
        finally:
            stables.close()
    if asked.json:
        report = {"load": _load(), "cores": os.cpu_count(), "rows": [row.as_json() for row in rows]}
        Path(asked.json).write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round, SQLite only")
    parser.add_argument("--full", action="store_true", help="the largest sizes as well")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    return parser.parse_args(arguments)


def _load() -> float:
    return os.getloadavg()[0]


def _servers() -> list[str]:
    if postgresql_answers():
        return [POSTGRESQL]
    print("PostgreSQL does not answer; its rows are left out.")
    return []


def _measured(
    benchmark: Benchmark, kinds: Sequence[str], stables: Stables, asked: argparse.Namespace
) -> list[Row]:
    sizes = benchmark.sizes + (benchmark.full if asked.full else ())
    found: list[Row] = []
    for kind in benchmark.databases or ("",):
        if kind in ("", *kinds):
            rows = [
                _row(benchmark, kind, size, stables, quick=asked.quick)
                for size in ([benchmark.quick] if asked.quick else sizes)
            ]
            print("\n" + "\n".join(lines(rows)), flush=True)
            found += rows
    return found


def _row(benchmark: Benchmark, kind: str, size: int, stables: Stables, *, quick: bool) -> Row:
    """Times of all ways in turn in one process; then each alone in its own, for its memory."""
    timed = _child(benchmark, kind, size, stables, rounds=1 if quick else ROUNDS)
    alone = timed
    if not quick:
        alone = {}
        for way in WAYS:
            alone |= _child(benchmark, kind, size, stables, rounds=1, way=way)
    ours, plain, limit = (figure(timed[way], alone[way]) for way in WAYS)
    return Row(benchmark.name, kind, size, ours, plain, limit)


def _child(
    benchmark: Benchmark,
    kind: str,
    size: int,
    stables: Stables,
    *,
    rounds: int,
    way: str = "",
) -> Mapping[str, Any]:
    line = [sys.executable, "-m", "benchmarks.child", benchmark.name, str(size), str(rounds)]
    with stables.fresh(kind or SQLITE) as environment:
        ended = subprocess.run(
            [*line, *filter(None, [way])],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    figures: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
