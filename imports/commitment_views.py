"""The importer's rounds: what it is bound to, what is still open, and what each change does."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, documents
from core.models import Job
from imports import certificate_words as told
from imports import queries, services, words
from imports.domain.filling import Filling
from imports.forms import LineForm, TopUpForm
from imports.models import Round
from imports.queries import CommitmentRow
from imports.round_views import party_of


@dataclass(frozen=True)
class OwnLine:
    """A line of an importer with what the pool misses of the product, and its own gain."""

    row: CommitmentRow
    filling: Filling[int] | None
    gain_minor: int

    @property
    def most_units(self) -> int:
        """Units that the importer could take now."""
        missing = self.filling.missing_units if self.filling else 0
        return min(missing, self.row.tolerance_units)


def _round(request: HttpRequest, pk: int) -> Round:
    """A round that concerns the reader; else not found."""
    rows = queries.rounds_of_pools(party_of(request)).select_related("pool")
    return get_object_or_404(rows, pk=pk)


def _line(request: HttpRequest, round_: Round, product: int) -> CommitmentRow:
    for row in queries.commitments_of(round_, party_of(request)):
        if row.product_id == product:
            return row
    raise Http404


@access.action("imports.plan.see")
@require_safe
def own_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that buy for the importer, with their days."""
    return render(
        request, "imports/own_rounds.html", {"rows": queries.own_rounds(party_of(request))}
    )


@access.action("imports.plan.see")
@require_safe
def own_round(request: HttpRequest, pk: int) -> HttpResponse:
    """What the importer is bound to in a round, what the pool misses, and what it would gain."""
    found, party = _round(request, pk), party_of(request)
    rows = queries.commitments_of(found, party)
    state = services.state_on(found, clock.today())
    is_open = state in (Round.State.OPEN, Round.State.FILLING)
    fills = services.own_fillings(found, party) if is_open and rows else {}
    found_lines = [OwnLine(row, *fills.get(row.product_id, (None, 0))) for row in rows]
    lines = sorted(found_lines, key=lambda line: (not line.most_units, not line.gain_minor))
    context = {
        "round": found,
        "state": state,
        "lines": lines,
        "units": sum(row.units for row in rows),
        "limit": services.limit_of(party),
        "may_revise": state == Round.State.OPEN and found.submitted_at is not None,
        "may_top_up": is_open and found.submitted_at is not None,
        "standing": next(
            (each.standing for each in queries.own_rounds(party) if each.round_id == found.pk), ""
        ),
    }
    return render(request, "imports/own_round.html", context)


@access.action("imports.commitment.change")
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, pk: int, product: int) -> HttpResponse:
    """Change a submitted line: what that does to the pool is shown before it is saved."""
    found = _round(request, pk)
    row = _line(request, found, product)
    low, high = services.band_of(found).limits(row.submitted_units)
    asked = request.POST or (request.GET if "units" in request.GET else None)
    form = LineForm(asked, initial={"units": row.units, "tolerance_units": row.tolerance_units})
    context = {"round": found, "row": row, "form": form, "low": low, "high": high}
    if form.is_bound and form.is_valid():
        if request.method == "POST":
            services.revise(party_of(request), found, product, **form.cleaned_data)
            messages.success(request, _("The line is changed."))
            return redirect("imports:own_round", pk)
        context["effect"] = services.effect_of(
            found, party_of(request), product, **form.cleaned_data
        )
    return render(request, "imports/line.html", context, status=422 if form.errors else 200)


@access.action("imports.commitment.change")
@require_POST
def top_up(request: HttpRequest, pk: int, product: int) -> HttpResponse:
    """Take units of the own tolerance for good."""
    found, form = _round(request, pk), TopUpForm(request.POST)
    _line(request, found, product)
    if not form.is_valid():
        messages.error(request, _("Enter how many units more you take."))
    else:
        services.top_up(party_of(request), found, product, **form.cleaned_data)
        messages.success(request, _("The units are yours; the pool misses fewer."))
    return redirect("imports:own_round", pk)


@access.action("imports.commitment.change")
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Commit to a round that was submitted before the importer joined the pool."""
    lines = services.join_round(party_of(request), _round(request, pk))
    messages.success(request, _("%(lines)d lines are committed.") % {"lines": lines})
    return redirect("imports:own_round", pk)


def _language() -> str:
    return get_language() or "en"


@access.action("imports.plan.see")
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """What the importer pays of a round, what alone would cost, and the proof."""
    found, party = _round(request, pk), party_of(request)
    made = services.certificate(found, party)
    if made is None:
        raise Http404
    rows = made.carriage.rows if made.carriage else ()
    context = {
        "round": found,
        "made": made,
        "name": told.name_of(made),
        "headline": told.headline(made),
        "rules": told.rule(made),
        "sum_check": told.sum_check(made),
        "carriage_note": told.carriage_note(made),
        "rows": [(row, words.TRUST[row.trust]) for row in rows],
        "job": services.certificate_job(found, party, language=_language()),
    }
    return render(request, "imports/certificate.html", context)


@access.action("imports.certificate.print")
@require_POST
def print_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the certificate as a PDF; the page shows when it is ready."""
    found, party = _round(request, pk), party_of(request)
    if queries.share_of(found, party) is None:
        raise Http404
    services.order_certificate(found, party, language=_language())
    return redirect("imports:certificate", pk)


@access.action("imports.plan.see")
@require_safe
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate as a file; not found until it is drawn."""
    found = _round(request, pk)
    job = services.certificate_job(found, party_of(request), language=_language())
    if job is None or job.state != Job.State.DONE or job.result is None:
        raise Http404
    response = HttpResponse(documents.content(job.result), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{job.result.filename}"'
    return response
