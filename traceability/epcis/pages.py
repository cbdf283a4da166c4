"""The page on which people see what programs sent to the repository."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import access
from core.models import Membership
from traceability.epcis.capture import MOST_BYTES, MOST_EVENTS
from traceability.epcis.overview import overview


@access.action("traceability.repository.see")
@require_safe
def captures(request: HttpRequest) -> HttpResponse:
    """Captures with their faults, and what is watched."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    context = {
        "found": overview(membership),
        "limit_events": MOST_EVENTS,
        "limit_megabytes": MOST_BYTES // 1024**2,
    }
    return render(request, "traceability/captures.html", context)
