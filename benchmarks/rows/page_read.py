"""The trace page of people, served by Granian and only read."""

from benchmarks.served import GRANIAN, page, ways_of
from benchmarks.ways import Ways


def ways(size: int) -> Ways:
    """Requests for codes of one parcel, among ``size`` codes."""
    return ways_of(size, GRANIAN, page, counts=False)
