"""The one place where an importer's current plan changes: versions end, versions begin."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import bulk
from imports.domain.forecasts import MONTHS, Line
from imports.models import ForecastLine

STEP = 500

_COLUMNS = (
    "product_id", "year", "tolerance_units", *MONTHS, "importer_id", "upload_id", "version_from",
)  # fmt: skip


def replace_lines(
    importer_id: int, lines: Sequence[Line], now: datetime, *, upload_id: int | None = None
) -> int:
    """End the versions that changed and add the new ones, in the caller's transaction; how many.

    An unchanged line keeps its version, and a row without any units starts none.
    """
    rows = ForecastLine.objects.select_for_update().order_by("pk")
    rows = rows.filter(importer_id=importer_id, version_before=None)
    current = {
        (product, year): (pk, tuple(months), tolerance)
        for pk, product, year, tolerance, *months in rows.values_list(
            "pk", "product_id", "year", "tolerance_units", *MONTHS
        )
    }
    changed = [line for line in lines if _differs(current.get((line.product_id, line.year)), line)]
    keys = {(line.product_id, line.year) for line in changed}
    ended = [pk for key, (pk, *_) in current.items() if key in keys]
    for start in range(0, len(ended), STEP):
        ForecastLine.objects.filter(pk__in=ended[start : start + STEP]).update(version_before=now)
    shared = (importer_id, upload_id, now)
    bulk.insert(ForecastLine, _COLUMNS, (_row(line, shared) for line in changed))
    return len(changed)


def _differs(current: tuple[int, tuple[int, ...], int] | None, line: Line) -> bool:
    if current is None:
        return any((*line.months, line.tolerance_units))
    return current[1:] != (line.months, line.tolerance_units)


def _row(line: Line, shared: tuple[Any, ...]) -> tuple[Any, ...]:
    return (line.product_id, line.year, line.tolerance_units, *line.months, *shared)
