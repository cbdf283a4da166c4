"""Corrections of months that are posted: what late movements change, billed in the open month."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.domain.shares import split_in_proportion
from warehouse.domain.charges import Line

_Key = tuple[int, int, int]


@dataclass(frozen=True)
class _Sum:
    """What lines of one owner, lot and rate come to."""

    line: Line
    days: int
    unit_days: int
    exact: int


def _summed(lines: Iterable[Line]) -> dict[_Key, _Sum]:
    found: dict[_Key, _Sum] = {}
    for line in lines:
        key = (line.owner, line.lot, line.rate.rate_id)
        before = found.get(key, _Sum(line, 0, 0, 0))
        found[key] = _Sum(
            before.line,
            before.days + line.days,
            before.unit_days + line.unit_days,
            before.exact + line.exact,
        )
    return found


def corrections(month: date, *, anew: Iterable[Line], posted: Iterable[Line]) -> list[Line]:
    """What a posted month would come to today, less what was posted of it so far.

    ``posted`` are the month's own lines and the corrections of it that are posted already, so that
    nothing is corrected twice. A correction below zero gives back.
    """
    now, before = _summed(anew), _summed(posted)
    found = []
    for key in sorted(now.keys() | before.keys()):
        line = (now.get(key) or before[key]).line
        days, unit_days, exact = (
            getattr(now.get(key), name, 0) - getattr(before.get(key), name, 0)
            for name in ("days", "unit_days", "exact")
        )
        if exact:
            change = {"days": abs(days), "unit_days": unit_days, "exact": exact}
            found.append(replace(line, corrects=month, **change))
    return found


def bearable(lines: Sequence[Line]) -> list[Line]:
    """Lines of one bill, with what it gives back cut to what it charges.

    No bill is below nothing. What is cut off stays due, as the next month asks anew what is
    missing of the month that is corrected.
    """
    charged = [line for line in lines if line.exact >= 0]
    back = {number: line for number, line in enumerate(lines) if line.exact < 0}
    most = sum(line.exact for line in charged)
    owed = -sum(line.exact for line in back.values())
    if owed <= most:
        return [*charged, *back.values()]
    parts = split_in_proportion(most, {number: -line.exact for number, line in back.items()})
    given = [_part(back[number], exact) for number, exact in parts.items() if exact]
    return [*charged, *given]


def _part(line: Line, exact: int) -> Line:
    """A part of what a line gives back, with as large a part of its unit days."""
    return replace(line, exact=-exact, unit_days=-(-line.unit_days * exact // -line.exact))


def by_bill(lines: Iterable[Line]) -> dict[tuple[int, str], list[Line]]:
    """Lines by owner and kind, each bill cut to what it can bear."""
    found: defaultdict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.owner, line.rate.kind].append(line)
    return {bill: bearable(found[bill]) for bill in sorted(found)}
