"""Numbers without gaps: orders, declarations, batches, payments."""

from django.db import connection
from django.db.models import F

from core.models.numbers import NumberSeries


class OutsideTransaction(RuntimeError):
    """Raised when a number is drawn outside a transaction, where a failure would leave a gap."""


def next_number(series: str, year: int) -> str:
    """The next number of a series, such as ``PO-2025-000001``.

    Drawn in the caller's transaction: rolled back with it, so no number is ever missing.
    Callers of one series wait for each other until they commit.
    """
    return next_numbers(series, year, 1)[0]


def next_numbers(series: str, year: int, count: int) -> list[str]:
    """``count`` numbers in a row; two queries to draw, however many.

    Raises:
        OutsideTransaction: no transaction is open.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(series)
    counter = NumberSeries.objects.filter(series=series, year=year)
    if not counter.update(last=F("last") + count):
        NumberSeries.objects.get_or_create(series=series, year=year)
        counter.update(last=F("last") + count)
    last = NumberSeries.objects.values_list("last", flat=True).get(series=series, year=year)
    return [f"{series}-{year}-{n:06d}" for n in range(last - count + 1, last + 1)]
