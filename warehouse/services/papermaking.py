"""Draws ordered papers and keeps them; loaded by background work only."""

from django.db import transaction

from core import documents
from core.jobs import JobContext
from core.models import Document
from warehouse.models import Claim
from warehouse.printing import claim_paper


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
