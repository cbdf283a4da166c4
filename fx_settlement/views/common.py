"""What all pages of pay and charge need."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from core import access, documents
from core.models import Job, Party
from fx_settlement.services import papers


def party_of(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def download(content: bytes, *, filename: str, media_type: str) -> HttpResponse:
    """A file to be saved under a name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def language_of() -> str:
    """The language in which the reader reads."""
    return get_language() or "en"


def account_paper(importer: Party, kind: str) -> HttpResponse:
    """Today's latest paper of an account or exit; 404 until it is drawn."""
    job = papers.account_paper_job(importer, kind, language=language_of())
    if job is None or job.state != Job.State.DONE or job.result is None:
        raise Http404
    content = documents.content(job.result)
    return download(content, filename=job.result.filename, media_type=job.result.media_type)
