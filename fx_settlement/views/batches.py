"""The operator's batches: what waits, one batch with its offers, wires and shares, its steps."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core import access, clock, documents
from core.domain.errors import Refusal
from core.domain.trade import to_minor
from core.domain.workdays import announced
from core.models import Party, Pool
from core.web.numbers import whole
from core.web.refusals import render_refusal
from fx_settlement import queries, services, words
from fx_settlement.domain import pain001
from fx_settlement.domain.batches import has_reached
from fx_settlement.forms import ApprovalForm, DepositForm, OfferForm
from fx_settlement.models import SettlementBatch
from fx_settlement.services import books
from fx_settlement.views.common import download, party_of

PURPOSES = SettlementBatch.Purpose


@access.action("settlement.batch.view")
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """The operator's batches, and what waits for the next ones."""
    operator = party_of(request)
    context = {"rows": queries.batch_rows(operator), "waiting": queries.waiting_rows(operator)}
    return render(request, "settlement/batches.html", context)


@access.action("settlement.batch.view")
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: the rate against its benchmark, the wires, and everybody's exact share."""
    found = queries.batches_of(party_of(request)).select_related("pool")
    shown = get_object_or_404(found, pk=pk)
    payments, shares = queries.payment_rows(shown), queries.share_rows(shown)
    fees = [row.fee_minor for row in payments if row.fee_minor is not None]
    context = {
        "batch": shown,
        "rate": queries.rate_of(shown),
        "offers": queries.offer_rows(shown),
        "unannounced": _unannounced(shown),
        "versions": pain001.VERSIONS if _has_file(shown) else (),
        "conversion": queries.conversion_of(shown),
        "payments": payments,
        "shares": shares,
        "fee_minor": sum(fees) if fees else None,
        "drift_minor": sum(row.drift_minor or 0 for row in shares),
        "steps": _steps(shown),
        **_deposits(shown),
        **_forms(shown),
    }
    return render(request, "settlement/batch.html", context)


def _unannounced(shown: SettlementBatch) -> list[int]:
    """The years of a batch's days for which China's days off are not published yet."""
    days = (shown.value_on, shown.requested_on)
    return sorted({day.year for day in days if day and not announced(day.year)})


def _has_file(shown: SettlementBatch) -> bool:
    return has_reached(shown.state, "instructed") and shown.instructed_at is not None


def _forms(shown: SettlementBatch) -> dict[str, object]:
    """What a batch may be told now: another bank's rate, and which offer is approved."""
    allowed = services.steps_of(shown)
    forms: dict[str, object] = {}
    if "quote" in allowed:
        forms["offer_form"] = OfferForm(auto_id="offer_%s")
        forms["has_banks"] = bool(services.sources())
    if "approve" in allowed and shown.state == SettlementBatch.State.QUOTED:
        forms["approval_form"] = ApprovalForm(offers=queries.offer_rows(shown))
    return forms


def _steps(shown: SettlementBatch) -> list[tuple[str, Promise]]:
    """The steps a batch may take now, forward before giving up."""
    allowed = services.steps_of(shown)
    if shown.state == SettlementBatch.State.QUOTED:
        allowed = tuple(step for step in allowed if step != "approve")
    return [(step, label) for step, label in words.STEPS.items() if step in allowed]


def _deposits(shown: SettlementBatch) -> dict[str, object]:
    """Who has yet to pay in before a draft can be locked, or why that cannot be said."""
    if shown.state != SettlementBatch.State.DRAFT:
        return {}
    try:
        missing = _missing(shown)
    except Refusal as refusal:
        return {"refusal": render_refusal(refusal)}
    return {"missing": missing, "form": DepositForm(missing=missing)}


def _missing(shown: SettlementBatch) -> list[queries.DepositRow]:
    needs = services.deposits_needed(shown)
    return queries.deposit_rows(services.shortfalls(shown.pool, needs))


@access.action("settlement.batch.step")
@require_POST
def open_batch(request: HttpRequest) -> HttpResponse:
    """Open the month's batch of a pool and currency, or find it; one that pays, or only buys."""
    asked = (request.POST.get("pool", ""), request.POST.get("currency", ""))
    waiting = queries.waiting_rows(party_of(request))
    row = next((row for row in waiting if (str(row.pool_id), row.currency) == asked), None)
    if row is None:
        raise Http404
    pool = get_object_or_404(Pool, pk=row.pool_id)
    asked_purpose = request.POST.get("purpose", PURPOSES.PAY)
    if asked_purpose not in PURPOSES.values:
        raise Http404
    opened = services.open_batch(pool, row.currency, clock.today(), PURPOSES(asked_purpose))
    return redirect("settlement:batch", pk=opened.pk)


@access.action("settlement.batch.step")
@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a batch one step on, as it stood when the reader saw it."""
    shown = get_object_or_404(queries.batches_of(party_of(request)), pk=pk)
    version = whole(request.POST.get("version", ""))
    if step not in words.STEPS or version is None:
        raise Http404
    services.take_step(
        shown,
        step,
        by=request.user,  # type: ignore[arg-type]
        version=version,
        offer=whole(request.POST.get("offer", "")),
        reason=request.POST.get("reason", "")[:200],
    )
    return redirect("settlement:batch", pk=pk)


@access.action("settlement.batch.step")
@require_POST
def record_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a bank's rate for a batch, as it was offered."""
    shown = get_object_or_404(queries.batches_of(party_of(request)), pk=pk)
    form = OfferForm(request.POST)
    if not form.is_valid():
        for fault in form.errors.values():
            messages.error(request, fault.as_text())
        return redirect("settlement:batch", pk=pk)
    given = form.cleaned_data
    services.quote(shown, provider=given["provider"], all_in=given["all_in"], hours=given["hours"])
    messages.success(request, gettext("The offer is on record."))
    return redirect("settlement:batch", pk=pk)


@access.action("settlement.batch.step")
@require_POST
def ask_banks(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask every bank in the settings for a rate; who gave none is named."""
    shown = get_object_or_404(queries.batches_of(party_of(request)), pk=pk)
    _, faults = services.ask_banks(shown)
    for fault in faults:
        messages.warning(request, render_refusal(fault).reason)
    return redirect("settlement:batch", pk=pk)


@access.action("settlement.batch.view")
@require_safe
def payment_file(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    """The payment file of a batch for its bank."""
    shown = get_object_or_404(queries.batches_of(party_of(request)), pk=pk)
    if version not in pain001.VERSIONS or not _has_file(shown):
        raise Http404
    kept = services.payment_file(shown, version)
    return download(documents.content(kept), filename=kept.filename, media_type="application/xml")


@access.action("settlement.deposit.record")
@require_POST
def record_deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """Credit a deposit that reached the bank, for an importer whose deposit is missing."""
    shown = get_object_or_404(queries.batches_of(party_of(request)), pk=pk)
    form = DepositForm(request.POST, missing=_missing(shown))
    if not form.is_valid():
        for fault in form.errors.values():
            messages.error(request, fault.as_text())
        return redirect("settlement:batch", pk=pk)
    given = form.cleaned_data
    importer = get_object_or_404(Party, pk=given["importer"])
    minor = to_minor(given["amount"], books.HOME)
    services.fund(importer, shown.pool, minor, reference=given["reference"])
    services.tell_missing(shown)
    messages.success(request, gettext("The deposit is credited."))
    return redirect("settlement:batch", pk=pk)
