"""The trace page's twin for programs, served: counted look-ups over HTTP, many at once."""

from benchmarks.served import GRANIAN, api, ways_of
from benchmarks.ways import Ways


def ways(size: int) -> Ways:
    """Counted requests for codes of one parcel, among ``size`` codes, under Granian."""
    return ways_of(size, GRANIAN, api)
