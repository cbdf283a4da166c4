"""Draws the pages of very long files in several processes; the file is the same bytes as from one.

It pays from some thousands of pages upwards: a process takes half a second to start. Few parts are
on their way at a time, so memory does not grow with what is still to be drawn.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import current_process, get_context
from typing import TypeVar

from core.pdf.document import Document, Pdf
from core.pdf.drawing import Drawer, Sheaf
from core.pdf.press import Press

T = TypeVar("T")

AT_A_TIME = 250
"""Documents that a process draws in one go."""

DRAWN_HERE = 1_000
"""Documents that are drawn before it is asked whether more processes pay."""

_AHEAD = 2
"""Parts on their way for each process."""


def merge_from(
    items: Iterable[T],
    make: Callable[[T], Document],
    *,
    title: str,
    first: Iterable[Document] = (),
    processes: int | None = None,
) -> Pdf:
    """One file of ``first`` and then of the document that ``make`` makes of each item.

    ``items`` and ``make`` travel to other processes where there are cores for them; so both must
    be plain values and functions of a module. ``processes`` is how many cores may be used.
    """
    press = Press(title)
    left = iter(items)
    for document in chain(first, map(make, islice(left, DRAWN_HERE))):
        press.print(press.drawer.draw(document))
    rest = list(islice(left, AT_A_TIME))
    count = processes or _cores()
    if len(rest) < AT_A_TIME or count < 2 or current_process().daemon:
        for document in map(make, chain(rest, left)):
            press.print(press.drawer.draw(document))
    else:
        for sheaf in _drawn(_parts(chain(rest, left)), make, count):
            press.take(sheaf)
    return press.finish()


def _cores() -> int:
    """Cores that this process may use; one where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while part := list(islice(left, AT_A_TIME)):
        yield part


def _drawn(
    parts: Iterator[list[T]], make: Callable[[T], Document], processes: int
) -> Iterator[Sheaf]:
    """Each part drawn, in order. Processes begin anew: a copy of this one could stand still."""
    waiting: deque[Future[Sheaf]] = deque()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for part in parts:
            waiting.append(pool.submit(draw_part, make, part))
            if len(waiting) >= processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def draw_part(make: Callable[[T], Document], items: Iterable[T]) -> Sheaf:
    """The documents of some items, and what a file needs to take them in."""
    drawer = Drawer()
    return drawer.sheaf([drawer.draw(make(item)) for item in items])
