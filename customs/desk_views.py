"""Pages of the desk: the three papers of each order, and withdrawals and returns."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, documents
from core.domain.trade import to_minor
from core.models import Document, Party
from core.web.numbers import whole
from core.web.refusals import render_refusal
from customs import correction_queries, paper_queries, services, words
from customs.correction_queries import clocks, corrections_in_view, declarations_in_view
from customs.domain.corrections import CANCEL, GRANTED, RETURN
from customs.domain.payment_leg import PRESSED
from customs.forms import BackForm, FindForm, RefundForm, ReturnForm, WithdrawForm
from customs.models import ConsumerOrder, Correction, Declaration
from customs.paper_queries import PaperRow, orders_in_view, paper_row, paper_rows


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _order(request: HttpRequest, pk: int) -> ConsumerOrder:
    found: ConsumerOrder = get_object_or_404(orders_in_view(_party(request)), pk=pk)
    return found


def _declaration(request: HttpRequest, pk: int) -> Declaration:
    found: Declaration = get_object_or_404(declarations_in_view(_party(request)), pk=pk)
    return found


def _correction(request: HttpRequest, pk: int) -> Correction:
    found: Correction = get_object_or_404(corrections_in_view(_party(request)), pk=pk)
    return found


def _file(document: Document) -> HttpResponse:
    response = HttpResponse(documents.content(document), content_type=document.media_type)
    disposition = content_disposition_header(as_attachment=True, filename=document.filename)
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _shown(row: PaperRow) -> dict[str, Any]:
    """A row with its lights in words, and what is wrong with the button that mends it."""
    return {
        "row": row,
        "lights": words.lights(row.order, row.payment, row.waybill),
        "fault": render_refusal(row.cause.refusal) if row.cause else None,
        "step": row.cause.step if row.cause else None,
        "press": words.press(row.cause.step) if row.cause and row.cause.step else "",
    }


@access.action("customs.paper.view")
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """Orders that customs has not let go, with a light for order, payment and waybill."""
    only_trouble = request.GET.get("show") == "trouble"
    rows = paper_rows(
        _party(request), only_trouble=only_trouble, before=whole(request.GET.get("before", ""))
    )
    context = {
        "rows": [_shown(row) for row in rows],
        "only_trouble": only_trouble,
        "older": rows[-1].order_id if len(rows) == paper_queries.ROWS_ON_A_PAGE else None,
    }
    return render(request, "customs/papers.html", context)


@access.action("customs.paper.view")
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One order's payment: what customs compares, what is wrong, and every step so far."""
    return render(request, "customs/paper.html", _paper(_order(request, pk), RefundForm()))


def _paper(order: ConsumerOrder, form: RefundForm) -> dict[str, Any]:
    steps = list(paper_queries.steps(order))
    return {
        "order": order,
        **_shown(paper_row(order)),
        "figures": [(words.figure(each.name), each) for each in paper_queries.figures(order)],
        "steps": [(each, words.payment_step(each.step)) for each in steps],
        "key": f"{order.pk}/{len(steps)}",
        "leg": paper_queries.leg_of(order),
        "form": form,
    }


def _key(request: HttpRequest) -> str:
    """The page's own key for one press of a button; characters that no page gives are left out."""
    return re.sub(r"[^0-9A-Za-z_-]", "", request.POST.get("key", ""))[:40]


@access.action("customs.paper.press")
@require_POST
def press(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a step of a payment; the page's key makes a second press of the same button harmless."""
    order = _order(request, pk)
    if step not in PRESSED:
        raise Http404
    key = f"{pk}/{_key(request)}/{step}"
    services.press(order, step, request_key=key)
    messages.success(request, _("Done: the payment's state is shown below."))
    return redirect("customs:paper", pk=pk)


@access.action("customs.paper.press")
@require_POST
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a part of a payment went back to its payer."""
    order, form = _order(request, pk), RefundForm(request.POST)
    if not form.is_valid():
        return render(request, "customs/paper.html", _paper(order, form), status=422)
    minor = to_minor(form.cleaned_data["amount"], order.pool.currency)
    key = f"{pk}/{_key(request)}/refund"
    services.refund_part(order, minor, request_key=key)
    return redirect("customs:paper", pk=pk)


@access.action("customs.paper.press")
@require_safe
def payment_message(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """The message of a push, for the payment company; the payer stands there in clear."""
    rows = paper_queries.steps(_order(request, pk)).filter(document__isnull=False)
    return _file(get_object_or_404(rows, pk=step).document)  # type: ignore[arg-type]


@access.action("customs.correction.view")
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Withdrawals and returns in view; a declaration's number leads to where one is asked for."""
    form = FindForm(request.GET or None)
    if form.is_valid():
        number = form.cleaned_data["number"]
        rows = declarations_in_view(_party(request)).exclude(cop_no="")
        found = rows.filter(cop_no=number) | rows.filter(invt_no=number)
        declaration = found.first()
        if declaration is not None:
            return redirect("customs:ask-correction", pk=declaration.pk)
        form.add_error("number", _("No declaration of this number is yours."))
    context = {
        "rows": correction_queries.corrections(_party(request), clock.today()),
        "form": form,
    }
    return render(request, "customs/corrections.html", context)


@access.action("customs.correction.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask customs to withdraw a declaration, or to take goods of it back."""
    declaration = _declaration(request, pk)
    kind = RETURN if clocks(declaration) else CANCEL
    form = _ask_form(request, declaration, kind)
    if request.method == "POST" and form.is_valid():
        key = f"{pk}/{declaration.corrections.count()}"
        reason = form.cleaned_data["reason"]
        if isinstance(form, ReturnForm):
            asked = services.ask_return(declaration, form.units, reason=reason, request_key=key)
        else:
            asked = services.ask_withdrawal(declaration, reason=reason, request_key=key)
        return redirect("customs:correction", pk=asked.pk)
    context = {
        "declaration": declaration,
        "kind": kind,
        "form": form,
        "clocks": clocks(declaration),
        "bill": correction_queries.tax_bill(declaration),
        "is_possible": bool(declaration.invt_no),
    }
    status = 422 if form.errors else 200
    return render(request, "customs/ask_correction.html", context, status=status)


def _ask_form(
    request: HttpRequest, declaration: Declaration, kind: str
) -> ReturnForm | WithdrawForm:
    sent = request.POST if request.method == "POST" else None
    if kind == RETURN:
        return ReturnForm(sent, lines=list(correction_queries.lines(declaration)))
    return WithdrawForm(sent)


@access.action("customs.correction.view")
@require_safe
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: its message, its answers, its days, and what it gave back."""
    found = _correction(request, pk)
    return render(request, "customs/correction.html", _correction_page(found, BackForm()))


def _correction_page(found: Correction, form: BackForm) -> dict[str, Any]:
    return {
        "correction": found,
        "declaration": found.declaration,
        "lines": found.lines.select_related("line").order_by("line__line_no"),
        "clocks": clocks(found.declaration),
        "meaning": words.error(found.error_code),
        "waits_for_goods": found.kind == RETURN and found.state == GRANTED,
        "answers": [(row, words.status(row.status)) for row in correction_queries.answers(found)],
        "form": form,
    }


@access.action("customs.correction.ask")
@require_safe
def correction_message(request: HttpRequest, pk: int) -> HttpResponse:
    """The message that asks customs; the buyer stands there in clear."""
    found = _correction(request, pk)
    if found.document is None:
        raise Http404
    return _file(found.document)


@access.action("customs.correction.ask")
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the goods of a return are back in the zone."""
    found, form = _correction(request, pk), BackForm(request.POST)
    if not form.is_valid():
        page = _correction_page(found, form)
        return render(request, "customs/correction.html", page, status=422)
    services.take_goods_back(found, on=form.cleaned_data["on"])
    return redirect("customs:correction", pk=pk)
