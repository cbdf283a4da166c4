"""Suppliers' invoices: compared with order and receipt, disputed, released."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.domain.trade import to_minor
from fx_settlement import queries, services, words
from fx_settlement.domain.invoice_steps import INVOICE_STEPS
from fx_settlement.domain.three_way import InvoicedLine
from fx_settlement.forms import InvoiceForm, ReasonForm
from fx_settlement.models import SupplierInvoice
from fx_settlement.views.common import party_of
from imports.models import PurchaseOrder


@access.action("settlement.invoice.view")
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """Orders received, and whether their invoices agree."""
    context = {"rows": queries.invoice_rows(party_of(request))}
    return render(request, "settlement/invoices.html", context)


@access.action("settlement.invoice.view")
@require_safe
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """One order beside its invoice, line by line; or the form to write the invoice down."""
    order = get_object_or_404(queries.orders_of(party_of(request)), pk=pk)
    return _shown(request, order)


def _shown(
    request: HttpRequest, order: PurchaseOrder, form: InvoiceForm | None = None
) -> HttpResponse:
    found = SupplierInvoice.objects.filter(order=order).first()
    rows = queries.line_rows(order, queries.billed_lines(order))
    faults = {fault["line"]: words.told_fault(fault, order.currency) for fault in _faults(found)}
    context: dict[str, object] = {
        "order": order,
        "invoice": found,
        "rows": [(row, faults.get(row.line_id, "")) for row in rows],
        "steps": INVOICE_STEPS.allowed(found.state) if found else (),
        "reason_form": ReasonForm(),
    }
    if found is None:
        context["form"] = form or InvoiceForm(lines=rows, currency=order.currency)
    status = 422 if form is not None else 200
    return render(request, "settlement/invoice.html", context, status=status)


def _faults(found: SupplierInvoice | None) -> list[dict[str, int]]:
    return list(found.faults) if found else []


@access.action("settlement.invoice.change")
@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a supplier's invoice down."""
    order = get_object_or_404(queries.orders_of(party_of(request)), pk=pk)
    rows = queries.line_rows(order, {})
    form = InvoiceForm(request.POST, lines=rows, currency=order.currency)
    if not form.is_valid():
        return _shown(request, order, form)
    given = form.cleaned_data
    lines = {
        row.line_id: InvoicedLine(
            given[f"units_{row.line_id}"],
            to_minor(given[f"amount_{row.line_id}"], order.currency),
        )
        for row in rows
        if given[f"units_{row.line_id}"]
    }
    services.record_invoice(
        order,
        given["number"],
        lines,
        invoiced_on=given["invoiced_on"],
        due_on=given["due_on"],
        by=request.user,  # type: ignore[arg-type]
    )
    messages.success(request, gettext("The invoice is on record and compared."))
    return redirect("settlement:invoice", pk=pk)


@access.action("settlement.invoice.change")
@require_POST
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Dispute an invoice, or release it to be paid as ordered or as billed."""
    order = get_object_or_404(queries.orders_of(party_of(request)), pk=pk)
    found = get_object_or_404(SupplierInvoice, order=order)
    form = ReasonForm(request.POST)
    if step not in ("dispute", "release-ordered", "release-billed"):
        raise Http404
    if not form.is_valid():
        messages.error(request, gettext("Say why; the reason is kept."))
        return redirect("settlement:invoice", pk=pk)
    because = form.cleaned_data["because"]
    if step == "dispute":
        services.dispute(found, because=because)
    else:
        services.release(
            found,
            because=because,
            pays_difference=step == "release-billed",
            by=request.user,  # type: ignore[arg-type]
        )
    return redirect("settlement:invoice", pk=pk)
