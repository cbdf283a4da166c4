"""The page on which one refused declaration is mended and declared again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import access
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from customs import correction_queries, services, words
from customs.domain.states import REFUSED
from customs.forms import MendForm, field_of
from customs.models import Declaration, DeclarationLine
from customs.services import mending


@dataclass(frozen=True)
class Group:
    """Form fields of the head or of one line, and whether customs named one of them."""

    line: DeclarationLine | None
    fields: Sequence[tuple[BoundField, bool]]


@access.action("customs.batch.declare")
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """One refused declaration: why, what to mend within which limits, before and after, again."""
    party: Party = access.membership_of(request).party  # type: ignore[union-attr]
    rows = correction_queries.declarations_in_view(party).select_related("order__waybill__carrier")
    found: Declaration = get_object_or_404(rows, pk=pk)
    lines = list(correction_queries.lines(found))
    values = mending.values_of(found.order.waybill, lines)
    form = MendForm(request.POST if request.method == "POST" else None, values=values)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            return _mended(request, found, form, values, party)
        except Refusal as refusal:
            refused = render_refusal(refusal)
    page = {**_page(found, form, lines), "refusal": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "customs/mend.html", page, status=status)


def _mended(
    request: HttpRequest, found: Declaration, form: MendForm, values: mending.Values, by: Party
) -> HttpResponse:
    entered = form.values_for(values)
    if "again" in request.POST:
        made = mending.declare_mended(found, entered, by=by)
        return redirect("customs:batch", pk=made.pk)
    mending.mend(found, entered, by=by)
    messages.success(request, _("Noted; it is declared so the next time."))
    return redirect("customs:mend", pk=found.pk)


def _page(found: Declaration, form: MendForm, lines: Sequence[DeclarationLine]) -> dict[str, Any]:
    meaning = words.error(found.error_code)
    answer = correction_queries.latest_refusal(found)
    heads = (mending.HEAD, None, mending.ON_THE_HEAD)
    parts = [heads, *((line.line_no, line, mending.ON_A_LINE) for line in lines)]
    return {
        "declaration": found,
        "is_refused": found.state == REFUSED,
        "meaning": meaning,
        "answered_at": answer.answered_at if answer else None,
        "said": services.words_of(answer) if answer else "",
        "form": form,
        "groups": [
            Group(
                line,
                [
                    (form[field_of(number, each.element)], each.element in meaning.elements)
                    for each in mendable
                ],
            )
            for number, line, mendable in parts
        ],
        "mendings": [
            (row, words.element(row.element)) for row in correction_queries.mendings(found)
        ],
    }
