"""Forecast sheets come in, are checked as a whole, and are published in one go."""

import hashlib
from datetime import date

from django.db import transaction

from core import clock, documents, facts, sheets
from core.domain.errors import Refusal
from core.models import Document, Party
from imports import notices, queries
from imports.domain.forecasts import Catalogue, CatalogueProduct, Reading, read_rows
from imports.domain.perishables import StorageTerms, refuse_unfit_for_pool
from imports.models import ForecastUpload
from imports.services.plan_lines import replace_lines

TERMS = StorageTerms()
"""The pool's terms of storage against which perishables are judged."""


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


def upload_forecast(
    importer: Party, name: str, content: bytes, *, year: int | None = None
) -> ForecastUpload:
    """Keep a forecast sheet (CSV or XLSX) and say what is wrong in it; nothing is published yet.

    ``year`` is the one being planned; without it the current year.

    Raises:
        WrongKindOfFile, SheetUnreadable and the other refusals of ``core.sheets``: the file
            cannot be read; nothing was kept.
    """
    upload, _ = _take_in(importer, name, content, year)
    return upload


def send_forecast(
    importer: Party, name: str, content: bytes, *, year: int | None = None
) -> ForecastUpload:
    """Keep a sheet and, when nothing is wrong in it, publish it at once; it is read only once.

    Raises:
        WrongKindOfFile, SheetUnreadable and the other refusals of ``core.sheets``: as above.
    """
    upload, reading = _take_in(importer, name, content, year)
    if not reading.errors:
        _publish(upload, reading)
    return upload


def _take_in(
    importer: Party, name: str, content: bytes, year: int | None
) -> tuple[ForecastUpload, Reading]:
    planned = year or clock.today().year
    reading = _read(name, content, planned, clock.today())
    document = _keep(importer, name, content)
    errors = [error.as_json() for error in reading.errors]
    with transaction.atomic():
        upload: ForecastUpload = ForecastUpload.objects.create(
            importer_id=importer.pk,
            document=document,
            year=planned,
            state=ForecastUpload.State.INVALID if errors else ForecastUpload.State.VALID,
            row_count=reading.row_count,
            errors=errors,
            uploaded_at=clock.now(),
        )
        _note(upload, "uploaded", rows=reading.row_count, errors=len(errors))
        if errors:
            notices.tell_refused(upload)
    return upload, reading


def publish(upload: ForecastUpload) -> int:
    """Make a sheet the importer's current plan; returns the number of lines that changed.

    Products that the sheet does not name keep their lines; an unchanged line keeps its version,
    and a row without any units starts none.
    The sheet is checked again, as the catalogue may have changed since it came in.

    Raises:
        UploadNeedsFixing, UploadAlreadyPublished: nothing was published.
    """
    content = documents.content(upload.document)
    return _publish(upload, _read(upload.document.filename, content, upload.year, clock.today()))


def _publish(upload: ForecastUpload, reading: Reading) -> int:
    if reading.errors:
        raise UploadNeedsFixing(errors=len(reading.errors))
    now = clock.now()
    with transaction.atomic():
        changed = replace_lines(upload.importer_id, reading.lines, now, upload_id=upload.pk)
        taken = ForecastUpload.objects.filter(pk=upload.pk, state=ForecastUpload.State.VALID)
        if not taken.update(
            state=ForecastUpload.State.PUBLISHED, published_at=now, changed_count=changed
        ):
            raise UploadAlreadyPublished
        _note(upload, "published", lines=changed)
        notices.settle_refused(upload)
    upload.refresh_from_db()
    return changed


def template_rows(importer: Party, year: int) -> list[list[str | int]]:
    """Rows of the sheet to fill in: every product the pool may hold, with the current plan.

    Rows fit ``TEMPLATE_HEADINGS``. Uploaded unchanged they change nothing. Two queries.
    """
    planned = {row.product_id: row for row in queries.plan_of(importer, year)}
    rows: list[list[str | int]] = []
    for product in queries.catalogue(clock.today()):
        try:
            refuse_unfit(product)
        except Refusal:
            continue
        now = planned.get(product.product_id)
        figures = [now.tolerance_units, *now.months] if now else [0] * 13
        rows.append([product.sku, product.gtin, product.name, year, *figures])
    return rows


def refuse_unfit(product: CatalogueProduct) -> None:
    """Decline a product that the pool may not hold.

    Raises:
        The refusals of ``refuse_unfit_for_pool``.
    """
    refuse_unfit_for_pool(
        hs_code=product.hs_code,
        shelf_life_days=product.shelf_life_days,
        lead_time_days=product.lead_time_days,
        terms=TERMS,
    )


def _note(upload: ForecastUpload, what: str, **figures: int) -> None:
    data = {
        "upload": upload.pk,
        "importer": upload.importer_id,
        "year": upload.year,
        **figures,
    }
    facts.append(f"imports.forecast.{what}", subject=f"upload:{upload.pk}", data=data)


def _read(name: str, content: bytes, year: int, on: date) -> Reading:
    sheet = sheets.read(name, content)
    return read_rows(
        sheet.headings,
        sheet.rows,
        first_row_number=sheet.first_row_number,
        catalogue=Catalogue(queries.catalogue(on)),
        year=year,
        terms=TERMS,
    )


def _keep(importer: Party, name: str, content: bytes) -> Document:
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
