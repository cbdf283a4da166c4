"""Draws ordered papers and keeps them; loaded by background work only."""

from django.db import transaction

from core import documents, sheets
from core.jobs import JobContext
from core.models import Document
from warehouse.models import BookClose, Claim
from warehouse.printing import claim_paper, close_paper, close_sheets
from warehouse.queries import closing


def draw_claim(job: JobContext) -> Document:
    """The paper of a claim, kept with it."""
    rows = Claim.objects.select_related(
        "party",
        "receipt_line__receipt__consignment",
        "receipt_line__order_line__product",
        "receipt_line__order_line__order",
    )
    claim = rows.get(pk=job.args["claim"])
    pdf = claim_paper(claim, claim.receipt_line.photos.count())
    with transaction.atomic():
        made = documents.store(
            key=job.job.key,
            content=pdf.content,
            filename=f"{claim.number}.pdf",
            media_type="application/pdf",
            subject=f"claim:{claim.pk}",
        )
        Claim.objects.filter(pk=claim.pk).update(document=made)
    return made


def draw_close(job: JobContext) -> Document:
    """The filing of a close as a paper and as a workbook with every list of the cycle."""
    close = BookClose.objects.select_related("book__keeper", "book__pool").get(pk=job.args["close"])
    rows = closing.close_rows(close)
    lists, losses = closing.lists_of(close.book), closing.losses_of(close.book)
    pdf = close_paper(close, rows, len(lists), losses)
    workbook = sheets.write_xlsx(close_sheets(rows, lists, losses))
    name = f"close-{close.book.number}"
    about = f"book:{close.book_id}"
    with transaction.atomic():
        paper = documents.store(
            key=job.job.key,
            content=pdf.content,
            filename=f"{name}.pdf",
            media_type="application/pdf",
            subject=about,
        )
        sheet = documents.store(
            key=f"{job.job.key}/xlsx",
            content=workbook,
            filename=f"{name}.xlsx",
            media_type=XLSX,
            subject=about,
        )
        BookClose.objects.filter(pk=close.pk).update(paper=paper, sheet=sheet)
    return paper


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
