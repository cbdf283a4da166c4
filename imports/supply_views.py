"""The operator's suppliers: addresses, offers, papers, agreements, requests for quotation."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, vault
from core.domain.errors import Refusal
from core.models import Party, Pool
from core.web.refusals import render_refusal
from imports import queries, services, words
from imports.models import Quote, QuoteRequest, SupplierOffer
from imports.supplier_link_views import shown_link
from imports.supply_forms import (
    AddressForm,
    AgreementForm,
    CertificateForm,
    ContactForm,
    OfferForm,
    QuoteRequestForm,
    RebateForm,
    SupplierForm,
)


def _pools(request: HttpRequest) -> list[Pool]:
    membership: Any = access.membership_of(request)
    return list(Pool.objects.filter(operator_id=membership.party_id).order_by("-year", "pk"))


def _supplier(pk: int) -> Party:
    return get_object_or_404(Party, pk=pk, kind=Party.Kind.SUPPLIER)


def _say(form: forms.Form, refusal: Refusal) -> None:
    said = render_refusal(refusal)
    form.add_error(None, f"{said.reason} {said.remedy}")


@access.action("imports.supply.see")
@require_http_methods(["GET", "HEAD", "POST"])
def suppliers(request: HttpRequest) -> HttpResponse:
    """The suppliers with their offers and papers that warn; a form adds one."""
    form = SupplierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_supplier(**form.cleaned_data)
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return redirect("imports:supplier", made.pk)
    context = {"rows": queries.suppliers(clock.today()), "form": form}
    return render(request, "imports/suppliers.html", context, status=422 if form.errors else 200)


@access.action("imports.supply.see")
@require_safe
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """One supplier: where it is, what it offers, its papers and agreements."""
    return render(request, "imports/supplier.html", _context(request, _supplier(pk)))


def _context(request: HttpRequest, found: Party) -> dict[str, Any]:
    today = clock.today()
    papers = queries.certificates(today, supplier=found)
    return {
        "supplier": found,
        "addresses": [
            (row, words.ADDRESSES[row.kind]) for row in queries.addresses_of(found, today)
        ],
        "offers": [(row, row.is_in_force(today)) for row in queries.offers_by(found)],
        "papers": [(row, words.PAPERS[row.kind]) for row in papers],
        "warned": sum(row.standing != "valid" for row in papers),
        "agreements": queries.agreements(_pools(request), supplier=found),
        "address_form": AddressForm(initial={"country": found.country, "valid_from": today}),
        "certificate_form": CertificateForm(),
        "agreement_form": AgreementForm(),
        "contacts": [(row, vault.masked(row.person)) for row in queries.contacts_of(found)],
        "contact_form": ContactForm(),
        "rebates": [(row, row.is_in_force(today)) for row in queries.rebates_by(found)],
        "rebate_form": RebateForm(initial={"valid_from": today}),
    }


@access.action("imports.supply.see")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an offer, or revise one: what held so far ends where the new one starts."""
    found, asked = _supplier(pk), request.GET.get("revises", "")
    earlier = None
    if asked.isascii() and asked.isdigit() and len(asked) < 12:
        earlier = SupplierOffer.objects.filter(pk=int(asked), supplier_id=pk).first()
    form = OfferForm(request.POST or None, earlier=earlier, today=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            services.enter_offer(supplier=found, **form.terms())
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return redirect("imports:supplier", pk)
    context = {"supplier": found, "form": form, "earlier": earlier}
    return render(request, "imports/offer.html", context, status=422 if form.errors else 200)


@access.action("imports.supply.see")
@require_POST
def add(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Add an address, a certificate or an agreement to a supplier."""
    if what not in _ADDED:
        raise Http404
    found = _supplier(pk)
    made_of, keep = _ADDED[what]
    form = made_of(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep(request, found, form.cleaned_data)
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return redirect("imports:supplier", pk)
    context = {**_context(request, found), f"{what}_form": form}
    return render(request, "imports/supplier.html", context, status=422)


def _keep_address(_: HttpRequest, found: Party, given: dict[str, Any]) -> None:
    services.set_address(found, **given)


def _keep_certificate(_: HttpRequest, found: Party, given: dict[str, Any]) -> None:
    paper = given.pop("paper")
    services.keep_certificate(supplier=found, content=paper.read() if paper else b"", **given)


def _keep_agreement(request: HttpRequest, found: Party, given: dict[str, Any]) -> None:
    given.pop("value")
    pools = _pools(request)
    if not pools:
        raise Http404
    terms = {"value_minor": None, **given}
    services.agree(pool=pools[0], supplier=found, **terms)


def _keep_contact(_: HttpRequest, found: Party, given: dict[str, Any]) -> None:
    services.add_contact(found, **given)


def _keep_rebate(_: HttpRequest, found: Party, given: dict[str, Any]) -> None:
    services.enter_rebate(found, **given)


_Keep = Callable[[HttpRequest, Party, dict[str, Any]], None]
_ADDED: dict[str, tuple[type[forms.Form], _Keep]] = {
    "address": (AddressForm, _keep_address),
    "certificate": (CertificateForm, _keep_certificate),
    "agreement": (AgreementForm, _keep_agreement),
    "contact": (ContactForm, _keep_contact),
    "rebate": (RebateForm, _keep_rebate),
}


@access.action("imports.supply.see")
@require_http_methods(["GET", "HEAD", "POST"])
def quote_requests(request: HttpRequest) -> HttpResponse:
    """Requests for quotation; a form opens one in the newest pool."""
    pools = _pools(request)
    form = QuoteRequestForm(request.POST or None, today=clock.today())
    if request.method == "POST" and pools and form.is_valid():
        made = services.ask_quotes(pools[0], **form.cleaned_data)
        return redirect("imports:quote-request", made.pk)
    context = {"rows": queries.quote_requests(pools), "form": form, "pools": pools}
    return render(request, "imports/quotes.html", context, status=422 if form.errors else 200)


def _request(request: HttpRequest, pk: int) -> QuoteRequest:
    return get_object_or_404(QuoteRequest, pk=pk, pool__in=_pools(request))


@access.action("imports.supply.see")
@require_safe
def quote_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: the links to send, and the answers beside each other."""
    found = _request(request, pk)
    lines = [
        (line, [(row, row.why_not and render_refusal(row.why_not)) for row in rows])
        for line, rows in queries.comparison(found, clock.today())
    ]
    invited = found.invitations.select_related("supplier").order_by("supplier__name")
    links = [(each, shown_link(request, invitation=each)) for each in invited]
    context = {"request_": found, "lines": lines, "links": links}
    return render(request, "imports/quote_request.html", context)


@access.action("imports.supply.see")
@require_POST
def award(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn the chosen quote of a line into an offer."""
    found, chosen = _request(request, pk), request.POST.get("quote", "")
    rows = Quote.objects.filter(line__request=found).select_related(
        "line__product", "invitation__supplier"
    )
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 12 else 0
    services.award_quote(get_object_or_404(rows, pk=number))
    return redirect("imports:quote-request", pk)
