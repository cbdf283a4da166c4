"""Pages of counts: the plan, the blind sheet, and what two people found differently."""

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access
from core.domain.errors import Refusal
from core.models import Party, Pool
from core.web.refusals import render_refusal
from warehouse import words, workbooks
from warehouse.domain.counting import Reason
from warehouse.forms import MOST_UNITS
from warehouse.queries import counts as queries
from warehouse.services import counting


class SheetForm(forms.Form):
    """What was counted; the key makes that it is entered once."""

    units = forms.IntegerField(
        label=gettext_lazy("Units on the shelf"),
        help_text=gettext_lazy("Count them all; the books’ number is not shown on purpose."),
        min_value=0,
        max_value=MOST_UNITS,
    )
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=120)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})  # type: ignore[arg-type]


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.count.view")
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """What is to be counted, what two counts found, and what was put right."""
    waiting = queries.waiting_counts(_party(request))
    closed = queries.closed_counts(_party(request))
    if workbooks.is_wanted(request):
        return workbooks.answer("counts", [workbooks.counts(closed)])
    context = {
        "to_count": [row for row in waiting if row.state != "counted"],
        "differing": [row for row in waiting if row.state == "counted"],
        "closed": closed,
        "reasons": [(reason.value, words.REASONS[reason]) for reason in Reason],
    }
    return render(request, "warehouse/counts.html", context)


@access.action("warehouse.count.plan")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Plan the counts that are due in the operator's pools; again plans nothing."""
    pools = Pool.objects.filter(operator_id=_party(request).pk).order_by("pk")
    planned = sum(len(counting.plan_counts(pool)) for pool in pools)
    told = ngettext("%(lots)d lot is to be counted.", "%(lots)d lots are to be counted.", planned)
    messages.success(request, told % {"lots": planned})
    return redirect("warehouse:counts")


@access.action("warehouse.count.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The blind sheet of one lot."""
    found = get_object_or_404(
        queries.counts_of(_party(request)).select_related("lot__product"), pk=pk
    )
    form = SheetForm(request.POST or None, initial={"request_key": uuid4().hex})
    refused = None
    if request.method == "POST" and form.is_valid():
        key = f"sheet:{found.pk}:{form.cleaned_data['request_key']}"
        try:
            counting.enter_count(found, form.cleaned_data["units"], request_key=key)
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            messages.success(request, _("Entered. Thank you."))
            return redirect("warehouse:counts")
    context = {"count": found, "form": form, "refusal": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/count_sheet.html", context, status=status)


@access.action("warehouse.count.approve")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the books right by what two people found, with the reason; or have it counted again."""
    found = get_object_or_404(queries.counts_of(_party(request)), pk=pk)
    reason = request.POST.get("reason", "")
    if reason in set(Reason):
        counting.approve_count(found, Reason(reason))
        messages.success(request, _("The books are put right."))
    else:
        counting.count_again(found)
        messages.success(request, _("The lot is to be counted again."))
    return redirect("warehouse:counts")
