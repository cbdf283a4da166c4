"""What a benchmark hands to the harness: ways of doing the same work."""

from collections.abc import Callable
from dataclasses import dataclass, field


def nothing() -> None:
    """No preparation."""


@dataclass(frozen=True)
class Way:
    """One way of doing the work.

    ``prepare`` runs before each timed ``run``, off the clock. ``items`` is how many items ``run``
    handles; a slow way may handle fewer, since times are compared by the item. What ``run``
    returns is noted beside the figures.
    """

    run: Callable[[], dict[str, float] | None]
    items: int
    prepare: Callable[[], None] = nothing
    close: Callable[[], None] = field(default=nothing)


Ways = dict[str, Way]
"""``ours``, ``plain`` and ``limit``."""
