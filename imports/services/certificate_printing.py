"""Draws an ordered certificate and keeps it; loaded by background work only."""

from django.utils import translation

from core import documents
from core.jobs import JobContext
from core.models import Document, Party
from imports.models import Round
from imports.printing import print_certificate
from imports.services.certificates import certificate


class NothingToCertify(LookupError):
    """Raised when a certificate was ordered for an importer that has no share of the round."""


def print_ordered_certificate(job: JobContext) -> Document:
    """The certificate that a job asks for, as a stored document that belongs to its importer."""
    importer = Party.objects.get(pk=job.args["importer"])
    round_ = Round.objects.get(pk=job.args["round"])
    with translation.override(job.args["language"]):
        made = certificate(round_, importer)
        if made is None:
            raise NothingToCertify(f"{importer.code} has no share of {round_.code}")
        pdf = print_certificate(made)
    return documents.store(
        key=job.job.key,
        content=pdf.content,
        filename=f"certificate-{importer.code}-{round_.code}.pdf",
        media_type="application/pdf",
        owner=importer,
        subject=f"importer:{importer.pk}",
    )
