"""The pages of pay and charge: an importer's statements, the operator's batches."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from core import access, clock, documents
from core.domain.errors import Refusal
from core.domain.trade import to_minor
from core.models import Job, Party, Pool
from core.web.charts import Bar
from core.web.numbers import whole
from core.web.refusals import render_refusal
from fx_settlement import queries, services, words
from fx_settlement.domain.batches import BATCH_STEPS
from fx_settlement.domain.statement import Statement
from fx_settlement.forms import DepositForm
from fx_settlement.models import SettlementBatch
from fx_settlement.services import books, papers


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _language() -> str:
    return get_language() or "en"


@access.action("settlement.statement.view")
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """The importer's newest statement, or word that there is none yet."""
    years = queries.years_of(_party(request))
    if years:
        return redirect("settlement:statement", year=years[0])
    return render(request, "settlement/no_statement.html")


@access.action("settlement.statement.view")
@require_safe
def statement(request: HttpRequest, year: int) -> HttpResponse:
    """The importer's year in the pool beside the same year alone, with every row behind it."""
    party = _party(request)
    years = queries.years_of(party)
    if year not in years:
        raise Http404
    job = papers.statement_job(party, year, language=_language())
    made = services.statement(party, year)
    context = {**_told(made), "years": years, "job": job, "may_print": True}
    return render(request, "settlement/statement.html", context)


@access.action("settlement.statement.view_any")
@require_safe
def statement_of(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The operator's view of an importer's statement in a pool of its own."""
    importer = get_object_or_404(Party, code=code, kind=Party.Kind.IMPORTER)
    pools = queries.pools_of(importer, year)
    if _party(request).pk not in {pool.operator_id for pool in pools}:
        raise Http404
    context = _told(services.statement(importer, year))
    return render(request, "settlement/statement.html", context)


def _told(made: Statement) -> dict[str, object]:
    """A statement in words and figures for its page."""
    names = words.COMPONENTS
    alone = {str(names[line.component]): line.alone_minor for line in made.lines}
    pooled = {str(names[line.component]): line.pooled_minor for line in made.lines}
    return {
        "statement": made,
        "name": words.name_of(made),
        "headline": words.headline(made),
        "range": words.range_line(made),
        "lines": [(names[line.component], line) for line in made.lines],
        "reasons": words.reasons_of(made),
        "notes": words.notes_of(made),
        "rows": [(row, words.TRUST[row.trust]) for row in made.rows],
        "bars": [Bar(str(words.ALONE), alone), Bar(str(words.POOLED), pooled)],
    }


@access.action("settlement.statement.print")
@require_POST
def print_statement(request: HttpRequest, year: int) -> HttpResponse:
    """Ask for the statement as a PDF; the page shows when it is ready."""
    party = _party(request)
    if year not in queries.years_of(party):
        raise Http404
    papers.order_statement(party, year, language=_language())
    return redirect("settlement:statement", year=year)


@access.action("settlement.statement.view")
@require_safe
def statement_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """The statement as a file, as the books stand now; 404 until it is drawn."""
    job = papers.statement_job(_party(request), year, language=_language())
    if job is None or job.state != Job.State.DONE or job.result is None:
        raise Http404
    response = HttpResponse(documents.content(job.result), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{job.result.filename}"'
    return response


@access.action("settlement.batch.view")
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """The operator's batches, and what waits for the next ones."""
    operator = _party(request)
    context = {"rows": queries.batch_rows(operator), "waiting": queries.waiting_rows(operator)}
    return render(request, "settlement/batches.html", context)


@access.action("settlement.batch.view")
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: the rate against its benchmark, the wires, and everybody's exact share."""
    found = queries.batches_of(_party(request)).select_related("pool")
    shown = get_object_or_404(found, pk=pk)
    payments, shares = queries.payment_rows(shown), queries.share_rows(shown)
    fees = [row.fee_minor for row in payments if row.fee_minor is not None]
    context = {
        "batch": shown,
        "rate": queries.rate_of(shown),
        "conversion": queries.conversion_of(shown),
        "payments": payments,
        "shares": shares,
        "fee_minor": sum(fees) if fees else None,
        "drift_minor": sum(row.drift_minor or 0 for row in shares),
        "steps": _steps(shown),
        **_deposits(shown),
    }
    return render(request, "settlement/batch.html", context)


def _steps(shown: SettlementBatch) -> list[tuple[str, Promise]]:
    """The steps a batch may take now, forward before giving up."""
    allowed = BATCH_STEPS.allowed(shown.state)
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
    """Open the month's batch of a pool and currency, or find it."""
    asked = (request.POST.get("pool", ""), request.POST.get("currency", ""))
    waiting = queries.waiting_rows(_party(request))
    row = next((row for row in waiting if (str(row.pool_id), row.currency) == asked), None)
    if row is None:
        raise Http404
    pool = get_object_or_404(Pool, pk=row.pool_id)
    opened = services.open_batch(pool, row.currency, clock.today())
    return redirect("settlement:batch", pk=opened.pk)


@access.action("settlement.batch.step")
@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a batch one step on, as it stood when the reader saw it."""
    shown = get_object_or_404(queries.batches_of(_party(request)), pk=pk)
    version = whole(request.POST.get("version", ""))
    if step not in words.STEPS or version is None:
        raise Http404
    services.take_step(shown, step, by=request.user, version=version)  # type: ignore[arg-type]
    return redirect("settlement:batch", pk=pk)


@access.action("settlement.deposit.record")
@require_POST
def record_deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """Credit a deposit that reached the bank, for an importer whose deposit is missing."""
    shown = get_object_or_404(queries.batches_of(_party(request)), pk=pk)
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
