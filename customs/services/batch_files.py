"""The files of a batch: a print of each declaration, all in one, a summary, and their manifest.

Each file is stored under a key of its own, so that work that was interrupted goes on where it
stopped. Prints show what was declared, never what customs answered later; so a batch's files are
the same bytes whenever they are made.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import documents, facts, sheets
from core.domain.trade import from_minor
from core.jobs import JobContext
from core.models import Document
from customs import printing, territories
from customs.domain.forms import FormSpec, Sheet
from customs.models import Attempt, DeclarationBatch
from customs.services.content import attempts_of, declaration_of

AT_A_TIME = 20
"""Prints made in one step, about half a second of work."""

FORM = "retail-import"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Written as the time of every entry, so that the archive depends on its content only."""

SUMMARY_HEADINGS = (
    "Declaration no.",
    "Order no.",
    "Waybill no.",
    "Importer",
    "Lines",
    "Units",
    "Gross weight (g)",
    "Dutiable value (CNY)",
    "Duty (CNY)",
    "Consumption tax (CNY)",
    "VAT (CNY)",
    "Taxes (CNY)",
)
_FORMATS = ("",) * 7 + ("#,##0.00",) * 5


def build_step(job: JobContext, batch_id: int) -> bool:
    """Make the next files of a batch; whether all are made. A step may be repeated."""
    batch = DeclarationBatch.objects.select_related("pool", "broker").get(pk=batch_id)
    attempts = attempts_of(batch)
    total = len(attempts) + 2
    missing = _without_print(batch, attempts)
    for attempt in missing[:AT_A_TIME]:
        _print_one(batch, attempt)
    left = len(missing) - len(missing[:AT_A_TIME])
    if missing:
        job.progress(len(attempts) - left, total, gettext_noop("Printing declarations"))
        return False
    if documents.find(_key(batch, "summary.xlsx")) is None:
        job.progress(len(attempts), total, gettext_noop("Merging the prints"))
        _print_all(batch, attempts)
        _summarise(batch, attempts)
        return False
    job.progress(len(attempts) + 1, total, gettext_noop("Packing the archive"))
    archive = _pack(batch, attempts)
    _finish(batch, archive, len(attempts))
    job.attach(archive)
    job.progress(total, total, "")
    return True


def _key(batch: DeclarationBatch, name: str) -> str:
    return f"customs.batch:{batch.pk}/{name}"


def _without_print(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Attempts whose print is still to be made. One query."""
    made = set(Document.objects.filter(subject=f"batch:{batch.pk}").values_list("key", flat=True))
    return [attempt for attempt in attempts if _key(batch, f"{attempt.cop_no}.pdf") not in made]


def _form(batch: DeclarationBatch) -> FormSpec:
    return territories.of(batch.pool).layouts[FORM]


def _sheet(batch: DeclarationBatch, attempt: Attempt) -> Sheet:
    return territories.of(batch.pool).sheet(declaration_of(batch, attempt))


def _print_one(batch: DeclarationBatch, attempt: Attempt) -> None:
    pdf = printing.print_sheet(_form(batch), _sheet(batch, attempt))
    _store(batch, f"{attempt.cop_no}.pdf", pdf.content, PDF)


def _print_all(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> None:
    pages = (_sheet(batch, attempt) for attempt in attempts)
    pdf = printing.print_sheets(_form(batch), pages, title=batch.number)
    _store(batch, "merged.pdf", pdf.content, PDF)


def _summarise(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> None:
    rows = [_summary_row(attempt) for attempt in attempts]
    sheet = sheets.SheetOut(batch.number, SUMMARY_HEADINGS, rows, formats=_FORMATS)
    _store(batch, "summary.xlsx", sheets.write_xlsx([sheet]), XLSX)


def _summary_row(attempt: Attempt) -> tuple[Any, ...]:
    declaration = attempt.declaration
    lines = list(declaration.lines.all())
    amounts = (
        declaration.dutiable_minor,
        declaration.duty_minor,
        declaration.consumption_tax_minor,
        declaration.vat_minor,
        declaration.tax_minor,
    )
    return (
        attempt.cop_no,
        declaration.order.order_no,
        declaration.order.waybill.waybill_no,
        declaration.importer.name,
        len(lines),
        sum(line.units for line in lines),
        declaration.order.waybill.gross_weight_g,
        *(from_minor(amount, "CNY") for amount in amounts),
    )


def _pack(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> Document:
    """One archive with every file and a manifest of their SHA-256."""
    known = documents.find(_key(batch, "archive.zip"))
    if known is not None:
        return known
    content = archive_of(batch, list(_entries(batch, attempts)))
    return _store(batch, "archive.zip", content, ZIP, filename=f"{batch.number}.zip")


def _entries(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> Iterator[tuple[str, bytes]]:
    names = ["merged.pdf", "summary.xlsx", *(f"{attempt.cop_no}.pdf" for attempt in attempts)]
    stored = {row.key: row for row in Document.objects.filter(subject=f"batch:{batch.pk}")}
    for name in names:
        folder = "" if name in ("merged.pdf", "summary.xlsx") else "declarations/"
        yield f"{folder}{name}", documents.content(stored[_key(batch, name)])


def archive_of(batch: DeclarationBatch, entries: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP whose bytes depend on its entries only; ``manifest.json`` names each with its hash."""
    manifest = {
        "batch": batch.number,
        "broker": batch.broker.name,
        "declared_at": timezone.localtime(batch.declared_at).isoformat(timespec="seconds"),
        "files": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in entries
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in [*entries, ("manifest.json", text.encode())]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=6)
    return packed.getvalue()


def _store(
    batch: DeclarationBatch, name: str, content: bytes, media_type: str, *, filename: str = ""
) -> Document:
    return documents.store(
        key=_key(batch, name),
        content=content,
        filename=filename or name,
        media_type=media_type,
        owner=batch.broker,
        subject=f"batch:{batch.pk}",
    )


@transaction.atomic
def _finish(batch: DeclarationBatch, archive: Document, count: int) -> None:
    ready = DeclarationBatch.objects.filter(pk=batch.pk, archive__isnull=True)
    if ready.update(archive=archive, state=DeclarationBatch.State.BUILT):
        facts.append(
            "customs.batch.built",
            subject=f"batch:{batch.pk}",
            data={"batch": batch.pk, "declarations": count, "document": archive.pk},
        )
