"""The operator's page of a round: how it fills, how it was bought, and its orders."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.models import Party
from imports import queries, services, words
from imports.models import Round


def party_of(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def round_of(request: HttpRequest, pk: int) -> Round:
    """A round of the operator's pools; else not found."""
    rows = Round.objects.filter(pool__operator_id=party_of(request).pk)
    return get_object_or_404(rows.select_related("pool"), pk=pk)


@access.action("imports.rounds.see")
@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: what importers ask for in its months, how it was bought, and its orders."""
    found = round_of(request, pk)
    asks = queries.asks_of(found)
    context = {
        "round": found,
        "orders": queries.orders_of(found),
        "asked": sum(ask.units for ask in asks),
        "importers": len({ask.importer_id for ask in asks}),
        "products": len({ask.product_id for ask in asks}),
        "plan": queries.plan_record(found),
        "buy_ups": queries.buy_ups_of(found),
        "tried": queries.buy_ups_tried(found),
        "surplus": [(row, words.SURPLUS[row.surplus_cause]) for row in queries.surplus_of(found)],
    }
    return render(request, "imports/round.html", context)


@access.action("imports.rounds.see")
@require_safe
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """What an open round still misses to packs and price tiers, and who could top up."""
    found = round_of(request, pk)
    rows = services.fill_of(found) if found.state == Round.State.OPEN else []
    return render(request, "imports/fill.html", {"round": found, "rows": rows})


@access.action("imports.rounds.run")
@require_POST
def consolidate(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn the plans of the round's months into draft orders."""
    services.consolidate_round(round_of(request, pk))
    return redirect("imports:round", pk)


@access.action("imports.rounds.run")
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Place the round's draft orders today."""
    services.place_orders(round_of(request, pk))
    return redirect("imports:round", pk)
