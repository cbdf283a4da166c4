"""How long customs takes to release, by importer and HS code: evidence for an accreditation."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """One attempt of an importer under the code of its first line, and how long a release took."""

    importer: str
    hs_code: str
    took: timedelta | None
    is_refused: bool = False
    is_inspected: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseTimes:
    """Declarations of one importer and code; minutes from the declaration to the release."""

    importer: str
    hs_code: str
    declared: int
    released: int
    refused: int
    inspected: int
    fastest_minutes: int | None
    usual_minutes: int | None
    ninth_minutes: int | None
    """Nine of ten were let go within this time."""
    slowest_minutes: int | None


def release_times(cases: Iterable[ReleaseCase]) -> list[ReleaseTimes]:
    """Times by importer and code, in that order; minutes are rounded up, so that none is promised.

    The usual time is the lower median; nine of ten is the smallest time that covers them.
    """
    groups: defaultdict[tuple[str, str], list[ReleaseCase]] = defaultdict(list)
    for case in cases:
        groups[case.importer, case.hs_code].append(case)
    return [_times(*key, groups[key]) for key in sorted(groups)]


def _times(importer: str, hs_code: str, cases: list[ReleaseCase]) -> ReleaseTimes:
    minutes = sorted(minutes_up(case.took) for case in cases if case.took is not None)
    return ReleaseTimes(
        importer=importer,
        hs_code=hs_code,
        declared=len(cases),
        released=len(minutes),
        refused=sum(case.is_refused for case in cases),
        inspected=sum(case.is_inspected for case in cases),
        fastest_minutes=minutes[0] if minutes else None,
        usual_minutes=_covering(minutes, 5),
        ninth_minutes=_covering(minutes, 9),
        slowest_minutes=minutes[-1] if minutes else None,
    )


def minutes_up(took: timedelta) -> int:
    """Minutes begun; zero where a clock ran ahead."""
    return -(-took // timedelta(minutes=1)) if took > timedelta(0) else 0


def _covering(minutes: list[int], tenths: int) -> int | None:
    """The smallest time within which so many tenths were let go."""
    if not minutes:
        return None
    return minutes[-(-len(minutes) * tenths // 10) - 1]
