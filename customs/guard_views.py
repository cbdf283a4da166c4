"""Pages of the guard: orders that are not for personal use, judged and reported to customs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core import access, documents
from core.models import Party
from core.web.refusals import render_refusal
from customs import guard_queries, services
from customs.domain.guard import DISMISS, OPEN, UPHELD, UPHOLD
from customs.forms import JudgeForm
from customs.models import GuardCase


def _party(request: HttpRequest) -> Party:
    return access.membership_of(request).party  # type: ignore[union-attr]


def _case(request: HttpRequest, pk: int) -> GuardCase:
    found: GuardCase = get_object_or_404(guard_queries.cases_in_view(_party(request)), pk=pk)
    return found


@access.action("customs.guard.view")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Cases in view with what speaks for each, and the signs that are looked for."""
    party = _party(request)
    context = {
        "rows": [
            (row, render_refusal(row.said) if row.said else None)
            for row in guard_queries.cases(party)
        ],
        "signs": [
            (render_refusal(said), source) for _code, said, source in guard_queries.signs(party)
        ],
    }
    return render(request, "customs/guard.html", context)


@access.action("customs.guard.judge")
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look for orders that are not for personal use now, and not only tonight."""
    pools = guard_queries.pools_in_view(_party(request))
    found = sum(len(services.look_for_patterns(pool)) for pool in pools)
    said = ngettext("%(count)d new case.", "%(count)d new cases.", found) % {"count": found}
    messages.success(request, said if found else _("Nothing new was found."))
    return redirect("customs:guard")


@access.action("customs.guard.view")
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what speaks for it, its orders with people masked, and the decision."""
    return render(request, "customs/guard_case.html", _page(_case(request, pk), JudgeForm()))


def _page(found: GuardCase, form: JudgeForm) -> dict[str, Any]:
    said = guard_queries.said(found)
    return {
        "case": found,
        "said": render_refusal(said) if said else None,
        "orders": guard_queries.orders_of(found),
        "form": form,
        "is_open": found.state == OPEN,
        "is_upheld": found.state == UPHELD,
    }


@access.action("customs.guard.judge")
@require_POST
def decide(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Dismiss a case or uphold it, with what was found out."""
    found, form = _case(request, pk), JudgeForm(request.POST)
    if action not in (DISMISS, UPHOLD):
        raise Http404
    if not form.is_valid():
        return render(request, "customs/guard_case.html", _page(found, form), status=422)
    services.decide_case(found, action, by=_party(request), reason=form.cleaned_data["reason"])
    return redirect("customs:guard-case", pk=pk)


@access.action("customs.guard.judge")
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the file that tells customs of an upheld case."""
    services.report_case(_case(request, pk))
    return redirect("customs:guard-case", pk=pk)


@access.action("customs.guard.judge")
@require_safe
def report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for customs; people stand there in clear, and who took it is recorded."""
    document = services.hand_over_report(_case(request, pk))
    if document is None:
        raise Http404
    response = HttpResponse(documents.content(document), content_type=document.media_type)
    disposition = content_disposition_header(as_attachment=True, filename=document.filename)
    response["Content-Disposition"] = disposition or "attachment"
    return response
