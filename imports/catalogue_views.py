"""The catalogue: products, HS codes by words, and goods records that brokers confirm."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, documents
from core.domain.errors import Refusal
from core.models import Role
from core.web.refusals import Rendered, render_refusal
from imports import queries, services, words
from imports.catalogue_forms import GtinForm, ImageForm, ProductForm, RecordForm, RemarkForm
from imports.domain.eligibility import Eligibility
from imports.domain.records import elements_text
from imports.models import GoodsImage, GoodsRecord, Product
from imports.supply_forms import ProductCertificateForm

SHOWN = 100


@dataclass(frozen=True)
class FindingShown:
    """One rule's word on a product, in the reader's language."""

    verdict: str
    said: Rendered
    source: str


def _zones(request: HttpRequest) -> list[str]:
    """The zones that concern the reader: of its pools; of every pool for importers."""
    membership: Any = access.membership_of(request)
    if membership.role == Role.OPERATOR:
        return queries.zones(operator_id=membership.party_id)
    if membership.role == Role.BROKER:
        return queries.zones(broker_id=membership.party_id)
    return queries.zones()


def _plays(request: HttpRequest, role: Role) -> bool:
    membership: Any = access.membership_of(request)
    return bool(membership.role == role)


def _place(request: HttpRequest) -> int:
    """The page of a list that is asked for, from 0."""
    page = request.GET.get("page", "")
    return int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0


@access.action("imports.products.see")
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """The catalogue: each product's verdict and the state of its goods record."""
    text = request.GET.get("q", "")[:80]
    place = _place(request)
    rows = queries.products(clock.today(), text=text, start=place * SHOWN, limit=SHOWN + 1)
    context = {
        "rows": rows[:SHOWN],
        "text": text,
        "page": place,
        "next": place + 1 if len(rows) > SHOWN else 0,
    }
    return render(request, "imports/products.html", context)


@access.action("imports.products.see")
@require_safe
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """One product: may it be imported, by which code, whose numbers, and what customs knows."""
    found = get_object_or_404(Product, pk=pk)
    return render(request, "imports/product.html", _product_context(request, found))


def _product_context(request: HttpRequest, found: Product) -> dict[str, Any]:
    eligibility = queries.eligibility_of(found, clock.today())
    family, siblings = queries.siblings_of(found)
    gtins = [(row, words.LEVELS[row.level]) for row in queries.gtins_of(found)]
    zones = _zones(request)
    return {
        "product": found,
        "verdict": str(eligibility.verdict),
        "headline": words.VERDICTS[eligibility.verdict],
        "line": eligibility.line,
        "findings": _shown(eligibility),
        "family": family,
        "siblings": siblings,
        "gtins": gtins,
        "danger": words.DANGERS.get(found.danger_class, found.danger_class),
        "records": queries.record_rows(zones=zones, product=found),
        "images": queries.images_of(found),
        "offers": queries.offers_of(found, clock.today()),
        "gtin_form": GtinForm(prefix="gtin"),
        "image_form": ImageForm(prefix="image"),
        "papers": _papers(found),
        "certificate_form": ProductCertificateForm(prefix="paper"),
    }


def _papers(product: Product) -> list[tuple[queries.CertificateRow, Any]]:
    rows = queries.certificates(clock.today(), product=product)
    return [(row, words.PAPERS[row.kind]) for row in rows]


def _shown(eligibility: Eligibility) -> list[FindingShown]:
    return [
        FindingShown(str(each.verdict), render_refusal(each.said), each.source)
        for each in eligibility.findings
    ]


@access.action("imports.products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new_product(request: HttpRequest) -> HttpResponse:
    """Register a product; its HS code can be looked up by words on the same page."""
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_product(**form.cleaned_data)
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return redirect("imports:product", made.pk)
    context = {"form": form}
    return render(request, "imports/product_new.html", context, status=422 if form.errors else 200)


_FIELDS = {"bad-gtin": "gtin", "gtin-taken": "gtin", "gtin-not-for-trade": "gtin",
           "sku-taken": "sku", "bad-hs-code": "hs_code"}  # fmt: skip


def _say(form: forms.Form, refusal: Refusal) -> None:
    """Write a refusal beside the field that it is about, or above the form."""
    said = render_refusal(refusal)
    field = _FIELDS.get(refusal.code)
    form.add_error(field if field in form.fields else None, f"{said.reason} {said.remedy}")


@access.action("imports.products.see")
@require_safe
def nomenclature(request: HttpRequest) -> HttpResponse:
    """HS codes that fit words in English or Chinese, best first."""
    text = request.GET.get("q", "")[:120]
    context = {"text": text, "hits": queries.find_codes(text)}
    is_part = request.headers.get("HX-Request") == "true"
    name = "imports/parts/codes.html" if is_part else "imports/nomenclature.html"
    return render(request, name, context)


@access.action("imports.products.edit")
@require_POST
def add_gtin(request: HttpRequest, pk: int) -> HttpResponse:
    """Register another number of a product."""
    found, form = get_object_or_404(Product, pk=pk), GtinForm(request.POST, prefix="gtin")
    if form.is_valid():
        services.register_gtin(found, **form.cleaned_data)
        return redirect("imports:product", pk)
    context = {**_product_context(request, found), "gtin_form": form}
    return render(request, "imports/product.html", context, status=422)


@access.action("imports.products.edit")
@require_POST
def add_image(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a picture of a product."""
    found = get_object_or_404(Product, pk=pk)
    form = ImageForm(request.POST, request.FILES, prefix="image")
    if form.is_valid():
        file = form.cleaned_data["picture"]
        services.add_image(found, content=file.read(), caption=form.cleaned_data["caption"])
        return redirect("imports:product", pk)
    context = {**_product_context(request, found), "image_form": form}
    return render(request, "imports/product.html", context, status=422)


@access.action("imports.products.edit")
@require_POST
def add_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a certificate of a product, with its paper."""
    found = get_object_or_404(Product, pk=pk)
    form = ProductCertificateForm(request.POST, request.FILES, prefix="paper")
    if form.is_valid():
        paper = form.cleaned_data.pop("paper")
        content = paper.read() if paper else b""
        try:
            services.keep_certificate(product=found, content=content, **form.cleaned_data)
        except Refusal as refusal:
            _say(form, refusal)
        else:
            return redirect("imports:product", pk)
    context = {**_product_context(request, found), "certificate_form": form}
    return render(request, "imports/product.html", context, status=422)


@access.action("imports.products.see")
@require_safe
def image(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture of a product."""
    found = get_object_or_404(GoodsImage.objects.select_related("document"), pk=pk)
    content = documents.content(found.document)
    response = HttpResponse(content, content_type=found.document.media_type)
    response["Cache-Control"] = "private, max-age=86400"
    return response


@access.action("imports.products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def submit_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in the next version of a goods record and submit it to the broker."""
    found = get_object_or_404(Product, pk=pk)
    latest = GoodsRecord.objects.filter(product=found).order_by("-submitted_at", "-pk").first()
    zones = _zones(request)
    form = RecordForm(request.POST or None, zones=zones, product=found, latest=latest)
    if request.method == "POST" and form.is_valid():
        try:
            services.submit_record(
                found, zone_code=form.cleaned_data["zone_code"], draft=form.draft()
            )
        except Refusal as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("The record waits for the broker now."))
            return redirect("imports:product", pk)
    context = {"product": found, "form": form, "latest": latest}
    return render(
        request, "imports/record_submit.html", context, status=422 if form.errors else 200
    )


@access.action("imports.records.see")
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Goods records of the reader's zones: those that wait for the broker first."""
    zones, place = _zones(request), _place(request)
    rows = queries.record_rows(zones=zones, start=place * SHOWN, limit=SHOWN + 1)
    context = {
        "rows": rows[:SHOWN],
        "waiting": len(queries.waiting_records(zones)),
        "page": place,
        "next": place + 1 if len(rows) > SHOWN else 0,
    }
    return render(request, "imports/records.html", context)


def _record(request: HttpRequest, pk: int) -> GoodsRecord:
    rows = GoodsRecord.objects.filter(zone_code__in=_zones(request)).select_related("product")
    return get_object_or_404(rows, pk=pk)


@access.action("imports.records.see")
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a goods record beside what is known of the product; the broker decides."""
    return render(request, "imports/record.html", _record_context(request, _record(request, pk)))


def _record_context(request: HttpRequest, found: GoodsRecord) -> dict[str, Any]:
    eligibility = queries.eligibility_of(found.product, clock.today())
    return {
        "record": found,
        "product": found.product,
        "elements_text": elements_text([(name, value) for name, value in found.elements]),
        "findings": _shown(eligibility),
        "images": queries.images_of(found.product),
        "papers": _papers(found.product),
        "order_papers": [
            (row, words.SHIPPING_PAPERS[row.kind])
            for row in queries.order_papers(found.product, found.zone_code)
        ],
        "can_decide": _plays(request, Role.BROKER) and found.state == "submitted",
        "form": RemarkForm(),
    }


@access.action("imports.records.decide")
@require_POST
def confirm_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The broker confirms a record."""
    services.confirm_record(_record(request, pk))
    messages.success(request, _("The record is in force now."))
    return _next_record(request)


def _next_record(request: HttpRequest) -> HttpResponse:
    """The record that waits longest now; the list once none does."""
    waiting = queries.waiting_records(_zones(request))
    return redirect("imports:record", waiting[0]) if waiting else redirect("imports:records")


@access.action("imports.records.decide")
@require_POST
def return_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The broker sends a record back with a reason."""
    found, form = _record(request, pk), RemarkForm(request.POST)
    if form.is_valid():
        services.return_record(found, remark=form.cleaned_data["remark"])
        return _next_record(request)
    context = {**_record_context(request, found), "form": form}
    return render(request, "imports/record.html", context, status=422)
