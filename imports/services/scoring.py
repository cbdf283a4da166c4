"""Plans are scored once a month has closed: what was bound, or planned, beside what was drawn."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from core import bulk, clock, facts
from core.domain.calendar import add_months
from core.models import Score
from imports import queries
from imports.models import PlanScore

MONTHS_BACK = 24
ABOUT = "plans:{:%Y-%m}"


def score_plans(before: date | None = None) -> int:
    """Score every month that closed before a day and was not scored yet; the rows written.

    Where a round bought for the month, what it bound importers to counts; else the plan as it
    stood when the month began. Months in which nobody drew are left out.
    """
    end = (before or clock.today()).replace(day=1)
    scored, written = queries.scored_months(), 0
    for back in range(MONTHS_BACK, 0, -1):
        first = add_months(end, -back)
        if (first.year, first.month) not in scored:
            written += _score(first)
    return written


@transaction.atomic
def _score(first: date) -> int:
    drawn = queries.drawn_in(first)
    if not drawn:
        return 0
    planned = queries.plans_for(first)
    today = clock.today()
    rows = [
        (*pair, planned.get(pair, 0), drawn.get(pair, 0), first.year, first.month, today)
        for pair in sorted({*planned, *drawn})
    ]
    names = ("importer_id", "product_id", "planned_units", "drawn_units", "year", "month",
             "scored_on")  # fmt: skip
    bulk.insert(PlanScore, names, rows)
    _write_scores(first, today)
    return len(rows)


def _write_scores(first: date, today: date) -> None:
    """Date each importer's score over the twelve months that end with this one.

    Of several months scored on a day the last one written is the latest.
    """
    records = queries.plans_kept(add_months(first, 1))
    names = ("importer_id", "kind", "about", "on", "value")
    about, kind = ABOUT.format(first), Score.Kind.FORECAST.value
    rows = [
        (importer, kind, about, today, _four(record.score))
        for importer, record in sorted(records.items())
    ]
    bulk.insert(Score, names, rows)
    data = {"month": f"{first:%Y-%m}", "importers": len(rows), "on": today.isoformat()}
    facts.append("imports.plans.scored", subject=f"month:{first:%Y-%m}", data=data)


def _four(value: Fraction) -> Decimal:
    """Four decimals, as they are kept."""
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(Decimal("0.0001"))
