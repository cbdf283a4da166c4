"""The operator follows an order: what the supplier says, what departs, when it is expected."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import access, clock
from imports import queries, services, words
from imports.forms import DayForm
from imports.models import Consignment, OrderAmendment, PurchaseOrder, ShippingNotice
from imports.shipping_forms import ExpectForm, PaperForm
from imports.supplier_link_views import shown_link


def _operator_id(request: HttpRequest) -> int:
    membership: Any = access.membership_of(request)
    return int(membership.party_id)


def _order(request: HttpRequest, pk: int) -> PurchaseOrder:
    rows = PurchaseOrder.objects.filter(round__pool__operator_id=_operator_id(request))
    return get_object_or_404(rows.select_related("round", "supplier"), pk=pk)


@access.action("imports.orders.see")
@require_safe
def supplier_side(request: HttpRequest, pk: int) -> HttpResponse:
    """One order as its supplier answers it: versions, notices, consignments, papers, agreements."""
    found = _order(request, pk)
    if found.state == PurchaseOrder.State.DRAFT:
        raise Http404
    notices = found.notices.prefetch_related("lines", "containers").order_by("number")
    consigned = found.consignments.prefetch_related("expectations").order_by("number")
    context = {
        "order": found,
        "link": shown_link(request, order=found),
        "lines": _lines(found),
        "amendments": list(found.amendments.order_by("-version")),
        "notices": [(row, sum(line.units for line in row.lines.all())) for row in notices],
        "consignments": [(row, _expected(row)) for row in consigned],
        "papers": [(row, words.SHIPPING_PAPERS[row.kind]) for row in found.papers.order_by("pk")],
        "agreements": queries.agreements([found.round.pool], supplier=found.supplier_id),
        "day_form": DayForm(day=clock.today()),
        "expect_form": ExpectForm(),
        "paper_form": PaperForm(),
    }
    return render(request, "imports/order_supplier.html", context)


def _lines(order: PurchaseOrder) -> list[tuple[Any, int, int]]:
    """Each line with the units agreed, and those that have not left."""
    agreed, left = queries.agreed_units(order), queries.unshipped_units(order)
    rows = order.lines.select_related("product").order_by("product__sku")
    return [(line, agreed[line.pk], left[line.pk]) for line in rows]


def _expected(consignment: Consignment) -> list[Any]:
    """What was said of a consignment's arrival, the latest word first."""
    said = consignment.expectations.all()
    return sorted(said, key=lambda row: (row.noted_at, row.pk), reverse=True)


@access.action("imports.rounds.run")
@require_POST
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Accept or decline what a supplier proposes."""
    if step not in ("accept", "decline"):
        raise Http404
    rows = OrderAmendment.objects.filter(order__round__pool__operator_id=_operator_id(request))
    found = services.decide(get_object_or_404(rows, pk=pk), accepts=step == "accept")
    return redirect("imports:order-supplier", found.order_id)


@access.action("imports.rounds.run")
@require_POST
def ship_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that what a notice announced departed."""
    rows = ShippingNotice.objects.filter(order__round__pool__operator_id=_operator_id(request))
    found, form = get_object_or_404(rows, pk=pk), DayForm(request.POST)
    if form.is_valid():
        services.ship_notice(found, departed_on=form.cleaned_data["on"])
    else:
        messages.error(request, _("Enter the day as year, month and day."))
    return redirect("imports:order-supplier", found.order_id)


@access.action("imports.rounds.run")
@require_POST
def expect(request: HttpRequest, pk: int) -> HttpResponse:
    """Note when a consignment is expected now."""
    rows = Consignment.objects.filter(pool__operator_id=_operator_id(request))
    found, form = get_object_or_404(rows, pk=pk), ExpectForm(request.POST)
    if form.is_valid():
        services.expect_arrival(found, **form.cleaned_data)
    else:
        messages.error(request, _("Enter the day as year, month and day."))
    return redirect("imports:order-supplier", found.order_id)


@access.action("imports.rounds.run")
@require_POST
def add_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a paper of an order."""
    found, form = _order(request, pk), PaperForm(request.POST, request.FILES)
    if form.is_valid():
        content = form.cleaned_data["paper"].read()
        services.add_paper(found, kind=form.cleaned_data["kind"], content=content)
    else:
        messages.error(request, _("Choose a paper and its file."))
    return redirect("imports:order-supplier", pk)
