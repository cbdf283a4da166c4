"""Money in and back: an importer's account, and what its operator asks for and pays back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from core import access, documents
from core.domain.trade import to_minor
from core.models import Party, Pool
from fx_settlement import queries, services, words
from fx_settlement.forms import RefundForm, RequestForm
from fx_settlement.models import FeeInvoice, FundingRequest
from fx_settlement.services import books, fee_invoices, papers
from fx_settlement.views.common import account_paper, download, language_of, party_of


@access.action("settlement.money.view")
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """What the importer is asked for, what stands on its account, and every movement."""
    party = party_of(request)
    escrows = [
        (escrow, [(words.REASONS.get(row.code, row.code), row) for row in escrow.movements])
        for escrow in queries.escrows_of(party)
    ]
    requests = [(words.REQUEST_KINDS[row.kind], row) for row in queries.open_requests_of(party)]
    context = {
        "differences": queries.differences_of(party),
        "escrows": escrows,
        "requests": requests,
        "invoices": queries.fee_invoices_of(party),
        "job": papers.account_paper_job(party, "account", language=language_of()),
        "late_charges": queries.own_late_charges(party),
    }
    return render(request, "settlement/money.html", context)


@access.action("settlement.money.view")
@require_POST
def print_money(request: HttpRequest) -> HttpResponse:
    """Ask for the importer's accounts on paper, with every movement."""
    papers.order_account_paper(party_of(request), "account", language=language_of())
    return redirect("settlement:money")


@access.action("settlement.money.view")
@require_safe
def money_pdf(request: HttpRequest) -> HttpResponse:
    """Today's latest paper of the importer's accounts; 404 until it is drawn."""
    return account_paper(party_of(request), "account")


@access.action("settlement.funding.view")
@require_safe
def funding(request: HttpRequest) -> HttpResponse:
    """What importers were asked for, what is late, and what goes back to them."""
    return _shown(request)


def _shown(
    request: HttpRequest, *, ask: RequestForm | None = None, back: RefundForm | None = None
) -> HttpResponse:
    operator, is_faulty = party_of(request), ask is not None or back is not None
    pools, members = queries.pools_led_by(operator), queries.members_of(operator)
    rows = queries.request_rows(queries.requests_of(operator))
    missing, late = queries.still_to_arrive(operator)
    context = {
        "requests": [(words.REQUEST_KINDS[row.kind], row) for row in rows],
        "refunds": queries.refund_rows(operator),
        "claims": queries.granted_claims(operator),
        "invoices": queries.fee_invoices_sent(operator),
        "late_minor": late,
        "open_minor": missing,
        "me": request.user.pk,
        "ask_form": ask or RequestForm(pools=pools, importers=members, auto_id="ask_%s"),
        "refund_form": back or RefundForm(pools=pools, importers=members, auto_id="back_%s"),
    }
    status = 422 if is_faulty else 200
    return render(request, "settlement/funding.html", context, status=status)


@access.action("settlement.funding.change")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask an importer for money by a day."""
    operator = party_of(request)
    pools, members = queries.pools_led_by(operator), queries.members_of(operator)
    form = RequestForm(request.POST, pools=pools, importers=members, auto_id="ask_%s")
    if not form.is_valid():
        return _shown(request, ask=form)
    given = form.cleaned_data
    made = services.ask_for(
        given["importer"],
        get_object_or_404(Pool, pk=given["pool"]),
        FundingRequest.Kind(given["kind"]),
        to_minor(given["amount"], books.HOME),
        due_on=given["due_on"],
    )
    said = gettext("The importer is asked under the reference %(number)s.")
    messages.success(request, said % {"number": made.number})
    return redirect("settlement:funding")


@access.action("settlement.funding.change")
@require_POST
def cancel_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no longer."""
    services.cancel(get_object_or_404(queries.requests_of(party_of(request)), pk=pk))
    return redirect("settlement:funding")


@access.action("settlement.funding.change")
@require_POST
def ask_refund(request: HttpRequest) -> HttpResponse:
    """Set money aside that is to go back to an importer."""
    operator = party_of(request)
    pools, members = queries.pools_led_by(operator), queries.members_of(operator)
    form = RefundForm(request.POST, pools=pools, importers=members, auto_id="back_%s")
    if not form.is_valid():
        return _shown(request, back=form)
    given = form.cleaned_data
    services.ask_refund(
        get_object_or_404(Party, pk=given["importer"]),
        get_object_or_404(Pool, pk=given["pool"]),
        to_minor(given["amount"], books.HOME),
        because=given["because"],
        by=request.user,  # type: ignore[arg-type]
    )
    messages.success(request, gettext("The money is set aside; a second person approves it."))
    return redirect("settlement:funding")


@access.action("settlement.funding.change")
@require_POST
def refund_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Approve a refund, decline it, or record that it left the bank."""
    refund = get_object_or_404(queries.refunds_of(party_of(request)), pk=pk)
    if step == "approve":
        services.approve_refund(refund, by=request.user)  # type: ignore[arg-type]
    elif step == "decline":
        services.decline_refund(refund)
    elif step == "pay":
        services.pay_refund(refund)
    else:
        raise Http404
    return redirect("settlement:funding")


@access.action("settlement.funding.change")
@require_POST
def receive_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Record by hand that an insurer's payment arrived, the rest of what is expected."""
    granted = get_object_or_404(queries.claims_of(party_of(request)), pk=pk)
    left = granted.expected_minor - granted.received_minor
    if left > 0:
        services.receive_claim(granted, left, reference=f"by hand/{granted.received_minor}")
    return redirect("settlement:funding")


@access.action("settlement.money.view")
@require_safe
def fee_invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """An importer's invoice of its operator's service as a file; 404 until it is drawn."""
    mine = FeeInvoice.objects.filter(importer_id=party_of(request).pk)
    return _paper(get_object_or_404(mine, pk=pk))


@access.action("settlement.funding.view")
@require_safe
def fee_invoice_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for the operator who issued it."""
    return _paper(get_object_or_404(queries.fee_invoices_by(party_of(request)), pk=pk))


def _paper(invoice: FeeInvoice) -> HttpResponse:
    found = fee_invoices.paper_of(invoice, get_language() or "en")
    if found is None:
        raise Http404
    return download(documents.content(found), filename=found.filename, media_type=found.media_type)
