"""The page on which accepted entries of consignments are written down."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import access, clock
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from customs import entry_queries
from customs.forms import EntryForm
from customs.services.entries import accept_entry


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("customs.entry.view")
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Consignments that arrived, those whose entry is missing first."""
    return _shown(request)


def _shown(
    request: HttpRequest,
    *,
    form: EntryForm | None = None,
    refusal: object = None,
    status: int = 200,
) -> HttpResponse:
    rows = entry_queries.entry_rows(_party(request))
    context = {
        "rows": rows,
        "form": form or EntryForm(),
        "refusal": refusal,
        "today": clock.today().isoformat(),
    }
    return render(request, "customs/entries.html", context, status=status)


@access.action("customs.entry.accept")
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the entry that customs accepted for a consignment."""
    consignment = get_object_or_404(entry_queries.consignments_in_view(_party(request)), pk=pk)
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _shown(request, form=form, status=422)
    try:
        accept_entry(consignment, form.cleaned_data["number"], on=form.cleaned_data["on"])
    except Refusal as refusal:
        return _shown(request, refusal=render_refusal(refusal), status=422)
    messages.success(request, _("The entry is noted; payments for these goods name it."))
    return redirect("customs:entries")
