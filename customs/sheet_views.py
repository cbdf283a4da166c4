"""Pages on which an importer sends a sheet of orders: upload, look, then have them taken."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, sheets
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal, render_stored
from customs import services
from customs.domain.order_columns import TEMPLATE_HEADINGS
from customs.forms import OrdersForm
from customs.models import OrderSheet

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_SHOWN = 100


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _sheet(request: HttpRequest, pk: int) -> OrderSheet:
    """A sheet of the reader's own party; anybody else gets 404."""
    rows = OrderSheet.objects.filter(importer_id=_party(request).pk)
    found: OrderSheet = get_object_or_404(rows.select_related("job", "pool", "importer"), pk=pk)
    return found


@access.action("customs.order.upload")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a sheet in and show what it holds; no order is taken yet."""
    form = OrdersForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, pool = form.cleaned_data["file"], form.cleaned_data["pool"]
        try:
            kept = services.receive_sheet(_party(request), pool, file.name, file.read())
        except Refusal as refusal:
            said = render_refusal(refusal)
            form.add_error("file", f"{said.reason} {said.remedy}")
        else:
            return redirect("customs:order-sheet", pk=kept.pk)
    status = 422 if form.errors else 200
    return render(request, "customs/upload_orders.html", {"form": form}, status=status)


@access.action("customs.order.upload")
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The sheet to fill in."""
    if kind not in KINDS:
        raise Http404
    if kind == "csv":
        content = sheets.write_csv(TEMPLATE_HEADINGS, [])
    else:
        content = sheets.write_xlsx([sheets.SheetOut("保税订单", TEMPLATE_HEADINGS, [])])
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="orders.{kind}"'
    return response


@access.action("customs.order.upload")
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: what is wrong in which cell, or the orders that it would take."""
    found = _sheet(request, pk)
    rows = services.preview(found)
    context = {
        "sheet": found,
        "faults": [
            {**error, "said": render_stored(error["code"], error["params"])}
            for error in found.errors
        ],
        "rows": rows[:MOST_SHOWN],
        "units": sum(row.units for row in rows),
        "tax_minor": sum(row.tax_minor for row in rows),
        "paid_minor": sum(row.paid_minor for row in rows),
    }
    return render(request, "customs/order_sheet.html", context)


@access.action("customs.order.upload")
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a sheet is taken; the page is loaded anew when it is done."""
    found = _sheet(request, pk)
    response = render(request, "customs/parts/taking.html", {"sheet": found})
    if found.state != OrderSheet.State.RUNNING:
        response["HX-Refresh"] = "true"
    return response


@access.action("customs.order.upload")
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the orders of a sheet taken."""
    services.take_sheet(_sheet(request, pk))
    return redirect("customs:order-sheet", pk=pk)
