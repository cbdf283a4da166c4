"""Forecast sheets in: sent, read while one may leave, looked over, published or mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, sheets
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from imports import queries, services
from imports.domain.forecasts import REMARKS_HEADING, RowError
from imports.forms import UploadForm
from imports.models import ForecastUpload

SHOWN = 50
"""Rows of a sheet that its summary shows."""

MOST_ROWS_OF_A_WORKBOOK = 20_000
"""Rows up to which faults are written into an XLSX file; beyond, into CSV."""

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell, in the reader's language."""

    row: int
    column: str
    value: str
    reason: str
    remedy: str


def _party(request: HttpRequest) -> Party:
    return access.membership_of(request).party  # type: ignore[union-attr]


def _upload(request: HttpRequest, pk: int) -> ForecastUpload:
    rows = ForecastUpload.objects.select_related("document", "job")
    found: ForecastUpload = get_object_or_404(rows.filter(importer_id=_party(request).pk), pk=pk)
    return found


@access.action("imports.forecast.upload")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a forecast sheet; its page says what publishing it would change."""
    year = queries.year_in_view()
    form = UploadForm(request.POST or None, request.FILES or None, years=[year, year + 1])
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = services.take_sheet(
                _party(request), file.name, file.read(), year=form.cleaned_data["year"]
            )
        except Refusal as refusal:
            said = render_refusal(refusal)
            form.add_error("file", f"{said.reason} {said.remedy}")
        else:
            return redirect("imports:uploaded", kept.pk)
    return render(
        request, "imports/upload.html", {"form": form}, status=422 if form.errors else 200
    )


@access.action("imports.forecast.upload")
@require_safe
def uploaded(request: HttpRequest, pk: int) -> HttpResponse:
    """One upload: how far it is read, what is wrong in it, or what publishing it would change."""
    found = _upload(request, pk)
    is_valid = found.state == ForecastUpload.State.VALID
    context = {
        "upload": found,
        "faults": [_fault(error) for error in found.errors],
        "more_faults": found.fault_count - len(found.errors),
        "altered_count": found.changed_count - found.added_count,
        "rows": queries.staged_rows(found, limit=SHOWN) if is_valid else [],
        "kind": _kind_of_faults(found),
    }
    return render(request, "imports/uploaded.html", context)


def _fault(error: dict[str, Any]) -> Fault:
    said = render_refusal(Refusal.registry[error["code"]](**error["params"]))
    return Fault(error["row"], error["column"], error["value"], said.reason, said.remedy)


def _kind_of_faults(found: ForecastUpload) -> str:
    """The kind of file in which the faults are given back: the sheet's own where it can be."""
    is_small = found.row_count <= MOST_ROWS_OF_A_WORKBOOK
    return "xlsx" if is_small and not found.document.filename.lower().endswith(".csv") else "csv"


@access.action("imports.forecast.upload")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a sheet the importer's plan."""
    changed = services.publish(_upload(request, pk))
    told = ngettext("%(lines)d line changed.", "%(lines)d lines changed.", changed)
    messages.success(request, _("The sheet is your plan now.") + " " + told % {"lines": changed})
    return redirect("imports:plan")


@access.action("imports.forecast.upload")
@require_safe
def faults(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The sheet as it was sent, with one column more: what to fix in each row."""
    found = _upload(request, pk)
    if kind != _kind_of_faults(found):
        raise Http404
    sheet, wrong = services.sheet_of(found)
    headings = [*sheet.headings, _(REMARKS_HEADING)]
    rows = _remarked(sheet, wrong)
    if kind == "csv":
        content = sheets.write_csv(headings, rows)
    else:
        content = sheets.write_xlsx([sheets.SheetOut(str(found.year), headings, rows)])
    response = HttpResponse(content, content_type=KINDS[kind])
    name = f"forecast-{found.year}-{found.pk}-faults.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _remarked(sheet: sheets.Sheet, wrong: dict[int, list[RowError]]) -> Iterator[list[sheets.Cell]]:
    """The rows of a sheet, each with what is wrong in it; faults of the headings stand first."""
    above = [error for row, errors in wrong.items() if row < sheet.first_row_number
             for error in errors]  # fmt: skip
    for number, cells in enumerate(sheet.rows, start=sheet.first_row_number):
        errors, above = [*above, *wrong.get(number, ())], []
        yield [*map(_as_number, cells), _remarks(errors)]


def _as_number(text: str) -> sheets.Cell:
    """A count as a number, so that a spreadsheet program can add it up; anything else as text."""
    is_count = text.isascii() and text.isdigit() and len(text) <= 8 and str(int(text)) == text
    return int(text) if is_count else text


def _remarks(errors: Sequence[RowError]) -> str:
    said = [(error.column, render_refusal(error.refusal)) for error in errors]
    return "\n".join(f"{column}: {each.reason} {each.remedy}" for column, each in said)
