"""Forecasts are scored once their months are over: what was committed beside what was drawn."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import Sum

from core import bulk, facts
from core.domain.calendar import add_months
from core.models import Score
from imports.domain.commitments import accuracy
from imports.models import Commitment, Round, UnitsDrawn

ABOUT = "round:{}"


def score_rounds(on: date) -> int:
    """Score the importers of every ordered round whose months are over; the rounds scored."""
    scored = Score.objects.filter(kind=Score.Kind.FORECAST).values_list("about", flat=True)
    done = 0
    for round_ in Round.objects.filter(state="ordered", submitted_at__isnull=False).order_by("pk"):
        is_over = add_months(round_.last_month, 1) <= on
        if is_over and ABOUT.format(round_.pk) not in set(scored):
            done += score_round(round_, on)
    return done


@transaction.atomic
def score_round(round_: Round, on: date) -> bool:
    """Write a dated score for each importer of a round; whether there was anything to score.

    The score is one less the absolute errors by the units committed, by product, over the
    months of the round (WAPE).
    """
    planned: dict[int, dict[int, int]] = defaultdict(dict)
    current = Commitment.objects.filter(round=round_, version_before=None)
    for importer, product, units in current.values_list("importer_id", "product_id", "units"):
        planned[importer][product] = units
    drawn = _drawn(round_)
    names = ("importer_id", "kind", "about", "on", "value")
    about, kind = ABOUT.format(round_.pk), Score.Kind.FORECAST.value
    rows = [
        (importer, kind, about, on, _four(accuracy(own, drawn[importer])))
        for importer, own in sorted(planned.items())
    ]
    bulk.insert(Score, names, rows)
    if rows:
        data = {"round": round_.pk, "importers": len(rows), "on": on.isoformat()}
        facts.append("imports.round.scored", subject=f"round:{round_.pk}", data=data)
    return bool(rows)


def _drawn(round_: Round) -> dict[int, dict[int, int]]:
    rows = (
        UnitsDrawn.objects.filter(month__gte=round_.first_month, month__lte=round_.last_month)
        .values_list("importer_id", "product_id")
        .annotate(Sum("units"))
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for importer, product, units in rows:
        found[importer][product] = units
    return found


def _four(value: Fraction) -> Decimal:
    """Four decimals, as they are kept."""
    exact = Decimal(value.numerator) / value.denominator
    return exact.quantize(Decimal("0.0001"))
