"""Pages of the bonded zone: lists and gate passes, written, answered, printed, taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, documents
from core.models import Document, Job, Party, Pool
from core.web.numbers import whole
from core.web.refusals import render_refusal
from customs import services, words, zone_queries
from customs.domain import zone
from customs.forms import PassForm, ShareForm
from customs.models import ZonePaper
from customs.zone_queries import papers_in_view, pools_in_view

MOST_ON_A_LIST = 500


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _paper(request: HttpRequest, pk: int) -> ZonePaper:
    rows = papers_in_view(_party(request)).select_related(
        "pool", "document", "cancellation", "consignment", "gate_pass"
    )
    found: ZonePaper = get_object_or_404(rows, pk=pk)
    return found


def _pool(request: HttpRequest, value: str) -> Pool:
    found: Pool = get_object_or_404(pools_in_view(_party(request)), pk=whole(value))
    return found


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    return response


@access.action("customs.zone.view")
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """Lists and gate passes, newest first, and what waits for one."""
    party, kind = _party(request), request.GET.get("show", zone.LIST)
    if kind not in (zone.LIST, zone.PASS):
        raise Http404
    rows = zone_queries.rows(party, kind, before=whole(request.GET.get("before", "")))
    context = {
        "kind": kind,
        "rows": [(row, words.zone_state(row.state)) for row in rows],
        "older": rows[-1].paper_id if len(rows) == zone_queries.ROWS_ON_A_PAGE else None,
        "arrived": zone_queries.consignments_to_list(party),
        "leaving": zone_queries.leaving(party),
        "pools": pools_in_view(party),
    }
    return render(request, "customs/zone.html", context)


@access.action("customs.zone.write")
@require_POST
def list_in(request: HttpRequest) -> HttpResponse:
    """Write the lists by which a counted consignment enters the account book."""
    wanted = whole(request.POST.get("consignment", ""))
    waiting = zone_queries.consignments_to_list(_party(request))
    found = next((row for row in waiting if row.pk == wanted), None)
    if found is None:
        raise Http404
    made = services.write_entry_lists(found)
    return redirect("customs:zone-paper", pk=made[0].pk)


@access.action("customs.zone.write")
@require_POST
def list_out(request: HttpRequest) -> HttpResponse:
    """Write the list of released parcels of a pool that have left."""
    pool = _pool(request, request.POST.get("pool", ""))
    chosen = zone_queries.declarations_to_list(pool, MOST_ON_A_LIST)
    if not chosen:
        return redirect("customs:zone")
    made = services.write_exit_list(pool, chosen)
    return redirect("customs:zone-paper", pk=made.pk)


@access.action("customs.zone.write")
@require_http_methods(["GET", "HEAD", "POST"])
def new_pass(request: HttpRequest, pool: int) -> HttpResponse:
    """Build a gate pass: approved lists, and the vehicle that carries them."""
    found = _pool(request, str(pool))
    lists = zone_queries.lists_for_a_pass(found)
    form = PassForm(request.POST or None, lists=lists)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.write_gate_pass(found, form.cleaned_data["lists"], form.vehicle)
        except services.ListsNotTogether as refusal:
            refused = render_refusal(refusal)
        else:
            return redirect("customs:zone-paper", pk=made.pk)
    context = {"pool": found, "lists": lists, "form": form, "refusal": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "customs/new_pass.html", context, status=status)


@access.action("customs.zone.write")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Have several vehicles carry one list: what each takes, and what is on none yet."""
    found = _paper(request, pk)
    if found.kind != zone.LIST:
        raise Http404
    goods = zone_queries.shared_goods(found, services.lines_of(found))
    form = ShareForm(request.POST if request.method == "POST" else None, goods=goods)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            services.write_shared_pass(found, form.vehicle, form.units)
        except (
            services.ListsNotTogether,
            services.MoreThanListed,
            services.NothingLoaded,
        ) as refusal:
            refused = render_refusal(refusal)
        else:
            messages.success(request, _("The pass of the vehicle is written."))
            return redirect("customs:share-list", pk=pk)
    context = {
        "paper": found,
        "goods": goods,
        "is_shared_out": not any(row.left for row in goods),
        "vehicles": _vehicles(found),
        "form": form,
        "refusal": refused,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "customs/share_list.html", context, status=status)


def _vehicles(paper: ZonePaper) -> list[tuple[zone_queries.VehiclePart, tuple[str, Any]]]:
    """Vehicles that share a list, with the words of their passes' states."""
    return [(row, words.zone_state(row.state)) for row in zone_queries.vehicles_of(paper)]


@access.action("customs.zone.view")
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper: its state, what was heard of it, its files, and what goes with it."""
    return render(request, "customs/zone_paper.html", _page(_paper(request, pk)))


def _page(found: ZonePaper) -> dict[str, Any]:
    return {
        "paper": found,
        "heard": [
            (fact, words.zone_state(fact.data["state"])) for fact in zone_queries.answers(found)
        ],
        "word": words.zone_state(found.state),
        "printed": documents.find(services.print_key(found)),
        "printing": Job.objects.filter(key=services.print_key(found)).exists(),
        "lists": [(row, words.zone_state(row.state)) for row in zone_queries.lists_on(found)],
        "loads": zone_queries.loads_of(found),
        "vehicles": _vehicles(found),
        "may_share": zone_queries.may_be_shared(found),
        "parcels": found.declarations.count() if found.way == zone.OUT else 0,
        "may_cancel": found.state in zone.OPEN and found.cancellation is None,
        "waits": found.cancellation is not None and found.state != zone.CANCELLED,
    }


@access.action("customs.zone.view")
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper's message for the client of customs."""
    return _document(_paper(request, pk).document)


@access.action("customs.zone.view")
@require_safe
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """The message that asks customs to delete a paper."""
    found = _paper(request, pk).cancellation
    if found is None:
        raise Http404
    return _document(found)


def _document(document: Document) -> HttpResponse:
    return _file(documents.content(document), document.filename, document.media_type)


@access.action("customs.zone.write")
@require_POST
def order_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the print of a paper as it is now; it comes in the background."""
    services.order_print(_paper(request, pk))
    return redirect("customs:zone-paper", pk=pk)


@access.action("customs.zone.view")
@require_safe
def print_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The print of a paper: with its bar code, and for a list in with what travels beside it."""
    found = documents.find(services.print_key(_paper(request, pk)))
    if found is None:
        raise Http404
    return _document(found)


@access.action("customs.zone.write")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a paper back; pressed again it changes nothing."""
    services.cancel_zone_paper(_paper(request, pk))
    messages.success(request, _("The message that takes it back is ready below."))
    return redirect("customs:zone-paper", pk=pk)
