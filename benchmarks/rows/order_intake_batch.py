"""Consumer orders as a sheet or a queue hands them over: many of one importer at once."""

from benchmarks.rows.order_intake import together, ways_of
from benchmarks.ways import Ways


def ways(size: int) -> Ways:
    """The same ways as ``order-intake``, ours with all orders at once."""
    return ways_of(size, together)
