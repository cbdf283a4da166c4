"""An installation with a broker: its own database, queues of its own, and workers to be killed."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import kombu
import pytest
import redis
from kombu.exceptions import OperationalError

ROOT = Path(__file__).resolve().parents[2]
BROKERS = {
    "redis": os.environ.get("REDIS_FOR_TESTS", "redis://127.0.0.1:6379/9"),
    "rabbitmq": os.environ.get("RABBITMQ_FOR_TESTS", "amqp://guest:guest@127.0.0.1:5672//"),
}
QUIET = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
PATIENCE_SECONDS = 60


@pytest.fixture(
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BROKERS],
)
def broker(request: pytest.FixtureRequest) -> str:
    """The address of a broker that answers."""
    address = BROKERS[request.param]
    try:
        with kombu.Connection(address, connect_timeout=3) as connection:
            connection.connect()
    except (OSError, OperationalError, *kombu.Connection(address).connection_errors):
        pytest.skip(f"no {request.param} answers at {address.rpartition('@')[2]}")
    return address


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    path = folder / "bondpool.sqlite3"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{path}",
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    manage = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(manage, env=environment, cwd=ROOT, check=True)
    return path


class Installation:
    """One database, one broker, and the processes that work for them."""

    def __init__(self, folder: Path, broker: str, queues: str) -> None:
        self.folder = folder
        self.queues = queues
        self.notes = folder / "notes.txt"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{folder / 'bondpool.sqlite3'}",
            "CELERY_BROKER_URL": broker,
            "CELERY_QUEUES": queues,
            "JOB_LEASE_SECONDS": "2",
            "SWEEP_SECONDS": "1",
        }

    def order(self, *orders: tuple[str, str, dict[str, Any]], **environment: str) -> list[int]:
        """Order jobs as ``(task, key, ids)`` in a process of its own; their ids."""
        given = [
            [task, key, {**ids, "file": str(self.notes)} if task.startswith("test.") else ids]
            for task, key, ids in orders
        ]
        ordering = f"jobs.order(task, key=key, **ids).pk for task, key, ids in {given!r}"
        return json.loads(self.shell(f"print([{ordering}])", **environment))

    def shell(self, program: str, **environment: str) -> str:
        """Run a few lines of Python as manage.py shell does; what they print."""
        line = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c"]
        return subprocess.run(
            [*line, f"from core import jobs\nfrom config import celery\n{program}"],
            env={**self.environment, **environment},
            cwd=ROOT,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout

    def start(self, *line: str) -> subprocess.Popen[bytes]:
        """Start a process group that ends with the test."""
        process = subprocess.Popen(
            line, env=self.environment, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def worker(self, *more: str) -> subprocess.Popen[bytes]:
        """Start a worker for both queues that knows the jobs of these tests."""
        name = f"{self.queues}-{len(self.processes)}@%h"
        both = f"{self.queues}.jobs,{self.queues}.sweep"
        module = [sys.executable, "-m", "tests.celery.worker", "-n", name, "-Q", both, "-c", "1"]
        return self.start(*module, *QUIET, *more)

    def sweeping_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker that beats as well."""
        return self.worker("-B", "-s", str(self.folder / "beat"))

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End a worker with all its children as a power failure would."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def job(self, job_id: int) -> dict[str, Any]:
        """State, progress and attempts of a job."""
        path = self.folder / "bondpool.sqlite3"
        with closing(sqlite3.connect(path, timeout=20)) as connection:
            row = connection.execute(
                "SELECT state, done, attempts, failure FROM core_job WHERE id = ?", [job_id]
            ).fetchone()
        return dict(zip(("state", "done", "attempts", "failure"), row, strict=True))

    def wait_for(self, job_id: int, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The job as soon as it is as asked; fails after a minute."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(row := self.job(job_id)):
            assert time.monotonic() < deadline, row
            time.sleep(0.05)
        return row

    def wait_until_done(self, job_id: int) -> dict[str, Any]:
        """The job once it is done."""
        return self.wait_for(job_id, lambda row: row["state"] == "done")

    def noted(self) -> list[str]:
        """The lines that jobs wrote."""
        return self.notes.read_text(encoding="utf-8").split()


@pytest.fixture
def house(broker: str, migrated: Path, tmp_path: Path) -> Iterator[Installation]:
    """An installation whose workers and queues end with the test."""
    shutil.copy(migrated, tmp_path / "bondpool.sqlite3")
    installation = Installation(tmp_path, broker, f"bondpool_test_{os.getpid()}_{time.time_ns()}")
    yield installation
    for process in installation.processes:
        installation.kill(process)
    forget(broker, installation.queues)


def forget(broker: str, queues: str) -> None:
    """Take a test's queues away from a broker that others may use as well."""
    if broker.startswith("redis"):
        with closing(redis.Redis.from_url(broker)) as client:
            client.delete("", *client.scan_iter(f"*{queues}*"))
        return
    with kombu.Connection(broker) as connection:
        for name in (f"{queues}.jobs", f"{queues}.sweep"):
            connection.default_channel.queue_delete(name)
            connection.default_channel.exchange_delete(name)
