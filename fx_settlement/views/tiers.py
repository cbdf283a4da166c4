"""How an importer stands and why: its own page, and the operator's."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.models import Party
from fx_settlement import queries, services, tier_words
from fx_settlement.forms import AnswerAppealForm, AppealForm
from fx_settlement.models import TierAppeal
from fx_settlement.views.common import party_of


@access.action("settlement.tier.view")
@require_safe
def tier(request: HttpRequest) -> HttpResponse:
    """The importer's tier and limit with every reason, earlier reviews, and its appeals."""
    return render(request, "settlement/tier.html", _told(party_of(request), AppealForm()))


def _told(importer: Party, form: AppealForm | None = None) -> dict[str, object]:
    """A standing in words and figures."""
    reviews = queries.reviews_of(importer)
    newest = reviews[0] if reviews else None
    events = [(tier_words.EVENTS[row.event], tier_words.moved(row), row) for row in reviews]
    return {
        "importer": importer,
        "newest": newest,
        "exposure": queries.exposures([importer.pk]).get(importer.pk),
        "reasons": tier_words.reasons_of(newest) if newest else [],
        "bound": tier_words.bound_of(newest) if newest else "",
        "missing": tier_words.missing_for_next(newest) if newest else "",
        "moved": tier_words.moved(newest) if newest else "",
        "events": events,
        "appeals": [row.appeal for row in reviews if hasattr(row, "appeal")],
        "form": form if newest and not hasattr(newest, "appeal") else None,
        "steps": newest.terms.terms().steps if newest else (),
    }


@access.action("settlement.tier.appeal")
@require_POST
def appeal(request: HttpRequest) -> HttpResponse:
    """Say what is wrong about the newest review."""
    importer, form = party_of(request), AppealForm(request.POST)
    reviews = queries.reviews_of(importer)
    if not reviews:
        raise Http404
    if not form.is_valid():
        return render(request, "settlement/tier.html", _told(importer, form), status=422)
    services.appeal(
        reviews[0],
        because=form.cleaned_data["because"],
        by=request.user,  # type: ignore[arg-type]
    )
    messages.success(request, gettext("Your appeal is made; the operator answers it here."))
    return redirect("settlement:tier")


@access.action("settlement.tier.view_any")
@require_safe
def tiers(request: HttpRequest) -> HttpResponse:
    """How the operator's importers stand, their limits, and appeals that wait for an answer."""
    members = queries.members_of(party_of(request))
    context = {"rows": queries.tier_rows(members), "appeals": queries.appeals_of(members)}
    return render(request, "settlement/tiers.html", context)


@access.action("settlement.tier.view_any")
@require_safe
def tier_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The operator's view of how one of its importers stands."""
    context = _told(_member(request, pk)) | {"answer_form": AnswerAppealForm()}
    return render(request, "settlement/tier.html", context)


def _member(request: HttpRequest, pk: int) -> Party:
    if pk not in dict(queries.members_of(party_of(request))):
        raise Http404
    return Party.objects.get(pk=pk)


@access.action("settlement.tier.answer")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant an appeal or decline it, for a reason that the importer reads."""
    made = get_object_or_404(TierAppeal, pk=pk)
    importer = _member(request, made.importer_id)
    form = AnswerAppealForm(request.POST)
    if not form.is_valid():
        context = _told(importer) | {"answer_form": form}
        return render(request, "settlement/tier.html", context, status=422)
    services.answer_appeal(
        made,
        grants=form.cleaned_data["verdict"] == "grant",
        answer=form.cleaned_data["answer"],
        by=request.user,  # type: ignore[arg-type]
    )
    messages.success(request, gettext("The importer reads the answer on its page."))
    return redirect("settlement:tier-of", pk=importer.pk)
