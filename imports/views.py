"""The importer's plan and orders; the operator's rounds, purchase orders and consignments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, sheets
from core.models import Party, Pool
from core.web import charts
from imports import queries, services, words
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.domain.tariffs import RowUsed
from imports.forms import DayForm, RoundForm
from imports.models import Consignment, PurchaseOrder

SHEET_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    is_year = asked.isascii() and asked.isdigit() and len(asked) == 4
    return int(asked) if is_year else queries.year_in_view()


# the importer


@access.action("imports.plan.see")
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The importer's current plan: products by twelve months, and the latest uploads."""
    year = _year(request)
    rows = queries.plan_of(_party(request), year)
    context = {
        "year": year,
        "years": _years(),
        "months": range(1, 13),
        "rows": rows,
        "total": sum(row.total_units for row in rows),
        "series": _series(rows),
        "uploads": queries.uploads_of(_party(request)),
    }
    return render(request, "imports/plan.html", context)


def _series(rows: Sequence[queries.PlanRow]) -> list[charts.Series]:
    """The plan of all products, month by month."""
    by_month = [sum(row.months[month] for row in rows) for month in range(12)]
    return [charts.Series(_("Plan"), by_month)]


def _years() -> list[int]:
    """The years that can be planned: the one in view and the next."""
    year = queries.year_in_view()
    return [year, year + 1]


@access.action("imports.plan.see")
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The sheet to fill in: every eligible product with the current plan; it re-imports as is."""
    if kind not in SHEET_KINDS:
        raise Http404
    year = _year(request)
    rows = services.template_rows(_party(request), year)
    if kind == "csv":
        content = sheets.write_csv(TEMPLATE_HEADINGS, rows)
    else:
        content = sheets.write_xlsx([sheets.SheetOut(str(year), TEMPLATE_HEADINGS, rows)])
    response = HttpResponse(content, content_type=SHEET_KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="forecast-{year}.{kind}"'
    return response


@access.action("imports.plan.see")
@require_safe
def own_orders(request: HttpRequest) -> HttpResponse:
    """The importer's part of every order of the pool."""
    context = {"rows": queries.own_orders(_party(request))}
    return render(request, "imports/own_orders.html", context)


# the operator


def _pools(request: HttpRequest) -> list[Pool]:
    return list(Pool.objects.filter(operator_id=_party(request).pk).order_by("-year", "pk"))


def _order(request: HttpRequest, pk: int) -> PurchaseOrder:
    rows = PurchaseOrder.objects.filter(round__pool__operator_id=_party(request).pk)
    return get_object_or_404(rows.select_related("round", "supplier"), pk=pk)


@access.action("imports.rounds.see")
@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the operator's pools; a form opens the next one in the newest pool."""
    pools = _pools(request)
    form = RoundForm(request.POST or None)
    if request.method == "POST" and pools and form.is_valid():
        opened = services.open_round(pools[0], **form.opening)
        return redirect("imports:round", opened.pk)
    context = {"rounds": queries.rounds(pools), "form": form, "pools": pools}
    return render(request, "imports/rounds.html", context, status=422 if form.errors else 200)


@access.action("imports.orders.see")
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One purchase order: lines, whose they are, its consignments and their charges."""
    found = _order(request, pk)
    lines = [(row, words.SURPLUS[row.surplus_cause]) for row in queries.order_lines(found.pk)]
    consigned = list(Consignment.objects.filter(order=found).order_by("number"))
    travels = [(one, words.MODES[one.mode], _charges(one)) for one in consigned]
    context = {
        "order": queries.order_row(found.pk),
        "round": found.round,
        "lines": lines,
        "owners": queries.owners_of(found.pk),
        "consignments": travels,
        "form": DayForm(day=clock.today()),
    }
    return render(request, "imports/order.html", context)


@dataclass(frozen=True)
class ChargeShown:
    """A charge with the tariff row behind it, in words."""

    charge: queries.ChargeRow
    kind: str
    basis: str
    row: RowUsed
    trust: str


def _charges(consignment: Consignment) -> dict[str, Any]:
    rows, behind = queries.charges_of(consignment), queries.rows_behind(consignment)
    return {
        "rows": [_shown(charge, behind[charge.tariff_key]) for charge in rows],
        "total_minor": sum(row.amount_cny_minor for row in rows),
        "minimums_minor": sum(row.amount_cny_minor - row.at_rate_cny_minor for row in rows),
        "fixed_minor": sum(row.amount_cny_minor for row in rows if row.is_fixed),
    }


def _shown(charge: queries.ChargeRow, row: RowUsed) -> ChargeShown:
    kind, basis = str(words.CHARGES[charge.kind]), str(words.BASES[charge.basis])
    return ChargeShown(charge, kind, basis, row, str(words.TRUST[row.trust]))


@access.action("imports.rounds.run")
@require_POST
def ship(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a placed order on its way on a day."""
    found, form = _order(request, pk), DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the day as year, month and day."))
    else:
        services.ship_order(found, departed_on=form.cleaned_data["on"])
    return redirect("imports:order", pk)


@access.action("imports.rounds.run")
@require_POST
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a consignment reached the pool's port."""
    rows = Consignment.objects.filter(pool__operator_id=_party(request).pk)
    found, form = get_object_or_404(rows, pk=pk), DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the day as year, month and day."))
    else:
        services.arrive(found, on=form.cleaned_data["on"])
    return redirect("imports:order", found.order_id)
