"""Draws an ordered statement and keeps it; loaded by background work only."""

from django.utils import translation

from core import documents
from core.jobs import JobContext
from core.models import Document, Party
from fx_settlement.account_printing import print_account, print_exit
from fx_settlement.evidence_printing import print_evidence
from fx_settlement.fee_printing import print_fee_invoice
from fx_settlement.models import FeeInvoice
from fx_settlement.printing import print_statement
from fx_settlement.queries import documents_of, escrows_of, exit_statements, own_wires
from fx_settlement.services.evidence import evidence_file, keep_part
from fx_settlement.services.fee_invoices import LANGUAGES, paper_key
from fx_settlement.services.statements import statement


def make_ordered_evidence(job: JobContext) -> Document:
    """The evidence file that a job asks for: file, note and print are kept; the print is given."""
    importer = Party.objects.get(pk=job.args["importer"])
    with translation.override(job.args["language"]):
        rows, content, note = evidence_file(importer)
        keep_part(job.job, importer, "csv", content)
        keep_part(job.job, importer, "note", note.encode())
        pdf = print_evidence(importer, rows, note)
    return keep_part(job.job, importer, "pdf", pdf.content)


def print_ordered_fee_invoice(job: JobContext) -> Document:
    """The invoice that a job asks for in every language; the first is given."""
    invoice = FeeInvoice.objects.select_related("pool__operator").get(pk=job.args["invoice"])
    importer = Party.objects.get(pk=invoice.importer_id)
    kept = []
    for language in LANGUAGES:
        with translation.override(language):
            pdf = print_fee_invoice(invoice, importer)
        kept.append(
            documents.store(
                key=paper_key(invoice.pk, language),
                content=pdf.content,
                filename=f"{invoice.number}.pdf",
                media_type="application/pdf",
                owner=importer,
                subject=f"importer:{importer.pk}",
            )
        )
    return kept[0]


def print_ordered_account(job: JobContext) -> Document:
    """The account or the exit statement that a job asks for, as its importer's document."""
    importer = Party.objects.get(pk=job.args["importer"])
    kind = job.args["kind"]
    with translation.override(job.args["language"]):
        if kind == "exit":
            pdf = print_exit(importer, exit_statements(importer))
        else:
            pdf = print_account(importer, escrows_of(importer, most=None))
    return documents.store(
        key=job.job.key,
        content=pdf.content,
        filename=f"{kind}-{importer.code}.pdf",
        media_type="application/pdf",
        owner=importer,
        subject=f"importer:{importer.pk}",
    )


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
