"""Samples: drawn of suspect lots, and judged by the report of who examined them."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from core import access, clock
from core.domain.errors import Refusal
from core.models import Membership, Right
from core.web.refusals import render_refusal
from traceability import labels, sampling
from traceability.forms import FindingForm, SampleForm
from traceability.models import Sample

ACTION = "traceability.samples.draw"
SUSPECTED = timedelta(days=90)


@access.action(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """Lots to draw samples from, and the samples drawn; units are drawn here."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    operator = membership.party
    lots = labels.lots_of(operator)
    asked = {"lot_id": request.GET.get("lot", "")}
    form = SampleForm(request.POST or None, lots=lots, initial=asked)
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid() and (made := _drawn(form, membership)):
            return redirect("sample", pk=made.pk)
    rows = Sample.objects.filter(operator=operator).select_related("lot__product")
    context = {
        "form": form if lots else None,
        "suspects": sampling.suspects(operator, since=clock.now() - SUSPECTED),
        "rows": list(rows.order_by("-pk")[:100]),
    }
    status = 422 if form.errors else 200
    return render(request, "traceability/samples.html", context, status=status)


def _drawn(form: SampleForm, membership: Membership) -> Sample | None:
    by = f"user:{membership.user_id}"
    try:
        units = form.cleaned_data["units"]
        return sampling.draw(form.lot(), units, operator=membership.party, by=by)
    except Refusal as refusal:
        told = render_refusal(refusal)
        form.add_error(None, f"{told.reason} {told.remedy}")
        return None


@access.action(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """One sample; what the examination found is entered here, once."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    rows = Sample.objects.filter(operator_id=membership.party_id).select_related("lot__product")
    found = get_object_or_404(rows, pk=pk)
    form = FindingForm(request.POST or None)
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid():
            sampling.judge(found, by=f"user:{membership.user_id}", **form.said())
            return redirect("sample", pk=pk)
    context = {"sample": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "traceability/sample.html", context, status=status)
