"""The warehouse's pages: an importer's stock; the operator's receipts, parcels and account book."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock
from core.domain.calendar import month_start
from core.domain.errors import Refusal
from core.models import Party, Role
from core.web import charts, locale
from core.web.refusals import render_refusal
from warehouse import queries, services, words, workbooks
from warehouse.domain.scans import codes_in
from warehouse.forms import CountFormSet, PhotoForm, ReceivedOnForm, ScanForm
from warehouse.queries.terms import storage_terms

MONTHS_SHOWN = 8
TERMS_SHOWN = 12
WAVE = 500
"""Parcels that leave together at most."""


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.stock.view")
@require_safe
def stock(request: HttpRequest) -> HttpResponse:
    """What the importer owns, by lot and expiry, and why each delivery gave what it gave."""
    rows = queries.positions(_party(request))
    if workbooks.is_wanted(request):
        told = [workbooks.positions(rows), workbooks.shares(queries.shares_of(_party(request)))]
        return workbooks.answer("stock", told)
    context = {
        "rows": rows,
        "owned": sum(row.owned_units for row in rows),
        "reserved": sum(row.reserved_units for row in rows),
        "free": sum(row.free_units for row in rows),
        "lots": len(rows),
        **_by_expiry(rows),
        "shares": queries.shares_of(_party(request)),
    }
    return render(request, "warehouse/stock.html", context)


def _by_expiry(rows: Sequence[queries.Position]) -> dict[str, Any]:
    """Units by the month in which they expire, the next ones first; for the chart."""
    units: Counter[date] = Counter()
    for row in rows:
        if row.expires_on:
            units[month_start(row.expires_on)] += row.owned_units
    months = sorted(units)[:MONTHS_SHOWN]
    series = [charts.Series(_("Units owned"), [units[month] for month in months])]
    return {"expiry_months": [locale.month(month) for month in months], "expiry": series}


@access.action("warehouse.lot.view")
@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot's way through the warehouse; an importer sees the movements of its own units."""
    party = _party(request)
    found = get_object_or_404(queries.lots_of(party), pk=pk)
    is_operator = access.membership_of(request).role == Role.OPERATOR  # type: ignore[union-attr]
    history = queries.lot_history(found, owner=None if is_operator else party)
    if workbooks.is_wanted(request):
        return workbooks.answer(f"lot-{found.pk}", [workbooks.history(history)])
    context = {"lot": found, "history": [(row, *_words(row)) for row in history]}
    return render(request, "warehouse/lot.html", context)


def _words(row: queries.HistoryRow) -> tuple[str, str, str]:
    return (
        str(words.KINDS[row.kind]),
        str(words.PLACES[row.from_place]),
        str(words.PLACES[row.to_place]),
    )


@access.action("warehouse.receipt.view")
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """Consignments that wait to be counted, and the receipts of those that were, newest first."""
    party = _party(request)
    if workbooks.is_wanted(request):
        return workbooks.answer("receipts", [workbooks.receipts(queries.receipts(party))])
    context = {"rows": queries.receipts(party), "awaited": queries.awaited(party)}
    return render(request, "warehouse/receipts.html", context)


@access.action("warehouse.receipt.view")
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt as counted, and who got which part of it and why."""
    rows = queries.receipts_of(_party(request)).select_related("consignment")
    found = get_object_or_404(rows, pk=pk)
    shares = queries.allocation_shares(found)
    lines = queries.receipt_lines(found)
    context = {
        "receipt": found,
        "lines": lines,
        "shared": [(line, shares[line.order_line_id]) for line in _first_of_each(lines, shares)],
        "findings": queries.findings(found, lines),
        "entry": queries.entry_of(found),
        "photo_form": PhotoForm(),
        "insurers": queries.insurers(_party(request)),
    }
    return render(request, "warehouse/receipt.html", context)


def _first_of_each(
    lines: list[queries.ReceiptLineRow], shares: dict[int, list[queries.ShareRow]]
) -> list[queries.ReceiptLineRow]:
    """One line per order line that was shared, though it came in several lots."""
    by_order_line = {line.order_line_id: line for line in reversed(lines)}
    return [by_order_line[key] for key in sorted(by_order_line) if key in shares]


@access.action("warehouse.receipt.allocate")
@require_POST
def allocate(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the receipt's good units to the importers; again changes nothing."""
    found = get_object_or_404(queries.receipts_of(_party(request)), pk=pk)
    services.allocate(found)
    messages.success(request, _("The units now belong to the importers."))
    return redirect("warehouse:receipt", pk=found.pk)


@access.action("warehouse.receipt.count")
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a counted consignment into the account book that customs accepted; again: no change."""
    found = get_object_or_404(queries.receipts_of(_party(request)), pk=pk)
    services.accept_entry(found.consignment, clock.today())
    messages.success(request, _("The account book has the goods."))
    return redirect("warehouse:receipt", pk=found.pk)


@access.action("warehouse.receipt.count")
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: HttpRequest, consignment_id: int) -> HttpResponse:
    """The count of an arrived consignment: good, damaged, short and lot of each line."""
    awaited = queries.awaited_of(_party(request)).select_related("pool")
    found = get_object_or_404(awaited, pk=consignment_id)
    rows = queries.announced(found)
    initial = queries.counted_at_the_door(found, rows)
    forms = CountFormSet(
        request.POST or None, initial=initial, form_kwargs={"empty_permitted": False}
    )
    day = ReceivedOnForm(request.POST or None, initial={"received_on": clock.today()})
    refused = None
    if request.method == "POST" and forms.is_valid() and day.is_valid():
        try:
            lines = [_received_line(form.cleaned_data) for form in forms]
            made = services.receive(found, lines, on=day.cleaned_data["received_on"])
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            return redirect("warehouse:receipt", pk=made.pk)
    context = {
        "consignment": found,
        "lines": list(zip(rows, forms, strict=False)),
        "forms": forms,
        "day": day,
        "refusal": refused,
    }
    is_faulty = request.method == "POST"
    return render(request, "warehouse/count.html", context, status=422 if is_faulty else 200)


def _received_line(counted: dict[str, Any]) -> services.ReceivedLine:
    return services.ReceivedLine(
        order_line_id=counted["order_line"],
        good=counted["good"],
        damaged=counted["damaged"],
        short=counted["short"],
        lot_no=counted["lot_no"],
        produced_on=counted["produced_on"],
        expires_on=counted["expires_on"],
        quarantined=counted["quarantined"] or 0,
        over=counted["over"] or 0,
    )


@access.action("warehouse.parcel.view")
@require_safe
def parcels(request: HttpRequest) -> HttpResponse:
    """Parcels to be picked or shipped, oldest first."""
    party = _party(request)
    context = {"rows": queries.parcels(party), "states": queries.parcels_by_state(party)}
    return render(request, "warehouse/parcels.html", context)


@access.action("warehouse.parcel.send")
@require_http_methods(["GET", "HEAD", "POST"])
def parcel(request: HttpRequest, pk: int) -> HttpResponse:
    """One parcel; the form takes the scans of its units and picks it."""
    found = get_object_or_404(queries.parcels_of(_party(request)), pk=pk)
    form = ScanForm(request.POST or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        scanned = codes_in(form.cleaned_data["scans"])
        try:
            services.pick(found, [services.code_hmac(code) for code in scanned])
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            return redirect("warehouse:parcel", pk=found.pk)
    lines = queries.parcel_lines([found.pk])[found.pk]
    context = {"order": found, "lines": lines, "form": form, "refusal": refused}
    is_faulty = request.method == "POST"
    return render(request, "warehouse/parcel.html", context, status=422 if is_faulty else 200)


@access.action("warehouse.parcel.send")
@require_POST
def ship(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand one picked parcel to the carrier."""
    found = get_object_or_404(queries.parcels_of(_party(request)), pk=pk)
    services.ship(found)
    messages.success(request, _("The parcel has left."))
    return redirect("warehouse:parcels")


@access.action("warehouse.parcel.send")
@require_POST
def ship_picked(request: HttpRequest) -> HttpResponse:
    """Hand the oldest picked parcels to the carrier, one wave at a time."""
    picked = queries.parcels_of(_party(request)).filter(state="picked")
    shipped = services.ship_many(list(picked.order_by("picked_at", "pk")[:WAVE]))
    told = ngettext("%(parcels)d parcel has left.", "%(parcels)d parcels have left.", len(shipped))
    messages.success(request, told % {"parcels": len(shipped)})
    return redirect("warehouse:parcels")


@access.action("warehouse.book.view")
@require_safe
def account_book(request: HttpRequest) -> HttpResponse:
    """Each item of the account book beside the shelves, and what explains the difference."""
    rows = queries.book_positions(_party(request))
    terms = storage_terms(_party(request), on=clock.today())
    if workbooks.is_wanted(request):
        return workbooks.answer("account-book", [workbooks.book(rows), workbooks.terms(terms)])
    context = {
        "rows": rows,
        "on_hand": sum(row.counters.on_hand_units for row in rows),
        "physical": sum(row.reconciliation.physical for row in rows),
        "between": sum(row.counters.on_hand_units - row.reconciliation.physical for row in rows),
        "drift": sum(abs(row.reconciliation.drift_units) for row in rows),
        "terms": terms[:TERMS_SHOWN],
    }
    return render(request, "warehouse/account_book.html", context)
