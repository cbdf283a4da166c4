"""The month's end, for the operator: what it would post, what it posted, and closing it."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core import access, clock
from core.domain.calendar import add_months
from core.domain.errors import Refusal
from core.models import ClosedMonth, Party
from core.web import locale
from core.web.refusals import render_refusal
from fx_settlement import queries, services
from fx_settlement.services import books
from fx_settlement.views.common import party_of


@access.action("settlement.month.view")
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """The month that is closed next, what its end would post, and those that are closed."""
    operator = party_of(request)
    context = {"rows": queries.closed_months(), "home": books.HOME, **_next(operator)}
    return render(request, "settlement/months.html", context)


def _next(operator: Party) -> dict[str, object]:
    """What is closed next; a refusal where its end cannot be valued."""
    month = services.next_month()
    if month is None:
        return {"next": None}
    may_close = clock.today() >= add_months(month, 1)
    told: dict[str, object] = {"next": month, "may_close": may_close}
    if not may_close:
        return told
    try:
        found, _ = services.month_end(month)
    except Refusal as refusal:
        return told | {"refusal": render_refusal(refusal), "may_close": False}
    return told | {
        "unrealised_minor": sum(each.unrealised_minor for each in found.values()),
        "realised_minor": sum(each.realised_minor for each in found.values()),
        "still_open": queries.still_open(operator),
    }


@access.action("settlement.month.view")
@require_safe
def month(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """What a closed month tells of each importer."""
    first = _month(year, number)
    closed = get_object_or_404(ClosedMonth, month=first)
    context = {
        "closed": closed,
        "rows": queries.differences_in(first, party_of(request)),
        "home": books.HOME,
    }
    return render(request, "settlement/month.html", context)


def _month(year: int, number: int) -> date:
    try:
        return date(year, number, 1)
    except ValueError as error:
        raise Http404 from error


@access.action("settlement.month.close")
@require_POST
def close(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Close a month for good."""
    first = _month(year, number)
    services.close_month(first, by=request.user)  # type: ignore[arg-type]
    said = gettext("%(month)s is closed; what comes late counts in the open month.")
    messages.success(request, said % {"month": locale.month(first)})
    return redirect("settlement:months")
