"""Pages of inspections: granting them, what an office sees, and the times of release."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, facts
from core.models import Party
from core.web.numbers import whole
from core.web.refusals import render_refusal
from customs import inspection_queries, words
from customs.domain.credit import NO_RETURN_CENTRE, GradeBeforeMeasures
from customs.forms import GradeForm, GrantForm, PackForm
from customs.inspection_queries import PartnerRow, StockRow
from customs.models import InspectionGrant
from customs.services import crediting, inspecting
from warehouse.words import PLACES

Seen = Callable[..., HttpResponse]


def _party(request: HttpRequest) -> Party:
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("customs.inspection.grant")
@require_http_methods(["GET", "HEAD", "POST"])
def inspections(request: HttpRequest) -> HttpResponse:
    """Who may look into a pool and until when, and a form that lets an office look."""
    operator = _party(request)
    form = GrantForm(request.POST if request.method == "POST" else None, operator=operator)
    if form.is_valid():
        said = form.cleaned_data
        inspecting.grant(said["pool"], office=said["office"], days=said["days"], by=operator)
        return redirect("customs:inspections")
    now = clock.now()
    rows = [
        (
            row,
            request.build_absolute_uri(
                reverse("inspection:overview", args=[inspecting.token(row)])
            ),
            row.ended_at is None and row.valid_before > now,
        )
        for row in inspection_queries.grants(operator)
    ]
    status = 422 if form.errors else 200
    grading = GradeForm(parties=inspection_queries.gradable(operator))
    context = {"form": form, "rows": rows, "grading": grading}
    return render(request, "customs/inspections.html", context, status=status)


@access.action("customs.inspection.grant")
@require_POST
def note_grade(request: HttpRequest) -> HttpResponse:
    """Note the credit grade that customs gives a partner of the operator's pools."""
    operator = _party(request)
    form = GradeForm(request.POST, parties=inspection_queries.gradable(operator))
    if form.is_valid():
        said = form.cleaned_data
        try:
            crediting.note_grade(
                said["party"], said["grade"], said["since"], source=said["source"], by=operator
            )
        except GradeBeforeMeasures as refusal:
            told = render_refusal(refusal)
            form.add_error("since", f"{told.reason} {told.remedy}")
        else:
            messages.success(request, _("The grade is noted; offices see it beside the partner."))
            return redirect("customs:inspections")
    context = {"form": GrantForm(operator=operator), "rows": [], "grading": form}
    return render(request, "customs/inspections.html", context, status=422)


@access.action("customs.inspection.grant")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a grant at once."""
    inspecting.end(get_object_or_404(inspection_queries.grants(_party(request)), pk=pk))
    return redirect("customs:inspections")


def seen_as(page: str) -> Callable[[Seen], Callable[..., HttpResponseBase]]:
    """Guard a page of a grant: the link speaks for itself, and each look is written down."""

    def guard(view: Seen) -> Callable[..., HttpResponseBase]:
        @access.public
        @require_safe
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            granted = inspecting.look(token, page)
            with inspecting.as_office(granted):
                return view(request, granted, token=token, **kwargs)

        return guarded

    return guard


def _page(granted: InspectionGrant, token: str, **more: Any) -> dict[str, Any]:
    return {"granted": granted, "token": token, "pool": granted.pool, **more}


@seen_as("overview")
def overview(request: HttpRequest, granted: InspectionGrant, *, token: str) -> HttpResponse:
    """The account book beside the shelves, the partners' standing, and the evidence to take."""
    context = _page(
        granted,
        token,
        book=inspection_queries.book(granted.pool),
        partners=[
            (row, words.GRADES[row.credit.grade] if row.credit else None, _bar(row))
            for row in inspection_queries.partners(granted.pool, clock.today())
        ],
        head=facts.head(),
        form=PackForm(initial={"first": clock.today().replace(day=1), "last": clock.today()}),
        now=clock.now(),
    )
    return render(request, "customs/inspection.html", context)


def _bar(row: PartnerRow) -> bool:
    """Whether the grade keeps a partner from running a return centre."""
    return row.credit is not None and row.credit.grade in NO_RETURN_CENTRE


@seen_as("stock")
def stock(request: HttpRequest, granted: InspectionGrant, *, token: str) -> HttpResponse:
    """What lies in the pool now, lot by lot."""
    rows = _placed(inspection_queries.stock(granted.pool))
    context = _page(granted, token, rows=rows, now=clock.now())
    return render(request, "customs/inspection_stock.html", context)


def _placed(rows: Iterable[StockRow]) -> list[tuple[StockRow, str]]:
    """Rows of stock with the words of their places."""
    return [(row, str(PLACES[row.place])) for row in rows]


@seen_as("lot")
def lot(request: HttpRequest, granted: InspectionGrant, *, token: str, pk: int) -> HttpResponse:
    """The trail of one lot of the pool."""
    number = inspection_queries.lot_number(granted.pool, pk)
    if number is None:
        raise Http404
    rows = _placed(row for row in inspection_queries.stock(granted.pool) if row.lot_id == pk)
    trail = inspection_queries.trail([f"lot:{pk}"])
    context = _page(granted, token, rows=rows, trail=trail, lot=number)
    return render(request, "customs/inspection_lot.html", context)


@seen_as("declarations")
def declarations(request: HttpRequest, granted: InspectionGrant, *, token: str) -> HttpResponse:
    """Declarations of the pool, or those of a number."""
    number = request.GET.get("number", "").strip()[:60]
    before = whole(request.GET.get("before", ""))
    rows = inspection_queries.declarations(granted.pool, number=number, before=before)
    is_full = len(rows) == inspection_queries.ROWS_ON_A_PAGE
    older = rows[-1].declaration_id if is_full else None
    context = _page(granted, token, rows=rows, number=number, older=older)
    return render(request, "customs/inspection_declarations.html", context)


@seen_as("declaration")
def declaration(
    request: HttpRequest, granted: InspectionGrant, *, token: str, pk: int
) -> HttpResponse:
    """One declaration: its lines, every answer of customs, and its trail in the log."""
    found = inspection_queries.declaration(granted.pool, pk)
    if found is None:
        raise Http404
    context = _page(
        granted,
        token,
        declaration=found,
        lines=found.lines.order_by("line_no"),
        answers=[
            (row, words.status(row.status), words.error(row.error_code))
            for row in inspection_queries.answers(found)
        ],
        trail=inspection_queries.trail(inspection_queries.subjects_of(found)),
    )
    return render(request, "customs/inspection_declaration.html", context)


@seen_as("release-times")
def office_times(request: HttpRequest, granted: InspectionGrant, *, token: str) -> HttpResponse:
    """Release times of the pool by importer and code."""
    context = _page(granted, token, rows=inspection_queries.times([granted.pool]))
    return render(request, "customs/inspection_times.html", context)


@seen_as("evidence")
def evidence(request: HttpRequest, granted: InspectionGrant, *, token: str) -> HttpResponse:
    """The evidence of some days as one ZIP."""
    form = PackForm(request.GET)
    if not form.is_valid():
        raise Http404
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    content = inspecting.evidence(granted.pool, first, last)
    name = f"evidence-{granted.pool.code}-{first:%Y%m%d}-{last:%Y%m%d}.zip"
    return _file(content, "application/zip", name)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
