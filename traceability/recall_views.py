"""Recalls as operators open them and importers answer them, and the report for customs."""

import csv

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock
from core.domain.errors import Refusal
from core.models import Membership, Pool, Right
from core.models.party import Role
from core.web.refusals import render_refusal
from traceability import labels
from traceability import recalls as services
from traceability.forms import RecallForm
from traceability.models import Recall, RecallNotice


@access.action("traceability.recall.see")
@require_http_methods(["GET", "HEAD", "POST"])
def recalls(request: HttpRequest) -> HttpResponse:
    """The recalls that concern the reader; an operator opens one here."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    is_operator = membership.role == Role.OPERATOR
    if request.method == "POST" and not is_operator:
        raise Http404
    asked = {name: request.GET.get(name, "") for name in ("gtin", "lot")}
    form = RecallForm(request.POST or None, initial=asked) if is_operator else None
    if form is not None and request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid() and (opened := _open(form, membership)):
            return redirect("recall", pk=opened.pk)
    rows = _in_view(membership).select_related("product", "lot").order_by("-opened_at")[:100]
    context = {"form": form, "rows": list(rows)}
    status = 422 if form is not None and form.errors else 200
    return render(request, "traceability/recalls.html", context, status=status)


def _open(form: RecallForm, membership: Membership) -> Recall | None:
    """Open a recall in the operator's pool; a refusal is shown above the form."""
    pool = Pool.objects.filter(operator_id=membership.party_id).order_by("pk").first()
    if pool is None:
        raise Http404
    said = form.cleaned_data
    try:
        return services.open_recall(
            pool,
            said["gtin"],
            said["reason"],
            number=said["number"] or f"RC-{clock.now():%Y%m%d%H%M%S}",
            lot_number=said["lot"],
            unit_codes=labels.codes_named(membership.party, said["codes"].splitlines()),
        )
    except Refusal as refusal:
        told = render_refusal(refusal)
        form.add_error(None, f"{told.reason} {told.remedy}")
        return None


@access.action("traceability.recall.see")
@require_safe
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """One recall: an operator sees its effect, an importer its own line."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    found = _found(membership, pk)
    is_operator = membership.role == Role.OPERATOR
    context = {
        "recall": found,
        "effect": services.effect(found) if is_operator else None,
        "told": services.told(found),
    }
    return render(request, "traceability/recall.html", context)


@access.action("traceability.recall.open")
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report for customs: one line per importer, and the totals."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    found = _found(membership, pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recall-{found.pk}.csv"'
    response.write("\ufeff")
    out = csv.writer(response)
    out.writerow(["recall", "gtin", "lot", "importer", "held", "sold", "acknowledged_at"])
    lot = found.lot.number if found.lot else ""
    for line in services.told(found):
        at = line.acknowledged_at.isoformat() if line.acknowledged_at else ""
        name = line.importer_zh or line.importer
        safe = f"'{name}" if name[:1] in "=+-@\t\r" else name
        figures = [line.held_units, line.sold_units, at]
        out.writerow([found.number, found.product.gtin, lot, safe, *figures])
    return response


@access.action("traceability.recall.acknowledge")
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """An importer confirms that it knows of a recall."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    notice = RecallNotice.objects.filter(recall_id=pk).first()
    if notice is None:
        raise Http404
    access.need(membership, Right.MANAGE)
    services.acknowledge(notice, by=f"user:{membership.user_id}")
    return redirect("recall", pk=pk)


def _in_view(membership: Membership) -> QuerySet[Recall]:
    """Recalls of the operator's pools, or those that an importer was told of."""
    if membership.role == Role.OPERATOR:
        return Recall.objects.filter(pool__operator_id=membership.party_id)
    return Recall.objects.filter(notices__importer_id=membership.party_id)


def _found(membership: Membership, pk: int) -> Recall:
    rows = _in_view(membership).select_related("product", "lot", "pool")
    found: Recall | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
