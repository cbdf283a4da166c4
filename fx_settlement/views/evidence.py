"""An importer's evidence file for a bank's order finance."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from core import access, documents, facts
from core.models import Job
from fx_settlement.services import evidence as services
from fx_settlement.views.common import download, party_of


def _language() -> str:
    return get_language() or "en"


@access.action("settlement.evidence.make")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest) -> HttpResponse:
    """What the file is, today's file once it is made, and the button that makes it."""
    importer = party_of(request)
    if request.method == "POST":
        services.order_evidence(importer, language=_language())
        return redirect("settlement:evidence")
    job = services.evidence_job(importer, language=_language())
    context = {"job": job, "keys": facts.log_verifier_keys().splitlines()}
    return render(request, "settlement/evidence.html", context)


@access.action("settlement.evidence.make")
@require_safe
def evidence_part(request: HttpRequest, kind: str) -> HttpResponse:
    """The file, its note or its print; 404 until they are made."""
    job = services.evidence_job(party_of(request), language=_language())
    found = services.evidence_part(job, kind) if job and job.state == Job.State.DONE else None
    if found is None:
        raise Http404
    return download(documents.content(found), filename=found.filename, media_type=found.media_type)
