"""The operator chooses by which measure importers share a charge, and sees what that changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from core import access
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from imports import queries, services, words
from imports.models import Consignment, ConsignmentCharge
from imports.round_views import party_of
from imports.shipping_forms import BasisForm


@dataclass(frozen=True)
class ShareShown:
    """What an importer bears of a charge now, and by the measure that is tried."""

    importer: Party
    now_minor: int
    then_minor: int | None

    @property
    def change_minor(self) -> int:
        """What it would bear more; negative where less."""
        return (self.now_minor if self.then_minor is None else self.then_minor) - self.now_minor


def _charge(request: HttpRequest, pk: int) -> ConsignmentCharge:
    rows = ConsignmentCharge.objects.filter(
        consignment__pool__operator_id=party_of(request).pk
    ).select_related("consignment__pool", "consignment__order")
    return get_object_or_404(rows, pk=pk)


@access.action("imports.charges.share")
@require_http_methods(["GET", "HEAD", "POST"])
def basis(request: HttpRequest, pk: int) -> HttpResponse:
    """A charge with its shares; another basis is tried first, and then chosen."""
    charge = _charge(request, pk)
    measures = queries.measures_of(charge.consignment)
    importers = list(Party.objects.filter(pk__in=measures).order_by("name", "pk"))
    sent = request.POST if request.method == "POST" else request.GET
    form = BasisForm(sent if "basis" in sent else None, charge=charge, importers=importers)
    then: dict[int, int] = {}
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                services.choose_basis(charge, form.basis, manual_parts=form.parts())
                return redirect("imports:order", charge.consignment.order_id)
            then = queries.charge_shares(
                charge, measures, basis=form.basis, manual_parts=form.parts()
            )
        except Refusal as refusal:
            said = render_refusal(refusal)
            form.add_error(None, f"{said.reason} {said.remedy}")
    now = queries.charge_shares(charge, measures)
    context = {
        "charge": charge,
        "kind": words.CHARGES[charge.kind],
        "now_basis": words.BASES[charge.basis],
        "then_basis": words.BASES[form.basis] if then else "",
        "is_open": charge.consignment.state == Consignment.State.DEPARTED,
        "rows": _rows(importers, now, then),
        "form": form,
    }
    return render(request, "imports/charge.html", context, status=422 if form.errors else 200)


def _rows(
    importers: list[Party], now: Mapping[int, int], then: Mapping[int, int]
) -> list[ShareShown]:
    return [ShareShown(each, now[each.pk], then.get(each.pk)) for each in importers]
