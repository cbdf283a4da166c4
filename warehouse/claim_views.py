"""Photos of deliveries, and claims for what came short or damaged."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import access, documents
from core.domain.trade import BadMoney, to_minor
from core.models import Document, Party
from warehouse import queries, services, workbooks
from warehouse.domain.claims import Cause
from warehouse.forms import AnswerForm, PhotoForm
from warehouse.pictures import MOST_BYTES, PhotoNotUsable, as_photo
from warehouse.queries import deliveries


def _party(request: HttpRequest) -> Party:
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.claim.make")
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a photo of a counted line."""
    line = get_object_or_404(deliveries.lines_of(_party(request)), pk=pk)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["photo"].size > MOST_BYTES:
        raise PhotoNotUsable
    services.keep_photo(line, as_photo(form.cleaned_data["photo"].read()))
    messages.success(request, _("The photo is kept."))
    return redirect("warehouse:receipt", pk=line.receipt_id)


@access.action("warehouse.claim.view")
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo, out of its seal."""
    found = get_object_or_404(
        deliveries.photos_of(_party(request)).select_related("document"), pk=pk
    )
    return _file(found.document, is_shown=True)


@access.action("warehouse.claim.make")
@require_POST
def make(request: HttpRequest, pk: int, cause: str) -> HttpResponse:
    """Claim a line's short or damaged units from the supplier, or from the insurer named."""
    line = get_object_or_404(deliveries.lines_of(_party(request)), pk=pk)
    if cause not in list(Cause):
        raise Http404
    name = request.POST.get("insurer", "").strip()[:200]
    insurer = services.insurer_named(name) if name else None
    claim = services.make_claim(line, Cause(cause), insurer=insurer)
    messages.success(request, _("Claim %(number)s is made.") % {"number": claim.number})
    return redirect("warehouse:receipt", pk=line.receipt_id)


@access.action("warehouse.claim.view")
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """What is claimed, of whom, and what was granted."""
    rows = queries.claims(_party(request))
    if workbooks.is_wanted(request):
        return workbooks.answer("claims", [workbooks.claims(rows)])
    return render(request, "warehouse/claims.html", {"rows": rows, "form": AnswerForm()})


@access.action("warehouse.claim.make")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was granted of a claim."""
    claim = get_object_or_404(deliveries.claims_of(_party(request)), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise BadMoney(value=request.POST.get("accepted", ""), currency=claim.currency, decimals=2)
    minor = to_minor(form.cleaned_data["accepted"], claim.currency)
    services.answer_claim(claim, accepted_minor=minor)
    messages.success(request, _("The answer is written down."))
    return redirect("warehouse:claims")


@access.action("warehouse.claim.view")
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A claim's paper, once it is drawn."""
    rows = deliveries.claims_of(_party(request)).select_related("document")
    claim = get_object_or_404(rows, pk=pk)
    if claim.document is None:
        raise Http404
    return _file(claim.document)


def _file(document: Document, *, is_shown: bool = False) -> HttpResponse:
    answer = HttpResponse(documents.content(document), content_type=document.media_type)
    way = "inline" if is_shown else "attachment"
    answer["Content-Disposition"] = f'{way}; filename="{document.filename}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
