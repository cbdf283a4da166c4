"""Label batches: ordered, watched, printed, applied and voided by the operator."""

from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access
from core.domain.errors import Refusal
from core.models import Membership, Right
from core.web.refusals import render_refusal
from traceability import label_sheets, labels
from traceability.forms import LabelForm, LabelRangeForm
from traceability.models import LabelBatch

T = TypeVar("T")
ACTION = "traceability.labels.order"


def _membership(request: HttpRequest) -> Membership:
    return request.membership  # type: ignore[attr-defined, no-any-return]


def _found(request: HttpRequest, pk: int) -> LabelBatch:
    rows = LabelBatch.objects.select_related("lot__product", "job")
    operator = _membership(request).party_id
    return get_object_or_404(rows, pk=pk, lot__book_item__book__pool__operator_id=operator)


@access.action(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
def batches(request: HttpRequest) -> HttpResponse:
    """The label batches of the operator's pools; new labels are ordered here."""
    operator = _membership(request).party
    lots = labels.lots_of(operator)
    form = LabelForm(request.POST or None, lots=lots, initial={"key": uuid4().hex})
    if request.method == "POST":
        access.need(_membership(request), Right.MANAGE)
        if form.is_valid() and (made := _declined(form, lambda: _order(form))):
            return redirect("label-batch", pk=made.pk)
    context = {"form": form if lots else None, "rows": labels.batches_of(operator)}
    status = 422 if form.errors else 200
    return render(request, "traceability/label_batches.html", context, status=status)


def _order(form: LabelForm) -> LabelBatch:
    said = form.cleaned_data
    return labels.order_labels(
        form.lot(), said["units"], has_pin=said["has_pin"], request_key=said["key"]
    )


def _declined(form: LabelForm | LabelRangeForm, work: Callable[[], T]) -> T | None:
    """What the work gives; None, and the reason above the form, when it is declined."""
    try:
        return work()
    except Refusal as refusal:
        told = render_refusal(refusal)
        form.add_error(None, f"{told.reason} {told.remedy}")
        return None


@access.action(ACTION)
@require_safe
@never_cache
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: how far it is, what became of its labels, and its files."""
    found = _found(request, pk)
    return _page(request, found, LabelRangeForm(initial={"first": 1, "last": found.units}))


def _page(request: HttpRequest, found: LabelBatch, form: LabelRangeForm) -> HttpResponse:
    files = -(-found.units // label_sheets.PER_FILE)
    context = {
        "batch": found,
        "form": form,
        "states": labels.states(found),
        "files": range(1, files + 1),
    }
    part = bool(request.headers.get("HX-Request"))
    name = "traceability/parts/label_progress.html" if part else "traceability/label_batch.html"
    return render(request, name, context, status=422 if form.errors else 200)


@access.action(ACTION)
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Labels of a range were applied, or are void."""
    access.need(_membership(request), Right.MANAGE)
    found = _found(request, pk)
    form = LabelRangeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        step = labels.void if said["step"] == "void" else labels.apply
        if _declined(form, lambda: (step(found, said["first"], said["last"]),)):
            return redirect("label-batch", pk=pk)
    return _page(request, found, form)


@access.action(ACTION)
@require_safe
@never_cache
def as_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """All labels as a table, for a printing house."""
    found = _found(request, pk)
    table = "".join(label_sheets.rows(labels.printed(found)))
    answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return answer


@access.action(ACTION)
@require_safe
@never_cache
def as_pdf(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Twenty-five sheets of forty labels; the parts of a batch count from 1."""
    found = _found(request, pk)
    wanted = _part(found, part, label_sheets.PER_FILE)
    title = f"{found.number} · {found.lot.number} · {part}"
    as_file = import_string("traceability.label_printing.as_pdf")
    pdf = as_file(labels.printed(found, *wanted), title)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-{part}.pdf"'
    return answer


@access.action(ACTION)
@require_safe
@never_cache
def as_svg(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """One sheet of forty labels as a drawing; sheets count from 1."""
    found = _found(request, pk)
    wanted = _part(found, sheet, label_sheets.PER_SHEET)
    drawn = label_sheets.as_svg(labels.printed(found, *wanted))
    return HttpResponse(drawn, content_type="image/svg+xml")


def _part(found: LabelBatch, part: int, size: int) -> tuple[int, int]:
    first = (part - 1) * size + 1
    if not 1 <= first <= found.units:
        raise Http404
    return first, min(first + size - 1, found.units)
