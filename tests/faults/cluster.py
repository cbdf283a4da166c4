"""A PostgreSQL server of a test's own, which it may stop and start as it likes."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_USER = "postgres"


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


def _as_whom() -> list[str] | None:
    """What precedes a command of the server, which refuses to run as root; None: impossible."""
    if os.geteuid() != 0:
        return []
    is_there = subprocess.run(["id", SERVER_USER], capture_output=True, check=False)
    can = is_there.returncode == 0 and shutil.which("runuser")
    return ["runuser", "-u", SERVER_USER, "--"] if can else None


PROGRAMS, PREFIX = _programs(), _as_whom()
IS_POSSIBLE = PROGRAMS is not None and PREFIX is not None
WHY_NOT = "initdb of PostgreSQL is not installed, or root has no user to run it as"


@dataclass(frozen=True)
class Cluster:
    """A server in a folder of its own, on a port that was free."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        """The database that every cluster has."""
        return f"postgres://{SERVER_USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and wait until it answers."""
        where = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._control("start", "-l", str(self.folder / "log"), "-o", where)

    def stop(self) -> None:
        """Stop at once, cutting every connection."""
        self._control("stop", "-m", "fast")

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def _control(self, *arguments: str) -> None:
        run("pg_ctl", "-D", str(self.folder / "data"), "-w", *arguments)


def run(program: str, *arguments: str) -> None:
    """One of the server's programs; its output goes nowhere, as the server would keep it open."""
    assert PROGRAMS is not None
    assert PREFIX is not None
    subprocess.run(
        [*PREFIX, str(PROGRAMS / program), *arguments],
        cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """A running server for the length of a block; its folder is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bondpool-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        cluster = Cluster(folder, free.getsockname()[1])
    try:
        run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", SERVER_USER, "-N")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
