"""Closed months are scored by what bound their importers; one reader tells twelve months."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core import clock, tenancy
from core.models import Fact, Score
from imports import queries, services
from imports.domain.scoring import Accuracy
from imports.models import Commitment, ForecastLine, PlanScore, RoundMember, UnitsDrawn
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def drew(importer, product, month, units):
    UnitsDrawn.objects.create(importer_id=importer.pk, product=product, month=month, units=units)


def scored(importer, product, year, month, planned, drawn):
    PlanScore.objects.create(
        importer_id=importer.pk,
        product=product,
        year=year,
        month=month,
        planned_units=planned,
        drawn_units=drawn,
        scored_on=clock.today(),
    )


def test_a_round_over_the_turn_of_a_year_binds_each_month_to_its_part(
    pool, importer, supplier, serum
):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, year=2026, m12=10)
    factories.plan(importer, serum, year=2027, m01=20)
    round_ = factories.quarter(pool, date(2026, 12, 1), date(2027, 1, 1))
    services.consolidate_round(round_)
    Commitment.objects.filter(round=round_).update(version_before=round_.submitted_at)
    Commitment.objects.create(
        round=round_, importer_id=importer.pk, product=serum, units=33, submitted_units=30,
        cause="revised", version_from=round_.submitted_at,
    )  # fmt: skip

    parts = [queries.plans_for(month) for month in (date(2026, 12, 1), date(2027, 1, 1))]

    assert parts == [{(importer.pk, serum.pk): 11}, {(importer.pk, serum.pk): 22}]


def test_who_was_taken_out_of_a_round_is_scored_by_its_plan(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    line = factories.plan(importer, serum, m04=12)
    round_ = factories.quarter(pool)
    services.consolidate_round(round_)
    ForecastLine.objects.filter(pk=line.pk).update(m04=9)

    assert queries.plans_for(date(2026, 4, 1)) == {(importer.pk, serum.pk): 12}
    RoundMember.objects.filter(round=round_).update(state=RoundMember.State.WITHDRAWN)
    assert queries.plans_for(date(2026, 4, 1)) == {(importer.pk, serum.pk): 9}


def test_a_version_holds_from_its_first_instant_to_before_its_last(importer, serum):
    line = factories.plan(importer, serum, m04=5)
    began = datetime(2026, 3, 31, 16, tzinfo=UTC)
    rows = ForecastLine.objects.filter(pk=line.pk)

    rows.update(version_from=began)
    assert queries.plans_for(date(2026, 4, 1)) == {(importer.pk, serum.pk): 5}
    rows.update(version_from=datetime(2026, 1, 1, tzinfo=UTC), version_before=began)
    assert queries.plans_for(date(2026, 4, 1)) == {}


def test_a_record_tells_twelve_months_and_only_the_readers_own(importer, stranger, serum):
    other = factories.product(2)
    scored(importer, serum, 2025, 2, 99, 1)
    scored(importer, serum, 2025, 3, 8, 10)
    scored(importer, other, 2025, 3, 6, 5)
    scored(importer, serum, 2026, 2, 10, 5)
    scored(importer, serum, 2026, 3, 99, 1)
    scored(stranger, serum, 2026, 2, 7, 7)

    with tenancy.acting_for(importer):
        mine = queries.plans_kept(date(2026, 3, 20))
        assert queries.plan_kept(stranger, date(2026, 3, 20)) is None

    assert mine == {importer.pk: Accuracy(2, 20, 8, 4)}
    assert queries.plans_kept(date(2026, 3, 20), [stranger.pk]) == {
        stranger.pk: Accuracy(1, 7, 0, 0)
    }


def test_every_closed_month_leaves_a_dated_score_and_the_last_month_holds(
    importer, stranger, serum, django_assert_num_queries
):
    for month, units in ((1, 10), (2, 40)):
        factories.plan(importer, serum, year=2026 - month, m12=10)
        drew(importer, serum, date(2026, month, 1), units)
    ForecastLine.objects.update(version_from=datetime(2025, 1, 1, tzinfo=UTC))
    factories.plan(importer, serum, m01=10, m02=20)
    ForecastLine.objects.update(version_from=datetime(2025, 1, 1, tzinfo=UTC))

    assert services.score_plans(date(2026, 3, 1)) == 2

    with django_assert_num_queries(1):
        latest = Score.objects.latest_on(clock.today(), Score.Kind.FORECAST)
    written = Score.objects.order_by("pk").values_list("about", "value")
    assert list(written) == [
        ("plans:2026-01", Decimal("1.0000")),
        ("plans:2026-02", Decimal("0.6000")),
    ]
    assert {pk: row.value for pk, row in latest.items()} == {importer.pk: Decimal("0.6000")}
    assert Score.objects.latest_on(date(2026, 1, 1), Score.Kind.FORECAST) == {}
    facts = Fact.objects.filter(name="imports.plans.scored").order_by("pk")
    assert [fact.data["month"] for fact in facts] == ["2026-01", "2026-02"]
