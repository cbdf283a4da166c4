"""Pages that suppliers open by a signed link, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import access, tenancy
from core.domain.errors import Refusal
from core.web.refusals import render_refusal
from imports import services
from imports.supply_forms import QuoteForm


@access.public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: HttpRequest, token: str) -> HttpResponse:
    """A supplier reads what is asked and answers line by line, until the request's last day."""
    invited = services.invitation_of(token)
    lines = invited.request.lines.select_related("product").order_by("product__sku")
    forms = [
        QuoteForm(
            request.POST if request.method == "POST" else None,
            line=line,
            known=services.latest_terms(invited, line.pk),
        )
        for line in lines
    ]
    faultless = [form.is_valid() for form in forms]
    if request.method == "POST" and all(faultless):
        answers = {form.line.pk: terms for form in forms if (terms := form.terms())}
        try:
            with tenancy.as_operator("signed link", actor=f"party:{invited.supplier_id}"):
                services.answer_quotes(invited, answers)
        except Refusal as refusal:
            said = render_refusal(refusal)
            forms[0].add_error(None, f"{said.reason} {said.remedy}")
        else:
            return redirect("imports:quote", token)
    context = {
        "invited": invited,
        "request_": invited.request,
        "forms": forms,
        "is_open": services.is_open(invited.request),
    }
    has_faults = any(form.errors for form in forms)
    return render(request, "imports/quote.html", context, status=422 if has_faults else 200)
