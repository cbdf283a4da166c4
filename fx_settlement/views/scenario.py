"""What other ways of batching would have cost, for the operator."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import access
from core.domain.errors import Refusal
from core.models import Pool
from core.web.charts import Bar, Span
from core.web.refusals import render_refusal
from fx_settlement import queries, services, words
from fx_settlement.domain.scenario import Scenario
from fx_settlement.forms import ScenarioForm
from fx_settlement.services import books
from fx_settlement.views.common import party_of

SHOWN_YEARS = 5


@access.action("settlement.scenario.view")
@require_safe
def scenario(request: HttpRequest) -> HttpResponse:
    """The pool's own payments over a window of rate history, by how they are batched."""
    pools = queries.pools_led_by(party_of(request))
    if not pools:
        return render(request, "settlement/scenario.html", {"form": None})
    first, last = services.default_window(years=SHOWN_YEARS)
    usual = {"pool": pools[0][0], "first": first.isoformat(), "last": last.isoformat()}
    given = usual | {key: value for key, value in request.GET.items() if key in usual}
    form = ScenarioForm(given, pools=pools)
    context: dict[str, object] = {"form": form}
    if not form.is_valid():
        return render(request, "settlement/scenario.html", context, status=422)
    asked = form.cleaned_data
    pool = Pool.objects.filter(pk=asked["pool"]).first()
    if pool is None:
        raise Http404
    try:
        played = services.play_scenario(pool, asked["first"], asked["last"])
    except Refusal as refusal:
        return render(
            request, "settlement/scenario.html", context | {"refusal": render_refusal(refusal)}
        )
    return render(request, "settlement/scenario.html", context | _shown(played))


def _shown(played: Scenario) -> dict[str, object]:
    names = [words.name_of_choice(outcome.choice) for outcome in played.outcomes]
    rows = [
        (name, outcome, played.saved_minor(outcome), outcome.bps(played.saved_minor(outcome)))
        for name, outcome in zip(names, played.outcomes, strict=True)
    ]
    certain = [
        Bar(name, words.certain_parts(outcome.fee_minor, outcome.margin_minor))
        for name, outcome, *_ in rows
    ]
    drift = [
        Span(name, *words.reach(outcome.drift_bps, outcome.drift_sd_bps))
        for name, outcome, *_ in rows[1:]
    ]
    return {
        "played": played,
        "rows": rows,
        "certain": certain,
        "drift": drift,
        "home": books.HOME,
        "drift_names": words.drift_names(),
    }
