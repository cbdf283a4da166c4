"""The clock of services: real time, unless a simulation or a test has set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_simulated: ContextVar[datetime | None] = ContextVar("simulated", default=None)


def now() -> datetime:
    """The instant that services write down, aware. Leases use the database's clock instead."""
    return _simulated.get() or timezone.now()


def today() -> date:
    """The day in the pool's time zone."""
    return timezone.localtime(now()).date()


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Run a block as if it were ``moment``; a bare date stands for noon in the pool's zone."""
    if not isinstance(moment, datetime):
        moment = timezone.make_aware(datetime.combine(moment, time(12)))
    token = _simulated.set(moment)
    try:
        yield
    finally:
        _simulated.reset(token)


def later(delta: timedelta) -> datetime:
    """Now plus a span."""
    return now() + delta
