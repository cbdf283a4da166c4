"""The files of a batch: prints, a summary, the declarations as XML, and their manifest.

Each file is stored under a key of its own, so that work that was interrupted goes on where it
stopped. Prints show what was declared, never what customs answered later; so a batch's files are
the same bytes whenever they are made. Persons are masked but in the XML files, which are kept
sealed, as the archive is that holds them.
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
from customs.services import message_files
from customs.services.content import attempts_of, declaration_of
from customs.trade_papers import Cover, cover_sheet

AT_A_TIME = 20
"""Prints made in one step, about half a second of work."""

FORM = "retail-import"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
ZIP = "application/zip"
XML = "application/xml"
MESSAGES = "messages/"
"""Folder of the XML files in the archive."""

PACKED = (".pdf", ".xlsx")
"""Files that are deflated inside; doing it again takes long and saves one byte in thirteen."""

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
    "Dutiable value ({currency})",
    "Duty ({currency})",
    "Consumption tax ({currency})",
    "VAT ({currency})",
    "Taxes ({currency})",
)
_UNITS, _VALUE, _TAXES = 5, 7, 11
"""Columns of the summary that the cover adds up."""

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
    if not _message_names(batch):
        _write_messages(batch, attempts)
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
    cover = cover_sheet(_cover(batch, attempts))
    pdf = printing.print_sheets(_form(batch), pages, title=batch.number, cover=cover)
    _store(batch, "merged.pdf", pdf.content, PDF)


def _cover(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> Cover:
    """The first pages of the merged print: what the batch comes to, and each declaration."""
    currency = batch.pool.currency
    rows = [_summary_row(attempt, currency) for attempt in attempts]
    value, tax = (sum(row[column] for row in rows) for column in (_VALUE, _TAXES))
    figures = (
        ("Declarations 份数", f"{len(rows):,}"),
        ("Units 商品件数", f"{sum(row[_UNITS] for row in rows):,}"),
        (f"Dutiable value 完税价格 {currency}", f"{value:,.2f}"),
        (f"Taxes 税款合计 {currency}", f"{tax:,.2f}"),
    )
    return Cover(
        number=batch.number,
        pool=batch.pool.name_zh or batch.pool.name,
        broker=batch.broker.name_zh or batch.broker.name,
        declared_at=f"{timezone.localtime(batch.declared_at):%Y-%m-%d %H:%M}",
        figures=figures,
        rows=tuple(
            (
                str(number),
                row[0],
                row[1],
                row[3],
                str(row[4]),
                f"{row[_VALUE]:,.2f}",
                f"{row[_TAXES]:,.2f}",
            )
            for number, row in enumerate(rows, start=1)
        ),
        is_simulated=batch.pool.is_simulated,
    )


def _summarise(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> None:
    currency = batch.pool.currency
    rows = [_summary_row(attempt, currency) for attempt in attempts]
    headings = tuple(heading.format(currency=currency) for heading in SUMMARY_HEADINGS)
    _store(batch, "summary.csv", sheets.write_csv(headings, rows), CSV)
    sheet = sheets.SheetOut(batch.number, headings, rows, formats=_FORMATS)
    _store(batch, "summary.xlsx", sheets.write_xlsx([sheet]), XLSX)


def _summary_row(attempt: Attempt, currency: str) -> tuple[Any, ...]:
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
        *(from_minor(amount, currency) for amount in amounts),
    )


def _write_messages(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> None:
    """Store the declarations as XML, sealed: the buyers stand there in clear."""
    if territories.of(batch.pool).messages is None:
        return
    for name, content in message_files.write_messages(batch, attempts, message_files.DECLARATIONS):
        _store(batch, f"{MESSAGES}{name}", content, XML, filename=name, is_sealed=True)


def _message_names(batch: DeclarationBatch) -> list[str]:
    """Names of the XML files that are made, in order."""
    start = _key(batch, MESSAGES)
    made = Document.objects.filter(subject=f"batch:{batch.pk}", key__startswith=start)
    names = (key.removeprefix(_key(batch, "")) for key in made.values_list("key", flat=True))
    return sorted(names, key=lambda name: (len(name), name))


def _pack(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> Document:
    """One archive with every file and a manifest of their SHA-256."""
    known = documents.find(_key(batch, "archive.zip"))
    if known is not None:
        return known
    content = archive_of(
        batch, list(_entries(batch, attempts)), left_out=message_files.left_out(attempts)
    )
    return _store(
        batch, "archive.zip", content, ZIP, filename=f"{batch.number}.zip", is_sealed=True
    )


def _entries(batch: DeclarationBatch, attempts: Sequence[Attempt]) -> Iterator[tuple[str, bytes]]:
    prints = [f"{attempt.cop_no}.pdf" for attempt in attempts]
    names = ["merged.pdf", "summary.xlsx", "summary.csv", *_message_names(batch), *prints]
    stored = {row.key: row for row in Document.objects.filter(subject=f"batch:{batch.pk}")}
    for name in names:
        folder = "declarations/" if name in prints else ""
        yield f"{folder}{name}", documents.content(stored[_key(batch, name)])


def archive_of(
    batch: DeclarationBatch, entries: Sequence[tuple[str, bytes]], *, left_out: Sequence[str] = ()
) -> bytes:
    """A ZIP whose bytes depend on its entries only; ``manifest.json`` names each with its hash.

    It says of each message whether it is signed and what our check found, without any person.
    """
    manifest = {
        "batch": batch.number,
        "broker": batch.broker.name,
        "declared_at": timezone.localtime(batch.declared_at).isoformat(timespec="seconds"),
        "files": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in entries
        ],
        "messages": [
            message_files.checked(name, content).as_json()
            for name, content in entries
            if name.startswith(MESSAGES)
        ],
        "left_out_because_erased": list(left_out),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in [*entries, ("manifest.json", text.encode())]:
            entry = zipfile.ZipInfo(name, EPOCH)
            is_packed = name.endswith(PACKED)
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=6)
    return packed.getvalue()


def _store(
    batch: DeclarationBatch,
    name: str,
    content: bytes,
    media_type: str,
    *,
    filename: str = "",
    is_sealed: bool = False,
) -> Document:
    return documents.store(
        key=_key(batch, name),
        content=content,
        filename=filename or name,
        media_type=media_type,
        owner=batch.broker,
        subject=f"batch:{batch.pk}",
        is_sealed=is_sealed,
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
