"""The warehouse's pages: an importer's stock, the operator's receipts and account book."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.models import Party, Role
from warehouse import queries, services, words


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.stock.view")
@require_safe
def stock(request: HttpRequest) -> HttpResponse:
    """What the importer owns, by lot and expiry, and why each delivery gave what it gave."""
    rows = queries.positions(_party(request))
    context = {
        "rows": rows,
        "owned": sum(row.owned_units for row in rows),
        "reserved": sum(row.reserved_units for row in rows),
        "free": sum(row.free_units for row in rows),
        "lots": len(rows),
        "shares": queries.shares_of(_party(request)),
    }
    return render(request, "warehouse/stock.html", context)


@access.action("warehouse.lot.view")
@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot's way through the warehouse; an importer sees the movements of its own units."""
    party = _party(request)
    found = get_object_or_404(queries.lots_of(party), pk=pk)
    is_operator = access.membership_of(request).role == Role.OPERATOR  # type: ignore[union-attr]
    history = queries.lot_history(found, owner=None if is_operator else party)
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
    """The receipts of the operator's pools, newest first."""
    context = {"rows": queries.receipts(_party(request))}
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


@access.action("warehouse.book.view")
@require_safe
def account_book(request: HttpRequest) -> HttpResponse:
    """Each item of the account book beside the shelves, and what explains the difference."""
    rows = queries.book_positions(_party(request))
    context = {
        "rows": rows,
        "on_hand": sum(row.counters.on_hand_units for row in rows),
        "physical": sum(row.reconciliation.physical for row in rows),
        "between": sum(row.counters.on_hand_units - row.reconciliation.physical for row in rows),
        "drift": sum(abs(row.reconciliation.drift_units) for row in rows),
    }
    return render(request, "warehouse/account_book.html", context)
