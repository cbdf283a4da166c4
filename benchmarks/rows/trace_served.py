"""The trace page's twin for programs, served: counted look-ups over HTTP, many at once."""

import os
import socket
import subprocess
import sys
from statistics import median

from benchmarks.databases import ROOT
from benchmarks.load import CONNECTIONS, fire, wait_for
from benchmarks.traced import sold_codes
from benchmarks.ways import Way, Ways

REQUESTS = 800
SITES = {
    "ours": "config.wsgi:application",
    "plain": "benchmarks.sites:plain_application",
    "limit": "benchmarks.sites:bare",
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(name: str, port: int) -> "subprocess.Popen[bytes]":
    """The application under the product's own web server, with the product's own settings."""
    line = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    line += ["--port", str(port), "--blocking-threads", "4", "--log-level", "warning"]
    environment = {**os.environ, "BENCHMARK_SITE": name}
    return subprocess.Popen([*line, SITES[name]], cwd=ROOT, env=environment)


def site(name: str, paths: list[str], requests: int) -> Way:
    """A server of its own that answers as long as the benchmark runs."""
    port = free_port()
    running: list[subprocess.Popen[bytes]] = []

    def prepare() -> None:
        if not running:
            running.append(serve(name, port))
            wait_for(port)
            fire(port, paths, CONNECTIONS)

    def run() -> dict[str, float]:
        taken = fire(port, paths, requests)
        last = taken[int(len(taken) * 0.99)]
        return {"median ms": median(taken) * 1000, "p99 ms": last * 1000}

    def close() -> None:
        for process in running:
            process.terminate()
            process.wait(timeout=20)

    return Way(run, requests, prepare, close)


def ways(size: int) -> Ways:
    """``REQUESTS`` requests for codes of one parcel, among ``size`` codes."""
    codes = sold_codes(max(size, 40))
    paths = [f"/api/trace/{code}" for code in codes]
    requests = min(size, REQUESTS) // CONNECTIONS * CONNECTIONS
    return {name: site(name, paths, requests) for name in SITES}
