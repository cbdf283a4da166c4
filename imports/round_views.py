"""The operator's page of a round: how it fills, how it was bought, and its orders."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock
from core.domain.errors import Refusal
from core.models import Job, Party, Pool
from core.web.refusals import render_refusal
from imports import queries, services, words
from imports.domain.scoring import Accuracy
from imports.forms import DepartureForm, TermsForm
from imports.models import PlanningTerms, Round


def party_of(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def round_of(request: HttpRequest, pk: int) -> Round:
    """A round of the operator's pools; else not found."""
    rows = Round.objects.filter(pool__operator_id=party_of(request).pk)
    return get_object_or_404(rows.select_related("pool"), pk=pk)


@access.action("imports.rounds.see")
@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: what importers ask for in its months, how it was bought, and its orders."""
    found = round_of(request, pk)
    asks = queries.asks_of(found)
    context = {
        "round": found,
        "orders": queries.orders_of(found),
        "asked": sum(ask.units for ask in asks),
        "importers": len({ask.importer_id for ask in asks}),
        "products": len({ask.product_id for ask in asks}),
        "plan": queries.plan_record(found),
        "buy_ups": queries.buy_ups_of(found),
        "tried": queries.buy_ups_tried(found),
        "members": _members(found),
        "job": _job_shown(request, found),
        "state": services.state_on(found, clock.today()),
        "surplus": [(row, words.SURPLUS[row.surplus_cause]) for row in queries.surplus_of(found)],
    }
    return render(request, "imports/round.html", context)


def _job_shown(request: HttpRequest, found: Round) -> Job | None:
    """The consolidation in the background: while it lasts, and once to who watched its end."""
    job = services.consolidation_job(found)
    is_watched = request.headers.get("HX-Request") == "true"
    return job if job and (job.state != Job.State.DONE or is_watched) else None


def _members(found: Round) -> list[tuple[queries.MemberRow, str, Accuracy | None]]:
    """The importers of a round, where each stands, and how near its plans came before."""
    rows = queries.members_of(found)
    kept = queries.plans_kept(clock.today(), [row.importer_id for row in rows])
    return [(row, str(words.STANDINGS[row.state]), kept.get(row.importer_id)) for row in rows]


@access.action("imports.rounds.see")
@require_safe
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """What a round still misses to packs, tiers and containers, and who could top up."""
    found = round_of(request, pk)
    is_open = services.state_on(found, clock.today()) in (Round.State.OPEN, Round.State.FILLING)
    context = {
        "round": found,
        "rows": services.fill_of(found) if is_open else [],
        "containers": services.containers_of(found) if is_open else [],
    }
    return render(request, "imports/fill.html", context)


@access.action("imports.rounds.see")
@require_safe
def benefit(request: HttpRequest) -> HttpResponse:
    """What pooling saves in safety stock, as demand really moved."""
    return render(request, "imports/benefit.html", {"benefit": services.pooling_benefit()})


@access.action("imports.rounds.run")
@require_POST
def start_filling(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the fill phase now."""
    services.start_filling(round_of(request, pk))
    return redirect("imports:round", pk)


@access.action("imports.rounds.run")
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock the round now."""
    services.lock_round(round_of(request, pk))
    return redirect("imports:round", pk)


@access.action("imports.rounds.run")
@require_http_methods(["GET", "HEAD", "POST"])
def departures(request: HttpRequest) -> HttpResponse:
    """Who left the operator's newest pool; a form takes another importer out of it."""
    pool = Pool.objects.filter(operator_id=party_of(request).pk).order_by("-year", "-pk").first()
    if pool is None:
        raise Http404
    importers = Party.objects.filter(kind=Party.Kind.IMPORTER).order_by("name")
    form = DepartureForm(
        request.POST or None, importers=importers.exclude(pk__in=queries.departed(pool.pk))
    )
    if request.method == "POST" and form.is_valid():
        services.depart(form.cleaned_data["importer"], pool, form.cleaned_data["cause"])
        return redirect("imports:departures")
    context = {"form": form, "pool": pool, "rows": _departures(pool)}
    return render(request, "imports/departures.html", context, status=422 if form.errors else 200)


@access.action("imports.rounds.run")
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """By which rules the operator's newest pool plans; a form sets others from a day on."""
    pool = Pool.objects.filter(operator_id=party_of(request).pk).order_by("-year", "-pk").first()
    if pool is None:
        raise Http404
    now = PlanningTerms.objects.on(pool, clock.today())
    form = TermsForm(request.POST or None, now=now, day=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            services.set_terms(pool, **form.cleaned_data)
        except Refusal as refusal:
            said = render_refusal(refusal)
            form.add_error("valid_from", f"{said.reason} {said.remedy}")
        else:
            return redirect("imports:terms")
    rows = list(PlanningTerms.objects.filter(pool=pool).order_by("-valid_from")) or [now]
    context = {"pool": pool, "rows": rows, "now": now, "form": form}
    return render(request, "imports/terms.html", context, status=422 if form.errors else 200)


def _departures(pool: Pool) -> list[tuple[queries.DepartureRow, str]]:
    return [(row, str(words.DEPARTURES[row.cause])) for row in queries.departures_of(pool)]


@access.action("imports.rounds.run")
@require_POST
def consolidate(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn the plans of the round's months into draft orders; of a large round by a worker."""
    found = round_of(request, pk)
    if services.is_large(found):
        services.order_consolidation(found)
    else:
        services.consolidate_round(found)
    return redirect("imports:round", pk)


@access.action("imports.rounds.run")
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Place the round's draft orders today."""
    services.place_orders(round_of(request, pk))
    return redirect("imports:round", pk)
