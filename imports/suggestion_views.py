"""What the pool's history suggests an importer plan, beside what it plans and drew."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core import access, clock
from core.web import charts, locale
from imports import queries, services
from imports.domain.suggestions import SMALLEST_GROUP
from imports.grid_views import party_of, year_of
from imports.services import ProductSuggestion, Suggested


@dataclass(frozen=True)
class RowShown:
    """A suggestion with its figures as shares of one."""

    row: ProductSuggestion
    own_weight: Decimal


@access.action("imports.plan.see")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Each product's suggestion with its band, what it rests on, and how near plans came before."""
    year = year_of(request.GET)
    found = services.suggestions(party_of(request), year)
    chosen = _chosen(found.rows, request.GET.get("product", ""))
    context = {
        "year": year,
        "found": found,
        "rows": [_row_shown(row) for row in found.rows],
        "chosen": chosen,
        "series": _series(chosen) if chosen else [],
        "held": _held_words(found),
        "smallest_group": SMALLEST_GROUP,
        "kept": queries.plan_kept(party_of(request), clock.today()),
    }
    return render(request, "imports/suggestions.html", context)


def _chosen(rows: Sequence[ProductSuggestion], asked: str) -> ProductSuggestion | None:
    """The product that was asked for; else the one of which most is suggested."""
    named = (row for row in rows if str(row.product.product_id) == asked)
    return next(named, max(rows, key=lambda row: row.units, default=None))


def _series(row: ProductSuggestion) -> list[charts.Series]:
    lows, highs = zip(*row.month_bands, strict=True)
    return [
        charts.Series(_("Drawn in the last twelve months"), row.drawn),
        charts.Series(_("Plan"), row.planned.months),
        charts.Series(_("Suggestion"), row.months, lows, highs),
    ]


def _row_shown(row: ProductSuggestion) -> RowShown:
    return RowShown(row, _share(row.found.credibility))


def _share(part: float) -> Decimal:
    return Decimal(round(part * 1000)) / 1000


def _held_words(found: Suggested) -> tuple[str, str]:
    """A tone and a sentence: whether the suggestion helped on months that it had not seen."""
    held = found.held
    if held is None or not held.drawn_units:
        return "", _("There is too little history to test the suggestion on your own months.")
    drawn = Decimal(held.drawn_units)
    told = {
        "months": locale.number(held.months),
        "suggestion": locale.percent(held.suggestion_missed_units / drawn),
        "mean": locale.percent(held.mean_missed_units / drawn),
    }
    if held.helps:
        text = _(
            "On your last {months} months, held back for the test, the suggestion missed by "
            "{suggestion} of what was drawn; your plain mean by {mean}."
        )
        return "ok", text.format(**told)
    text = _(
        "The suggestion does not help here: on your last {months} months, held back for the test, "
        "it missed by {suggestion} of what was drawn; your plain mean by {mean}. Trust your own "
        "figures."
    )
    return "warn", text.format(**told)


@access.action("imports.draft.edit")
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Put the suggestion of one product, or of all, into the draft."""
    importer, year = party_of(request), year_of(request.POST)
    asked = request.POST.getlist("product")
    products = {int(each) for each in asked if each.isascii() and each.isdigit()}
    chosen = None if request.POST.get("all") else products
    saved = services.accept_suggestions(importer, year, chosen)
    refused = [row for row in saved if row.faults]
    taken = len(saved) - len(refused)
    told = ngettext(
        "The suggestion of %(products)s product is in your draft.",
        "The suggestions of %(products)s products are in your draft.",
        taken,
    )
    messages.success(request, told % {"products": locale.number(taken)})
    if refused:
        messages.warning(
            request, _("Some products were left out: the pool may not hold them any more.")
        )
    return redirect(reverse("imports:grid", query={"year": year}))
