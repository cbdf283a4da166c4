"""The operator's overviews: the ledger by account, and what netting makes of what is due."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import access
from core.web.refusals import render_refusal
from fx_settlement import queries, words
from fx_settlement.views.common import party_of


@access.action("settlement.ledger.view")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every kind of account with its totals: money, debts, fees, taxes in trust, guarantee."""
    rows = queries.ledger_rows(party_of(request))
    context = {"rows": [(words.ACCOUNTS.get(row.code, row.code), row) for row in rows]}
    return render(request, "settlement/ledger.html", context)


@access.action("settlement.ledger.view")
@require_safe
def netting(request: HttpRequest) -> HttpResponse:
    """What is due, one payment per supplier, and all positions netted where a bank allows it."""
    views = [
        (view, render_refusal(view.refused) if view.refused else None)
        for view in queries.netting_views(party_of(request))
    ]
    return render(request, "settlement/netting.html", {"views": views})
