"""Draws an ordered statement and keeps it; loaded by background work only."""

from django.utils import translation

from core.jobs import JobContext
from core.models import Document, Party
from fx_settlement.printing import print_statement
from fx_settlement.queries import documents_of, own_wires
from fx_settlement.services.statements import statement


def print_ordered_statement(job: JobContext) -> Document:
    """The statement that a job asks for, as a stored document that belongs to its importer."""
    importer = Party.objects.get(pk=job.args["importer"])
    year = job.args["year"]
    with translation.override(job.args["language"]):
        paid = documents_of(importer, year)
        pdf = print_statement(statement(importer, year), paid, own_wires(paid))
    return documents.store(
        key=job.job.key,
        content=pdf.content,
        filename=f"statement-{importer.code}-{year}.pdf",
        media_type="application/pdf",
        owner=importer,
        subject=f"importer:{importer.pk}",
    )
