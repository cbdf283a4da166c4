"""Serves an installation: a web server and a worker as processes that end together."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from django.conf import settings

from core.domain.errors import Refusal

PATIENCE_SECONDS = 10
THREADS = 4


class AddressTaken(Refusal):
    """Raised when the web server could not listen where it was asked to."""

    code = "address-taken"
    reason = "Nothing can listen on {address}: the port is taken, or the address is not ours."
    remedy = "End the program that listens there, or choose another with --host and --port."


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    host: str = "127.0.0.1"
    port: int = 8000

    def __str__(self) -> str:
        return f"http://{self.host}:{self.port}"


def refuse_if_taken(address: Address) -> None:
    """Try to listen, and stop listening at once.

    Raises:
        AddressTaken: another program listens there, or this machine has no such address.
    """
    try:
        with socket.create_server((address.host, address.port)):
            return
    except OSError:
        raise AddressTaken(address=str(address)) from None


def commands(address: Address, *, workers: int = 1) -> list[list[str]]:
    """The web server's and the embedded worker's command lines."""
    manage = str(settings.BASE_DIR / "manage.py")
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", address.host]
    web += ["--port", str(address.port), "--workers", str(workers)]
    web += ["--blocking-threads", str(THREADS), "--log-level", "warning"]
    return [[*web, "config.wsgi:application"], [sys.executable, manage, "worker"]]


def serve(lines: Sequence[Sequence[str]], *, ready: Callable[[], None] = lambda: None) -> int:
    """Run the commands until one ends or the user stops them (Ctrl-C); then end them all.

    Returns the exit code: 0 when stopped by the user, else that of the command that ended.
    """
    processes = [
        subprocess.Popen(line, cwd=settings.BASE_DIR, start_new_session=True) for line in lines
    ]
    asked_to_stop: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked_to_stop.append(number)

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        ready()
        while not asked_to_stop and all(process.poll() is None for process in processes):
            time.sleep(0.2)
        ended = [process.returncode for process in processes if process.poll() is not None]
    finally:
        _end(processes)
        for number, handler in earlier.items():
            signal.signal(number, handler)
    return 0 if asked_to_stop else next(iter(ended), 0)


def _end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Ask every process to end, and end those that do not within the patience."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
