"""A process in which four threads look codes up, told by lines, until it is killed."""

import os
import sys
from itertools import cycle
from threading import Thread

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from benchmarks.traced import AT, sold_codes  # noqa: E402  Django stands first
from portal.demo.database import make_tables  # noqa: E402
from traceability import services  # noqa: E402

THREADS = 4


def look(codes: list[str]) -> None:
    """Count look-ups without end; a line for each one answered: code and number."""
    for code in cycle(codes):
        page = services.look_up(code, at=AT, address="203.0.113.7", counts=True)
        os.write(1, f"{code} {page.lookups}\n".encode())


if __name__ == "__main__":
    make_tables()
    two = sold_codes(50)[: int(sys.argv[1])]
    for _ in range(THREADS):
        Thread(target=look, args=(two,), daemon=True).start()
    Thread(target=look, args=(two,)).start()
