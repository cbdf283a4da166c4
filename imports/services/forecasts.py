"""Forecast sheets come in, are read into a stage, looked over, and published in one go."""

import hashlib
from typing import Any

from django.db import transaction

from core import clock, documents, jobs, sheets
from core.domain.errors import Refusal
from core.models import Document, Importer, Party
from core.sheets import Sheet
from imports import notices, queries
from imports.models import ForecastUpload, StagedLine
from imports.services import staging
from imports.services.fitness import eligible_products, why_unfit

READ_AT_ONCE = 2_000
"""Rows up to which a sheet is read while its sender waits; longer ones are read by a worker."""

State = ForecastUpload.State


class UploadNeedsFixing(Refusal):
    """Raised when a sheet with errors is to be published."""

    code = "upload-needs-fixing"
    reason = "The sheet has {errors} errors; nothing was published."
    remedy = "Correct the cells that are named and upload the sheet again."


class UploadAlreadyPublished(Refusal):
    """Raised when an upload is to be published a second time."""

    code = "upload-already-published"
    reason = "This sheet is already published."
    remedy = "To return to its figures, upload the sheet again."


class UploadStillRead(Refusal):
    """Raised when a sheet is to be published before all of it is read."""

    code = "upload-still-read"
    reason = "{read} of {rows} rows of this sheet are read."
    remedy = "Wait until its summary is shown, then publish it."


def upload_forecast(
    importer: Party, name: str, content: bytes, *, year: int | None = None
) -> ForecastUpload:
    """Keep a forecast sheet (CSV or XLSX) and say what is wrong in it; nothing is published yet.

    ``year`` is the one being planned; without it the current year. A sheet that waits already is
    read anew, not kept twice.

    Raises:
        WrongKindOfFile, SheetUnreadable and the other refusals of ``core.sheets``: the file
            cannot be read; nothing was kept.
    """
    sheet = sheets.read(name, content)
    upload = _keep(importer, name, content, sheet, year or clock.today().year)
    staging.read_on(upload, sheet)
    return upload


def send_forecast(
    importer: Party, name: str, content: bytes, *, year: int | None = None
) -> ForecastUpload:
    """Keep a sheet and, when nothing is wrong in it, publish it at once; it is read only once.

    Raises:
        WrongKindOfFile, SheetUnreadable and the other refusals of ``core.sheets``: as above.
    """
    upload = upload_forecast(importer, name, content, year=year)
    if upload.state == State.VALID:
        _publish(upload)
    return upload


def take_sheet(
    importer: Party, name: str, content: bytes, *, year: int | None = None
) -> ForecastUpload:
    """Keep a sheet; a short one is read now, a long one by a worker whom nobody has to wait for.

    Raises:
        WrongKindOfFile, SheetUnreadable and the other refusals of ``core.sheets``: as above.
    """
    sheet = sheets.read(name, content)
    upload = _keep(importer, name, content, sheet, year or clock.today().year)
    if len(sheet.rows) <= READ_AT_ONCE:
        staging.read_on(upload, sheet)
        return upload
    with transaction.atomic():
        key = f"imports.read_sheet:{upload.pk}:{clock.now().isoformat()}"
        upload.job = jobs.order("imports.read_sheet", key=key, upload=upload.pk)
        upload.save(update_fields=["job"])
    return upload


def read_sheet(job: jobs.JobContext, upload_id: int) -> bool:
    """Read a sheet on from where an earlier worker stopped; whether all of it is read."""
    upload = ForecastUpload.objects.select_related("document").get(pk=upload_id)
    if upload.state == State.READING:
        staging.read_on(upload, _sheet_of(upload), progress=job.progress)
    return True


def publish(upload: ForecastUpload) -> int:
    """Make a sheet the importer's current plan; returns the number of lines that changed.

    Products that the sheet does not name keep their lines; an unchanged line keeps its version,
    and a row without any units starts none.
    The sheet is checked again, as the catalogue may have changed since it came in.

    Raises:
        UploadNeedsFixing, UploadAlreadyPublished, UploadStillRead: nothing was published.
    """
    if upload.state == State.VALID and _is_out_of_date(upload):
        _begin_anew(upload)
        staging.read_on(upload, _sheet_of(upload))
    return _publish(upload)


def _publish(upload: ForecastUpload) -> int:
    if upload.state == State.INVALID:
        raise UploadNeedsFixing(errors=upload.fault_count)
    now = clock.now()
    with transaction.atomic():
        Importer.objects.select_for_update().get(pk=upload.importer_id)
        counts = staging.judge(upload)
        taken = ForecastUpload.objects.filter(pk=upload.pk, state=State.VALID)
        if not taken.update(state=State.PUBLISHED, published_at=now, **counts):
            _refuse_by_state(upload.pk)
        staging.into_plan(upload, now)
        staging.note(upload, "published", lines=counts["changed_count"])
        notices.settle_refused(upload)
    staging.clear(upload)
    upload.refresh_from_db()
    return upload.changed_count


def _refuse_by_state(upload_id: int) -> None:
    now = ForecastUpload.objects.get(pk=upload_id)
    if now.state == State.READING:
        raise UploadStillRead(read=now.read_count, rows=now.row_count)
    if now.state == State.INVALID:
        raise UploadNeedsFixing(errors=now.fault_count)
    raise UploadAlreadyPublished


def _is_out_of_date(upload: ForecastUpload) -> bool:
    """Whether what was staged is gone, or names products that the pool may not hold any more."""
    fits = eligible_products()
    staged = list(StagedLine.objects.filter(upload=upload).values_list("product_id", flat=True))
    return len(staged) != upload.row_count or any(fits[product] for product in set(staged))


def template_rows(importer: Party, year: int) -> list[list[str | int]]:
    """Rows of the sheet to fill in: every product the pool may hold, with the current plan.

    Rows fit ``TEMPLATE_HEADINGS``. Uploaded unchanged they change nothing. Two queries.
    """
    planned = {row.product_id: row for row in queries.plan_of(importer, year)}
    rows: list[list[str | int]] = []
    for product in queries.catalogue(clock.today()):
        if why_unfit(product):
            continue
        now = planned.get(product.product_id)
        figures = [now.tolerance_units, *now.months] if now else [0] * 13
        rows.append([product.sku, product.gtin, product.name, year, *figures])
    return rows


def sheet_of(upload: ForecastUpload) -> tuple[Sheet, dict[int, list[Any]]]:
    """A sheet as it was received, and what is wrong in it now, by row."""
    sheet = _sheet_of(upload)
    return sheet, staging.faults_of(upload, sheet)


def _sheet_of(upload: ForecastUpload) -> Sheet:
    return sheets.read(upload.document.filename, documents.content(upload.document))


def _keep(importer: Party, name: str, content: bytes, sheet: Sheet, year: int) -> ForecastUpload:
    """The upload of a sheet: the one that waits already, begun anew, or a new one."""
    document = _store(importer, name, content)
    with transaction.atomic():
        Importer.objects.select_for_update().get(pk=importer.pk)
        waiting = ForecastUpload.objects.filter(
            importer_id=importer.pk,
            year=year,
            sha256=document.sha256,
            state__in=(State.READING, State.VALID),
        )
        upload: ForecastUpload | None = waiting.select_related("document").first()
        if upload is None:
            upload = ForecastUpload.objects.create(
                importer_id=importer.pk,
                document=document,
                sha256=document.sha256,
                year=year,
                state=State.READING,
                row_count=staging.row_count(sheet),
                uploaded_at=clock.now(),
            )
        else:
            _begin_anew(upload)
    return upload


def _begin_anew(upload: ForecastUpload) -> None:
    staging.clear(upload)
    upload.state, upload.read_count, upload.fault_count = State.READING, 0, 0
    upload.errors, upload.uploaded_at = [], clock.now()
    upload.save(update_fields=["state", "read_count", "fault_count", "errors", "uploaded_at"])


def _store(importer: Party, name: str, content: bytes) -> Document:
    """Store the sheet as received; the same bytes under the same name are stored once.

    Sealed: it may be another sheet than was meant, with persons in it.
    """
    digest = hashlib.sha256(f"{name}\n".encode() + content).hexdigest()
    is_csv = name.lower().endswith(".csv")
    return documents.store(
        key=f"imports.forecast:{importer.pk}/{digest}",
        content=content,
        filename=name[-200:],
        media_type="text/csv" if is_csv else "application/octet-stream",
        owner=importer,
        subject=f"party:{importer.pk}",
        is_sealed=True,
    )
