"""Trace pages behind a web server: which server, which address, counted or only read."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.databases import ROOT
from benchmarks.load import CONNECTIONS, fire, wait_for
from benchmarks.traced import sold_codes
from benchmarks.ways import Way, Ways

REQUESTS, PLAIN_REQUESTS = 4_000, 200
SITES = {
    "ours": "config.wsgi:application",
    "plain": "benchmarks.sites:plain_application",
    "limit": "benchmarks.sites:bare",
}
AHEAD = "Purpose: prefetch\r\n"
"""With this line a request reads the page and counts no look-up."""

Server = Callable[[int], Sequence[str]]


def GRANIAN(port: int) -> Sequence[str]:  # noqa: N802  a server's name
    """The product's own web server, with the product's own settings."""
    line = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    return (*line, "--blocking-threads", "4", "--log-level", "warning")


def GUNICORN(port: int) -> Sequence[str]:  # noqa: N802
    """The other server that the manual names, with as many threads."""
    line = ("gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1")
    return (*line, "--threads", "8", "--log-level", "warning")


def api(code: str) -> str:
    """The address of a code for programs."""
    return f"/api/trace/{code}"


def page(code: str) -> str:
    """The address of a code for people."""
    return f"/t/{code}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(server: Server, name: str, port: int) -> "subprocess.Popen[bytes]":
    """A server with one of the applications, set as in service but for TLS."""
    line = [sys.executable, "-m", *server(port), SITES[name]]
    environment = {**os.environ, "BENCHMARK_SITE": name, "DEBUG": "0", "BONDPOOL_HTTPS": "0"}
    return subprocess.Popen(line, cwd=ROOT, env=environment)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and those it started; 0 where the system does not tell."""
    spent, ticks = 0, os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if pid in (int(stat.parent.name), int(fields[1])):
            spent += int(fields[11]) + int(fields[12])
    return spent / ticks


def site(server: Server, name: str, paths: list[str], requests: int, headers: str) -> Way:
    """A server of its own that answers as long as the benchmark runs."""
    port = free_port()
    running: list[subprocess.Popen[bytes]] = []

    def prepare() -> None:
        if not running:
            running.append(start(server, name, port))
            wait_for(port)
            fire(port, paths, CONNECTIONS, headers)

    def run() -> dict[str, float]:
        before = cpu_seconds(running[0].pid)
        taken = fire(port, paths, requests, headers)
        spent = cpu_seconds(running[0].pid) - before
        last = {f"p{part} ms": taken[int(len(taken) * part / 100)] * 1000 for part in (95, 99)}
        cpu = {"server us": spent / len(taken) * 1_000_000} if spent else {}
        return {"median ms": median(taken) * 1000, **last, **cpu}

    def close() -> None:
        for process in running:
            process.terminate()
            process.wait(timeout=20)

    return Way(run, requests, prepare, close)


def ways_of(
    size: int, server: Server, address: Callable[[str], str], *, counts: bool = True
) -> Ways:
    """``REQUESTS`` requests, plainly fewer, for codes of one parcel, among ``size`` codes."""
    codes = sold_codes(max(size, 40))
    paths = [address(code) for code in codes]
    many = {"plain": PLAIN_REQUESTS}
    headers = "" if counts else AHEAD
    others = [api(code) for code in codes]
    return {
        name: site(
            server,
            name,
            paths if name == "ours" else others,
            min(size, many.get(name, REQUESTS)) // CONNECTIONS * CONNECTIONS,
            headers,
        )
        for name in SITES
    }
