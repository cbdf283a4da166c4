"""One process of a benchmark: prepares, runs the ways in turn, prints seconds and memory as JSON.

``python -m benchmarks.child NAME SIZE ROUNDS [WAY…]``; the environment names the database.
"""

import gc
import importlib
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import django

from benchmarks.catalogue import BENCHMARKS
from benchmarks.ways import Way

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


def main(name: str, size: int, rounds: int, chosen: list[str]) -> dict[str, Any]:
    """Figures by way: seconds of each round, items, the peak of memory above the start in MB."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.WARNING)
    ways = importlib.import_module(BENCHMARKS[name].module).ways(size)
    taken = {key: way for key, way in ways.items() if key in chosen or not chosen}
    figures: dict[str, Any] = {
        key: {"seconds": [], "items": way.items, "peak_mb": 0.0, "notes": {}}
        for key, way in taken.items()
    }
    try:
        for _ in range(rounds):
            for key, way in taken.items():
                _measure(way, figures[key])
    finally:
        for way in taken.values():
            way.close()
    return figures


def _measure(way: Way, figure: dict[str, Any]) -> None:
    way.prepare()
    gc.collect()
    before = _start_peak()
    start = time.perf_counter()
    notes = way.run()
    figure["seconds"].append(time.perf_counter() - start)
    figure["peak_mb"] = max(figure["peak_mb"], round(_peak() - before, 1))
    figure["notes"] = notes or {}


def _start_peak() -> float:
    """Begin a new high-water mark of memory, where the system can; what is in use now, in MB."""
    if _RESET.exists():
        _RESET.write_text("5")
        return _field("VmRSS")
    return _peak()


def _peak() -> float:
    if _STATUS.exists():
        return _field("VmHWM")
    per_mb = 1_000_000 if sys.platform == "darwin" else 1_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb


def _field(name: str) -> float:
    rows = (line.split() for line in _STATUS.read_text().splitlines())
    return next(int(row[1]) / 1_000 for row in rows if row[0] == f"{name}:")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])))
