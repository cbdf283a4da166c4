"""The stage between a sheet and the plan: rows are read in parts, and published by one INSERT."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q

from core import bulk, clock, facts
from core.sheets import Sheet
from imports import notices, queries
from imports.domain.forecast_reading import (
    Columns,
    RowReader,
    columns_of,
    empty_sheet,
    filled_rows,
)
from imports.domain.forecasts import MONTHS, MOST_ERRORS, Catalogue, Line, RowError
from imports.models import ForecastLine, ForecastUpload, StagedLine
from imports.services.fitness import why_unfit

AT_A_TIME = 5_000
"""Rows that are read and staged in one short transaction."""

State = ForecastUpload.State
Change = StagedLine.Change
Progress = Callable[[int, int, str], None]

_FIGURES = (*MONTHS, "tolerance_units")
_STAGED = ("row_number", "product_id", "year", *_FIGURES, "change", "importer_id", "upload_id")


class TakenByAnother(RuntimeError):
    """Raised when another worker reads the same sheet; this one must stop."""


def row_count(sheet: Sheet) -> int:
    """The rows of a sheet that hold any text."""
    return sum(map(any, sheet.rows))


def read_on(upload: ForecastUpload, sheet: Sheet, *, progress: Progress | None = None) -> None:
    """Read the rest of a sheet into the stage and say what publishing it would change.

    Each part is a transaction of its own: a worker that dies leaves whole parts, and the next one
    goes on behind them.

    Raises:
        TakenByAnother: somebody else reads this sheet.
    """
    columns, rows = _opened(sheet)
    if columns.faults or not rows:
        faults = columns.faults if rows else (empty_sheet(sheet.first_row_number - 1),)
        return _finish(upload, list(faults))
    reader = _reader(upload, columns)
    while upload.read_count < len(rows):
        part = rows[upload.read_count : upload.read_count + AT_A_TIME]
        reader.errors = []
        _stage(upload, list(reader.lines(part)), reader.errors, len(part))
        if progress:
            progress(upload.read_count, len(rows), "")
    return _finish(upload, [])


def _opened(sheet: Sheet) -> tuple[Columns, list[Any]]:
    first = sheet.first_row_number
    return columns_of(sheet.headings, first - 1), filled_rows(sheet.rows, first)


def _reader(upload: ForecastUpload, columns: Columns) -> RowReader:
    catalogue = Catalogue(queries.catalogue(clock.today()))
    staged = StagedLine.objects.filter(upload=upload) if upload.read_count else ()
    seen = {(line.product_id, line.year): line.row_number for line in staged}
    return RowReader(columns, catalogue, upload.year, why_unfit, seen)


@transaction.atomic
def _stage(
    upload: ForecastUpload, lines: list[tuple[int, Line]], errors: list[RowError], read: int
) -> None:
    shared = (upload.importer_id, upload.pk)
    bulk.insert(StagedLine, _STAGED, (_row(number, line, shared) for number, line in lines))
    before, upload.read_count = upload.read_count, upload.read_count + read
    _note_faults(upload, errors)
    mine = ForecastUpload.objects.filter(pk=upload.pk, state=State.READING, read_count=before)
    told = {"fault_count": upload.fault_count, "errors": upload.errors}
    if not mine.update(read_count=upload.read_count, **told):
        raise TakenByAnother(upload.pk)


def _note_faults(upload: ForecastUpload, errors: list[RowError]) -> None:
    upload.fault_count += len(errors)
    upload.errors += [error.as_json() for error in errors[: MOST_ERRORS - len(upload.errors)]]


def _row(number: int, line: Line, shared: tuple[Any, ...]) -> tuple[Any, ...]:
    figures = (*line.months, line.tolerance_units)
    change = "added" if any(figures) else "unchanged"
    return (number, line.product_id, line.year, *figures, change, *shared)


@transaction.atomic
def _finish(upload: ForecastUpload, faults: list[RowError]) -> None:
    """Say what came of the sheet; the stages of earlier sheets are cleared."""
    _note_faults(upload, faults)
    counts = judge(upload)
    state = State.INVALID if upload.fault_count else State.VALID
    mine = ForecastUpload.objects.filter(pk=upload.pk, state=State.READING)
    told = {"fault_count": upload.fault_count, "errors": upload.errors}
    if not mine.update(state=state, **told, **counts):
        raise TakenByAnother(upload.pk)
    upload.refresh_from_db()
    note(upload, "uploaded", rows=upload.row_count, errors=upload.fault_count)
    earlier = ForecastUpload.objects.filter(importer_id=upload.importer_id).exclude(pk=upload.pk)
    others = StagedLine.objects.filter(upload__in=earlier)
    others._raw_delete(others.db)  # noqa: SLF001  nothing hangs on a staged row
    if upload.fault_count:
        notices.tell_refused(upload)


def note(upload: ForecastUpload, what: str, **figures: int) -> None:
    """Add what became of a sheet to the fact log."""
    data = {
        "upload": upload.pk,
        "importer": upload.importer_id,
        "year": upload.year,
        **figures,
    }
    facts.append(f"imports.forecast.{what}", subject=f"upload:{upload.pk}", data=data)


def faults_of(upload: ForecastUpload, sheet: Sheet) -> dict[int, list[RowError]]:
    """Everything that is wrong in a sheet as things stand now, by row."""
    columns, rows = _opened(sheet)
    errors = list(columns.faults)
    if not columns.faults:
        catalogue = Catalogue(queries.catalogue(clock.today()))
        reader = RowReader(columns, catalogue, upload.year, why_unfit)
        for number, cells in rows:
            reader.line(number, cells)
        errors = reader.errors
    found: dict[int, list[RowError]] = {}
    for error in errors:
        found.setdefault(error.row, []).append(error)
    return found


# publishing


def judge(upload: ForecastUpload) -> dict[str, int]:
    """Mark what each staged row would do to the plan as it is now; counts of added, changed, same.

    Rows that have no current line keep the mark that they were staged with: a line, once there,
    is only ever replaced.
    """
    staged, plan = StagedLine._meta.db_table, ForecastLine._meta.db_table  # noqa: SLF001
    same = " AND ".join(f"now.{name} = {staged}.{name}" for name in _FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {staged} SET change = CASE WHEN {same} THEN %s ELSE %s END "  # noqa: S608
            f"FROM {plan} AS now WHERE {staged}.upload_id = %s AND now.importer_id = %s "
            f"AND now.product_id = {staged}.product_id AND now.year = {staged}.year "
            "AND now.version_before IS NULL",
            [Change.UNCHANGED.value, Change.CHANGED.value, upload.pk, upload.importer_id],
        )
    found = StagedLine.objects.filter(upload=upload).aggregate(
        **{str(each.value): Count("pk", filter=Q(change=each)) for each in Change}
    )
    return {
        "added_count": found["added"],
        "changed_count": found["added"] + found["changed"],
        "unchanged_count": found["unchanged"],
    }


def into_plan(upload: ForecastUpload, now: datetime) -> None:
    """End the versions that the staged rows change and insert the new ones: two statements."""
    staged = StagedLine.objects.filter(
        upload=upload, change=Change.CHANGED, product=OuterRef("product"), year=OuterRef("year")
    )
    current = ForecastLine.objects.filter(importer_id=upload.importer_id, version_before=None)
    current.filter(Exists(staged)).update(version_before=now)
    names = ", ".join(("importer_id", "upload_id", "product_id", "year", *_FIGURES))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ForecastLine._meta.db_table} ({names}, version_from) "  # noqa: S608, SLF001
            f"SELECT {names}, %s FROM {StagedLine._meta.db_table} "  # noqa: SLF001
            "WHERE upload_id = %s AND change <> %s",
            [
                connection.ops.adapt_datetimefield_value(now),
                upload.pk,
                Change.UNCHANGED.value,
            ],
        )


def clear(upload: ForecastUpload) -> None:
    """Empty the stage of a sheet."""
    rows = StagedLine.objects.filter(upload=upload)
    rows._raw_delete(rows.db)  # noqa: SLF001  nothing hangs on a staged row
