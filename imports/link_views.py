"""Pages that suppliers open by a signed link, without signing in."""

from collections.abc import Mapping
from typing import cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import access, tenancy
from core.domain.errors import Refusal
from core.web.refusals import render_refusal
from imports import queries, services, words
from imports.models import PurchaseOrder
from imports.shipping_forms import NoticeForm, PaperForm, ProposalForm
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


@access.public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, token: str) -> HttpResponse:
    """A supplier reads an order, answers it, announces what leaves and sends papers."""
    found = services.order_of(token)
    lines = list(found.lines.select_related("product").order_by("product__sku"))
    with tenancy.as_operator("signed link", actor=f"party:{found.supplier_id}"):
        agreed, left = queries.agreed_units(found), queries.unannounced_units(found)
        proposal = ProposalForm(_sent(request, "proposal"), lines=lines, units=agreed)
        notice = NoticeForm(_sent(request, "notice"), lines=lines, units=left)
        data = _sent(request, "paper")
        paper = PaperForm(data, None if data is None else request.FILES)
        forms = {"proposal": proposal, "notice": notice, "paper": paper}
        if request.method == "POST" and _answer_order(request, found, forms):
            return redirect("imports:supplier-order", token)
        context = {
            "order": found,
            "lines": [(line, agreed[line.pk], left[line.pk]) for line in lines],
            "amendments": list(found.amendments.order_by("-version")),
            "notices": list(found.notices.prefetch_related("containers").order_by("number")),
            "papers": [
                (words.SHIPPING_PAPERS[row.kind], row) for row in found.papers.order_by("pk")
            ],
            "is_open": found.state == "placed",
            **forms,
        }
        status = 422 if any(form.errors for form in forms.values()) else 200
        return render(request, "imports/supplier_order.html", context, status=status)


FORMS = {"accept": "proposal", "propose": "proposal", "notice": "notice", "paper": "paper"}
"""Which form each button sends."""


def _sent(request: HttpRequest, what: str) -> QueryDict | None:
    """What was filled in, where the form of this name was sent."""
    is_sent = request.method == "POST" and FORMS.get(request.POST.get("do", "")) == what
    return request.POST if is_sent else None


def _answer_order(request: HttpRequest, found: PurchaseOrder, forms: Mapping[str, Form]) -> bool:
    """Carry out what the supplier sent; False where the form says what is wrong."""
    form = forms[FORMS.get(request.POST.get("do", ""), "proposal")]
    if not form.is_valid():
        return False
    try:
        _carry_out(request.POST.get("do", ""), found, form)
    except Refusal as refusal:
        said = render_refusal(refusal)
        form.add_error(None, f"{said.reason} {said.remedy}")
        return False
    return True


def _carry_out(what: str, found: PurchaseOrder, form: Form) -> None:
    given = form.cleaned_data
    if isinstance(form, PaperForm):
        services.add_paper(found, kind=given["kind"], content=given["paper"].read())
    elif isinstance(form, NoticeForm):
        days = {name: given[name] for name in ("departs_on", "expected_on", "packages")}
        services.send_notice(
            found,
            units=form.units(),
            reference=given["reference"],
            containers=form.numbers(),
            **days,
        )
    elif what == "accept":
        services.acknowledge(found, ready_on=given["ready_on"])
    else:
        units = cast("ProposalForm", form).units()
        services.propose(found, ready_on=given["ready_on"], units=units, note=given["note"])
