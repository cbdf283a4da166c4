"""Limits on how often something may be tried; who tried is kept as a keyed digest only."""

from datetime import datetime, timedelta

from django.db.models import F, Sum

from core import clock, keys
from core.domain.errors import Refusal
from core.models.throttle import Tries

KEPT_FOR = timedelta(days=1)


class TooManyTries(Refusal):
    """Raised when a limit is reached; counts tries of the present and the last window."""

    code = "too-many-tries"
    reason = "There were {count} tries within {minutes} minutes; at most {limit} are allowed."
    remedy = "Wait {minutes} minutes and try again."


def count(kind: str, who: str, *, window: timedelta) -> int:
    """Tries in the window that is running and the one before it. One query."""
    since = _start(clock.now(), window) - window
    rows = Tries.objects.filter(kind=kind, who=_digest(kind, who), window_at__gte=since)
    return rows.aggregate(tries=Sum("count"))["tries"] or 0


def note(kind: str, who: str, *, window: timedelta) -> None:
    """Count one try."""
    row, _ = Tries.objects.get_or_create(
        kind=kind, who=_digest(kind, who), window_at=_start(clock.now(), window)
    )
    Tries.objects.filter(pk=row.pk).update(count=F("count") + 1)


def refuse_above(limit: int, kind: str, who: str, *, window: timedelta) -> None:
    """Decline when as many tries as the limit were counted already.

    Raises:
        TooManyTries: with the number counted and the minutes to wait.
    """
    tries = count(kind, who, window=window)
    if tries >= limit:
        minutes = max(1, int(window.total_seconds() // 60))
        raise TooManyTries(count=tries, minutes=minutes, limit=limit)


def forget(kind: str, who: str) -> None:
    """Drop what was counted, as after a success."""
    Tries.objects.filter(kind=kind, who=_digest(kind, who)).delete()


def prune() -> int:
    """Drop windows older than a day; the number of rows dropped."""
    return Tries.objects.filter(window_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _start(at: datetime, window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=at.tzinfo)


def _digest(kind: str, who: str) -> bytes:
    return keys.ring().hmac("index", f"{kind}:{who}".encode())
