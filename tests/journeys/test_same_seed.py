"""What the seed decides, and what it leaves alone."""

from dataclasses import replace

import pytest

from customs.models import ConsumerOrderLine
from portal.demo.state import YearPlan
from tests.journeys.playing import SMALL, played

TINY = replace(SMALL, importers=2, products=6, lines_per_importer=3, orders=8, buyers=4)


@pytest.mark.django_db
def test_the_same_seed_plays_the_same_year_and_another_seed_another():
    first, again, other = (_figures(plan) for plan in (TINY, TINY, replace(TINY, seed=12)))

    assert first == again
    assert first != other


def _figures(plan: YearPlan) -> dict[str, object]:
    for outcome in played(plan):
        told = outcome.figures.as_json()
        del told["seconds"]
        lines = ConsumerOrderLine.objects.order_by("order__order_no", "line_no")
        bought = list(lines.values_list("order__order_no", "product__sku", "units"))
        return {**told, "bought": bought, "saving": outcome.saving}
    raise AssertionError
