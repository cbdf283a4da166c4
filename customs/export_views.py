"""Release times and parcels: the page of times, and both as spreadsheets."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core import access, clock, sheets
from core.domain.trade import from_minor
from core.models import Party
from core.sheets import Cell
from core.web import states
from core.web.refusals import render_refusal
from customs import guard_queries, inspection_queries
from customs.forms import PackForm
from customs.parcel_queries import ParcelRow, TooManyParcels, parcels

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DAYS_SHOWN = timedelta(days=30)


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _file(
    kind: str, name: str, title: str, headings: Sequence[str], rows: list[list[Cell]]
) -> HttpResponse:
    if kind == "csv":
        content = sheets.write_csv(headings, rows)
    else:
        content = sheets.write_xlsx([sheets.SheetOut(title, headings, rows)])
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@access.action("customs.times.view")
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """How long customs takes to release, by importer and HS code, over a year."""
    return _page(request, _days())


def _days() -> PackForm:
    today = clock.today()
    return PackForm(initial={"first": today - DAYS_SHOWN, "last": today})


def _page(
    request: HttpRequest, form: PackForm, *, refusal: object = None, status: int = 200
) -> HttpResponse:
    rows = inspection_queries.times(guard_queries.pools_in_view(_party(request)))
    context = {"rows": rows, "form": form, "refusal": refusal}
    return render(request, "customs/times.html", context, status=status)


@access.action("customs.times.view")
@require_safe
def times_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The release times as a spreadsheet, to be handed in with an application."""
    if kind not in KINDS:
        raise Http404
    rows = inspection_queries.times(guard_queries.pools_in_view(_party(request)))
    headings = [
        _("Importer"), _("HS code"), _("Declared"), _("Released"), _("Refused"), _("Inspected"),
        _("Fastest, minutes"), _("Usual, minutes"), _("Nine of ten within, minutes"),
        _("Slowest, minutes"),
    ]  # fmt: skip
    body: list[list[Cell]] = [
        [
            row.importer, row.hs_code, row.declared, row.released, row.refused, row.inspected,
            row.fastest_minutes, row.usual_minutes, row.ninth_minutes, row.slowest_minutes,
        ]
        for row in rows
    ]  # fmt: skip
    name = f"release-times-{clock.today():%Y%m%d}"
    return _file(kind, name, _("Release times"), headings, body)


@access.action("customs.times.view")
@require_safe
def parcels_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Parcels declared in some days, each with its times, as a spreadsheet that names nobody."""
    if kind not in KINDS:
        raise Http404
    form = PackForm(request.GET)
    if not form.is_valid():
        return _page(request, form, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    try:
        rows = parcels(guard_queries.pools_in_view(_party(request)), first, last)
    except TooManyParcels as refusal:
        return _page(request, form, refusal=render_refusal(refusal), status=422)
    columns = _columns()
    return _file(
        kind,
        f"parcels-{first:%Y%m%d}-{last:%Y%m%d}",
        _("Parcels"),
        [heading for heading, _told in columns],
        [[told(row) for _heading, told in columns] for row in rows],
    )


def _columns() -> list[tuple[str, Callable[[ParcelRow], Any]]]:
    """Headings in the reader's language, and what stands under each."""
    return [
        (_("Declaration no."), lambda row: row.cop_no),
        (_("Number of customs"), lambda row: row.invt_no),
        (_("Order no."), lambda row: row.order_no),
        (_("Waybill no."), lambda row: row.waybill_no),
        (_("Pool"), lambda row: row.pool),
        (_("Importer"), lambda row: row.importer),
        (pgettext("party", "Platform"), lambda row: row.platform),
        (_("State"), lambda row: str(states.tone_and_word(row.state)[1])),
        (_("Code of the refusal"), lambda row: row.error_code),
        (_("Declared at"), lambda row: _local(row.declared_at)),
        (_("Released at"), lambda row: _local(row.released_at)),
        (_("Minutes to the release"), lambda row: row.minutes),
        (_("Gross weight, g"), lambda row: row.gross_weight_g),
        (_("Currency"), lambda row: row.currency),
        (_("Dutiable value"), lambda row: from_minor(row.dutiable_minor, row.currency)),
        (_("Duty"), lambda row: from_minor(row.duty_minor, row.currency)),
        (
            _("Consumption tax"),
            lambda row: from_minor(row.consumption_tax_minor, row.currency),
        ),
        (_("VAT"), lambda row: from_minor(row.vat_minor, row.currency)),
        (_("Taxes"), lambda row: from_minor(row.tax_minor, row.currency)),
        (_("List out"), lambda row: row.exit_list),
        (_("Out of the book on"), lambda row: row.written_off_on),
    ]


def _local(at: datetime | None) -> str:
    """A time in the zone of the installation, as spreadsheets sort it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
