"""The pool's history from the fact log, the suggestions built on it, and how near plans came."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock, facts, tenancy
from core.models import Party
from imports import projections, queries, services
from imports.domain.scoring import Accuracy
from imports.models import DraftLine, PlanScore, UnitsDrawn
from tests.conftest import party
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def received(lot, product):
    data = {"lot": lot, "product": product.pk}
    facts.append("warehouse.lot.received", subject=f"lot:{lot}", data=data)


def picked(importer, lot, units, year=2025, month=6, day=15):
    data = {"importer": importer.pk, "dispatch": 1, "lot": lot, "units": units, "identities": []}
    at = datetime(year, month, day, 4, tzinfo=UTC)
    facts.append("warehouse.dispatch.picked", subject="dispatch:1", data=data, at=at)


def project():
    facts.sequence()
    return projections.project()


def drawn():
    return {
        (row.importer_id, row.product_id, row.month.isoformat()[:7]): row.units
        for row in UnitsDrawn.objects.all()
    }


# the projection


def test_picked_units_are_counted_by_importer_product_and_month(importer, stranger, serum):
    received(7, serum)
    picked(importer, 7, 3)
    picked(importer, 7, 2)
    picked(importer, 7, 5, month=7)
    picked(stranger, 7, 9, year=2026, month=1)

    assert project() == 5

    assert drawn() == {
        (importer.pk, serum.pk, "2025-06"): 5,
        (importer.pk, serum.pk, "2025-07"): 5,
        (stranger.pk, serum.pk, "2026-01"): 9,
    }


def test_later_facts_are_added_and_none_is_counted_twice(importer, serum):
    received(7, serum)
    picked(importer, 7, 3)
    project()
    picked(importer, 7, 4)

    assert (project(), project()) == (1, 0)
    assert drawn() == {(importer.pk, serum.pk, "2025-06"): 7}


def test_a_pick_late_on_the_last_day_counts_where_the_pool_stands(importer, serum):
    received(7, serum)
    data = {"importer": importer.pk, "dispatch": 1, "lot": 7, "units": 1, "identities": []}
    at = datetime(2025, 12, 31, 17, tzinfo=UTC)
    facts.append("warehouse.dispatch.picked", subject="dispatch:1", data=data, at=at)
    project()

    assert drawn() == {(importer.pk, serum.pk, "2026-01"): 1}


def test_what_was_counted_can_be_dropped_and_counted_anew(importer, serum):
    received(7, serum)
    picked(importer, 7, 3)
    project()
    before = drawn()

    assert projections.rebuild() == 2
    assert drawn() == before


# suggestions


@pytest.fixture
def crowd(importer):
    """Six other importers that drew ten units a month of a product in 2025."""
    others = [party(Party.Kind.IMPORTER, f"other-{n}") for n in range(6)]
    serum = factories.product(1)
    for other in others:
        drew(other, serum, 10)
    return serum


def drew(importer, product, units, year=2025, months=range(1, 13)):
    UnitsDrawn.objects.bulk_create(
        UnitsDrawn(
            importer_id=importer.pk, product=product, month=date(year, month, 1), units=units
        )
        for month in months
    )


def test_a_suggestion_is_built_from_the_pool_without_showing_others(importer, crowd):
    drew(importer, crowd, 10)

    with tenancy.acting_for(importer):
        found = services.suggestions(importer, 2026)

    (row,) = found.rows
    assert (row.units, sum(row.months), row.drawn_units) == (120, 120, 120)
    assert row.found.is_pooled
    assert row.low_units < 120 < row.high_units
    assert (found.periods, found.last_month) == (12, date(2025, 12, 1))


def test_an_importer_without_history_or_plan_is_suggested_nothing(importer, crowd):
    assert services.suggestions(importer, 2026).rows == []


def test_months_follow_the_own_plan_where_no_season_is_known(importer, crowd):
    drew(importer, crowd, 10)
    factories.plan(importer, crowd, m11=30, m12=10)

    (row,) = services.suggestions(importer, 2026).rows

    assert row.months == (*[0] * 10, 90, 30)
    assert row.month_bands[0] == (0, 0)


def test_what_was_drawn_this_month_is_not_history_yet(importer, crowd):
    drew(importer, crowd, 4, year=2026, months=[2])
    drew(importer, crowd, 400, year=2026, months=[3])

    found = services.suggestions(importer, 2026)

    assert found.last_month == date(2026, 2, 1)
    assert found.rows[0].drawn == (0, 4, *[0] * 10)


def test_an_accepted_suggestion_is_in_the_draft_and_the_plan_stays(importer, crowd):
    drew(importer, crowd, 10)
    factories.plan(importer, crowd, m01=1, tolerance_units=9)

    saved = services.accept_suggestions(importer, 2026, {crowd.pk})

    assert [row.faults for row in saved] == [{}]
    draft = DraftLine.objects.get()
    assert (sum(draft.months), draft.tolerance_units) == (120, 9)
    assert queries.plan_of(importer, 2026)[0].total_units == 1


@pytest.mark.parametrize("products", [1, 12])
def test_suggestions_cost_the_same_queries_whatever_the_size(
    products, importer, django_assert_num_queries
):
    for number in range(products):
        drew(importer, factories.product(number + 1), 3)

    with django_assert_num_queries(4):
        assert len(services.suggestions(importer, 2026).rows) == products


# accuracy


def test_a_closed_month_is_scored_by_the_plan_that_held_when_it_began(importer, serum):
    drew(importer, serum, 10)
    line = factories.plan(importer, serum, year=2025, m01=8, m02=12)
    type(line).objects.update(
        version_from=datetime(2024, 9, 1, tzinfo=UTC),
        version_before=datetime(2025, 1, 20, tzinfo=UTC),
    )
    later = factories.plan(importer, serum, year=2025, m01=99, m02=15)
    type(line).objects.filter(pk=later.pk).update(version_from=datetime(2025, 1, 20, tzinfo=UTC))

    assert services.score_plans(date(2025, 3, 1)) == 2
    assert services.score_plans(date(2025, 3, 1)) == 0

    scores = PlanScore.objects.order_by("month").values_list("month", "planned_units",
                                                             "drawn_units")  # fmt: skip
    assert list(scores) == [(1, 8, 10), (2, 15, 10)]


def test_what_was_planned_and_not_drawn_counts_and_so_does_the_reverse(importer, serum):
    other = factories.product(2)
    drew(importer, serum, 10)
    factories.plan(importer, other, year=2025, m01=8)
    type(other)._meta.apps.get_model("imports", "ForecastLine").objects.update(
        version_from=datetime(2024, 9, 1, tzinfo=UTC)
    )
    services.score_plans(date(2025, 2, 1))

    found = queries.accuracies(importer, since=date(2025, 1, 1))

    assert found[serum.pk] == Accuracy(1, 10, 10, -10)
    assert found[other.pk] == Accuracy(1, 0, 8, 8)


def test_a_score_never_changes(importer, serum):
    drew(importer, serum, 10)
    services.score_plans(date(2025, 2, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanScore.objects.update(planned_units=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanScore.objects.all().delete()


# the page


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


PAGE = reverse("imports:suggestions")


def test_the_page_says_what_to_do_before_there_is_history(as_importer):
    assert "There is no history yet" in as_importer.get(PAGE).content.decode()


def test_the_page_shows_suggestion_band_and_what_it_rests_on(as_importer, importer, crowd):
    drew(importer, crowd, 10)
    factories.plan(importer, crowd, m01=70)
    PlanScore.objects.create(
        importer_id=importer.pk, product=crowd, year=2025, month=12, planned_units=15,
        drawn_units=10, scored_on=clock.today(),
    )  # fmt: skip

    page = as_importer.get(PAGE).content.decode()

    assert page.count('<svg class="chart') == 1
    assert page.count('class="chart-band"') == 12
    assert "the pool, your record" in page
    assert "50%<small>50% too much</small>" in page
    assert "from 12 months of history until Dec 2025" in page


def test_the_page_says_where_the_suggestion_does_not_help(as_importer, importer, crowd):
    drew(importer, crowd, 10)

    assert "The suggestion does not help here" in as_importer.get(PAGE).content.decode()


def test_one_or_all_suggestions_are_taken_into_the_draft(as_importer, importer, crowd):
    cream = factories.product(2)
    drew(importer, crowd, 10)
    drew(importer, cream, 2)
    take = reverse("imports:take-suggestions")

    answer = as_importer.post(take, {"year": 2026, "product": crowd.pk})
    assert answer.url == f"{reverse('imports:grid')}?year=2026"
    assert list(DraftLine.objects.values_list("product_id", flat=True)) == [crowd.pk]
    as_importer.post(take, {"year": 2026, "all": "1"})

    assert DraftLine.objects.count() == 2
