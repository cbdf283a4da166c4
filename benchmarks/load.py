"""A small load generator: keep-alive connections, one thread each, raw HTTP/1.1."""

import socket
import threading
import time
from collections.abc import Sequence
from itertools import cycle, islice
from typing import BinaryIO

CONNECTIONS = 8


class Refused(Exception):
    """Raised when a server answers with another status than 200."""


def wait_for(port: int, seconds: float = 30) -> None:
    """Return when a server listens."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def fire(port: int, paths: Sequence[str], requests: int, headers: str = "") -> list[float]:
    """Send requests over all connections at once; seconds each took, sorted.

    ``headers`` are further lines of each request, every one with its line end.
    """
    taken: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    faults: list[BaseException] = []

    def work(number: int) -> None:
        mine = list(islice(cycle(paths), number, number + max(1, requests // CONNECTIONS)))
        try:
            taken[number] += _ask(port, mine, headers)
        except (OSError, Refused) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sorted(seconds for each in taken for seconds in each)


def _ask(port: int, paths: Sequence[str], headers: str) -> list[float]:
    found = []
    with socket.create_connection(("127.0.0.1", port)) as wire, wire.makefile("rb") as answers:
        for path in paths:
            start = time.perf_counter()
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
            status = answers.readline()
            _read_answer(answers)
            if b" 200 " not in status:
                raise Refused(status.decode())
            found.append(time.perf_counter() - start)
    return found


def _read_answer(answers: BinaryIO) -> None:
    """The rest of an answer: its headers, then a body of known length or in chunks."""
    length, is_chunked = 0, False
    while (line := answers.readline().lower()) not in (b"\r\n", b""):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
        is_chunked = is_chunked or line.startswith(b"transfer-encoding: chunked")
    answers.read(length)
    while is_chunked and (size := int(answers.readline(), 16)):
        answers.read(size + 2)
    if is_chunked:
        answers.readline()
