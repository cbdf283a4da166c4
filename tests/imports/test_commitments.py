"""Forecasts become commitments: submitted, revised, filled up, locked, bought and scored."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import clock, facts, jobs, ledger
from core.domain.chart import AccountCode, TransferCode
from core.domain.transitions import StepNotAllowed
from core.ledger import Overdrawn
from core.models import Fact, Notice, Score
from imports import projections, queries, services
from imports.domain.commitments import (
    BeyondTolerance,
    DatesOutOfOrder,
    Deadlines,
    DoesNotReduceMissing,
    OutsideBand,
    RoundIsLocked,
)
from imports.domain.scoring import Accuracy
from imports.models import (
    Commitment,
    ForecastLine,
    OrderShare,
    PlanningTerms,
    Round,
    RoundMember,
    UnitsDrawn,
)
from imports.services.commitments import HasLeft
from tests.conftest import party
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")

DAYS = Deadlines(date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 8))


def opened(pool, **more):
    fields = {"first_month": date(2026, 4, 1), "last_month": date(2026, 6, 1), "deadlines": DAYS}
    return services.open_round(pool, **{**fields, **more})


@pytest.fixture
def round_(pool, importer, stranger, supplier, serum):
    """A round of two importers that miss eight units to a pack, and more to a tier."""
    factories.offer(supplier, serum, {1: "10.00", 100: "8.00"}, pack_units=12)
    factories.plan(importer, serum, m04=30, tolerance_units=4)
    factories.plan(stranger, serum, m05=10, tolerance_units=50)
    return opened(pool)


def limit(importer, minor):
    ledger.transfer(
        key=f"limit/{importer.pk}",
        debit=ledger.account(AccountCode.EXTERNAL, "CNY"),
        credit=ledger.account(AccountCode.EXPOSURE, "CNY", importer),
        amount_minor=minor,
        code=TransferCode.COMMITMENT,
    )


def left(importer):
    return ledger.available(ledger.account(AccountCode.EXPOSURE, "CNY", importer))


def units(round_, importer):
    return [(row.units, row.tolerance_units) for row in queries.commitments_of(round_, importer)]


def test_a_round_moves_by_itself_with_the_clock(round_):
    states = []
    for day in (3, 4, 5, 6, 7, 8, 9):
        with clock.at(date(2026, 3, day)):
            services.move_rounds()
        round_.refresh_from_db()
        states.append((round_.state, round_.submitted_at is not None))

    assert states == [
        ("open", False), ("open", True), ("open", True), ("filling", True), ("filling", True),
        ("locked", True), ("locked", True),
    ]  # fmt: skip


def test_days_that_nobody_swept_are_made_up_for_once(round_):
    with clock.at(date(2026, 3, 20)):
        assert services.move_rounds() == 3
        assert services.move_rounds() == 0
    round_.refresh_from_db()
    assert round_.state == "locked"


def test_the_daily_work_moves_rounds(round_):
    with clock.at(date(2026, 3, 4)):
        jobs.order("imports.move_rounds", key="today")
        jobs.run_until_idle()
    round_.refresh_from_db()

    assert round_.submitted_at is not None
    assert "imports.move_rounds" in jobs.daily


def test_deadlines_out_of_order_open_no_round(pool):
    with pytest.raises(DatesOutOfOrder):
        opened(pool, deadlines=Deadlines(DAYS.lock, DAYS.filling, DAYS.submission))
    assert not Round.objects.exists()


def test_what_is_submitted_is_bought_whatever_the_forecast_says_later(round_, importer, serum):
    services.submit_round(round_)
    line = factories.ForecastLine.objects.get(importer=importer)
    line.version_before = factories.STARTED
    line.save()
    factories.plan(importer, serum, m04=99)

    assert [ask.units for ask in queries.asks_of(round_)] == [30, 10]


def test_a_line_may_be_revised_within_the_band_and_keeps_its_versions(round_, importer, serum):
    services.submit_round(round_)

    services.revise(importer, round_, serum.pk, units=36, tolerance_units=2)

    assert units(round_, importer) == [(36, 2)]
    versions = Commitment.objects.filter(importer=importer).order_by("pk")
    assert [(row.units, row.submitted_units, row.cause) for row in versions] == [
        (30, 30, "submitted"),
        (36, 30, "revised"),
    ]
    with pytest.raises(OutsideBand):
        services.revise(importer, round_, serum.pk, units=37, tolerance_units=2)
    with pytest.raises(OutsideBand):
        services.revise(importer, round_, serum.pk, units=26, tolerance_units=2)
    assert units(round_, importer) == [(36, 2)]


def test_the_band_is_a_dated_rule_of_the_pool(pool, round_, importer, serum):
    services.submit_round(round_)
    PlanningTerms.objects.create(
        pool=pool, valid_from="2026-03-02", raise_percent=0, cut_percent=50
    )

    services.revise(importer, round_, serum.pk, units=15, tolerance_units=0)

    with pytest.raises(OutsideBand):
        services.revise(importer, round_, serum.pk, units=31, tolerance_units=0)


def test_the_fill_phase_accepts_only_what_reduces_what_is_missing(
    round_, importer, stranger, serum
):
    services.start_filling(round_)
    assert services.fill_of(round_)[0].filling.missing_units == 60

    with pytest.raises(RoundIsLocked):
        services.revise(importer, round_, serum.pk, units=28, tolerance_units=0)
    with pytest.raises(DoesNotReduceMissing):
        services.top_up(importer, round_, serum.pk, more=0)
    with pytest.raises(BeyondTolerance):
        services.top_up(importer, round_, serum.pk, more=5)
    services.top_up(importer, round_, serum.pk, more=4)
    services.top_up(stranger, round_, serum.pk, more=50)

    assert (units(round_, importer), units(round_, stranger)) == ([(34, 0)], [(60, 0)])
    # 94 units: bought up to the pack above 100 at 8.00, fourteen for the buffer
    with pytest.raises(DoesNotReduceMissing):
        services.top_up(stranger, round_, serum.pk, more=15)


def test_after_the_lock_nothing_changes_also_before_the_sweep_came(round_, importer, serum):
    services.start_filling(round_)

    with clock.at(DAYS.lock), pytest.raises(RoundIsLocked):
        services.top_up(importer, round_, serum.pk, more=1)
    services.lock_round(round_)
    with pytest.raises(RoundIsLocked):
        services.top_up(importer, round_, serum.pk, more=1)
    assert units(round_, importer) == [(30, 4)]


def test_a_line_is_changed_once_it_is_submitted_and_by_its_owner(round_, importer, serum):
    with pytest.raises(services.NotSubmittedYet):
        services.revise(importer, round_, serum.pk, units=30, tolerance_units=0)
    services.submit_round(round_)
    with pytest.raises(services.NotInRound):
        services.revise(importer, round_, factories.product(2).pk, units=1, tolerance_units=0)


def test_a_round_with_deadlines_is_bought_once_it_is_locked(round_):
    with pytest.raises(services.NotLockedYet):
        services.consolidate_round(round_)
    assert not Fact.objects.exists()
    services.lock_round(round_)

    services.consolidate_round(round_)

    assert round_.state == "consolidated"
    with pytest.raises(StepNotAllowed):
        services.lock_round(round_)


def test_a_commitment_is_held_against_the_limit_and_posted_at_its_cost(round_, importer, serum):
    factories.plan(party("importer", "third"), serum, m04=58)
    limit(importer, 5_000_00)
    services.submit_round(round_)
    # alone 36 x 10.00 at 7.0
    assert left(importer) == 5_000_00 - 2_520_00
    services.revise(importer, round_, serum.pk, units=36, tolerance_units=0)
    assert left(importer) == 5_000_00 - 2_520_00
    services.lock_round(round_)

    services.consolidate_round(round_)

    cost = OrderShare.objects.get(owner=importer).cost_minor
    assert left(importer) == 5_000_00 - cost * 7
    assert cost < 360_00


def test_who_is_above_its_limit_is_told_and_left_out_until_it_is_covered(
    round_, importer, stranger, serum
):
    limit(importer, 2_519_99)
    services.submit_round(round_)

    assert [ask.importer_id for ask in queries.asks_of(round_)] == [stranger.pk]
    assert Notice.objects.filter(party=importer, kind="imports.commitment.uncovered").exists()
    with pytest.raises(Overdrawn):
        services.revise(importer, round_, serum.pk, units=36, tolerance_units=0)
    assert units(round_, importer) == [(30, 4)]

    ledger.transfer(
        key="more",
        debit=ledger.account(AccountCode.EXTERNAL, "CNY"),
        credit=ledger.account(AccountCode.EXPOSURE, "CNY", importer),
        amount_minor=1,
        code=TransferCode.COMMITMENT,
    )
    services.revise(importer, round_, serum.pk, units=30, tolerance_units=0)
    assert {ask.importer_id for ask in queries.asks_of(round_)} == {importer.pk, stranger.pk}
    assert left(importer) == 0


def test_who_is_covered_later_is_taken_in_by_the_sweep_until_the_lock(round_, importer, stranger):
    limit(importer, 2_519_99)
    with clock.at(date(2026, 3, 4)):
        services.move_rounds()
    assert [ask.importer_id for ask in queries.asks_of(Round.objects.get())] == [stranger.pk]
    ledger.transfer(
        key="more",
        debit=ledger.account(AccountCode.EXTERNAL, "CNY"),
        credit=ledger.account(AccountCode.EXPOSURE, "CNY", importer),
        amount_minor=1,
        code=TransferCode.LIMIT,
    )

    with clock.at(date(2026, 3, 8)):
        services.move_rounds()

    asked = {ask.importer_id for ask in queries.asks_of(Round.objects.get())}
    assert asked == {importer.pk, stranger.pk}
    assert left(importer) == 0
    assert not Notice.objects.filter(
        party=importer, kind="imports.commitment.uncovered", settled_at=None
    ).exists()


def test_the_effect_of_a_change_is_known_before_it_is_saved(round_, importer, serum):
    services.submit_round(round_)

    effect = services.effect_of(round_, importer, serum.pk, units=36, tolerance_units=0)

    assert (effect.before.units, effect.after.units) == (48, 48)
    assert (effect.before.cost_minor, effect.after.cost_minor) == (3_360_00, 3_360_00)
    # alone 36 and 12 either way, so nobody saves by pooling and nobody's share moves
    assert (effect.before.own_minor, effect.after.own_minor) == (2_520_00, 2_520_00)
    assert effect.others_save_minor == 0
    assert units(round_, importer) == [(30, 4)]


def test_who_joins_the_pool_later_commits_until_the_fill_phase(round_, importer, serum):
    services.submit_round(round_)
    late = party("importer", "late-trading")
    factories.plan(late, serum, m04=7)

    assert services.join_round(late, round_) == 1
    with pytest.raises(services.AlreadySubmitted):
        services.join_round(late, round_)
    services.start_filling(round_)
    another = party("importer", "later-trading")
    factories.plan(another, serum, m04=7)
    with pytest.raises(RoundIsLocked):
        services.join_round(another, round_)

    assert [ask.units for ask in queries.asks_of(round_)] == [30, 10, 7]


@pytest.mark.parametrize(
    ("cause", "locked", "stays"),
    [("left", False, False), ("left", True, True), ("defaulted", True, False)],
)
def test_who_leaves_is_freed_of_open_rounds_and_who_fails_of_all_that_is_not_bought(
    cause, locked, stays, pool, round_, importer, stranger
):
    limit(importer, 5_000_00)
    services.lock_round(round_) if locked else services.submit_round(round_)

    services.depart(importer, pool, cause)

    asked = {ask.importer_id for ask in queries.asks_of(round_)}
    assert asked == ({importer.pk, stranger.pk} if stays else {stranger.pk})
    assert left(importer) == (2_480_00 if stays else 5_000_00)
    fact = Fact.objects.get(name="imports.importer.departed")
    assert fact.data["rounds_freed"] == (0 if stays else 1)
    with pytest.raises(services.LeftAlready):
        services.depart(importer, pool, cause)


def test_who_has_left_is_in_no_later_round(pool, round_, importer, stranger):
    services.depart(importer, pool, "left")

    services.submit_round(round_)
    with pytest.raises(HasLeft):
        services.join_round(importer, round_)

    assert set(RoundMember.objects.values_list("importer_id", flat=True)) == {stranger.pk}


def test_units_that_consumers_drew_are_counted_by_month_from_the_log(importer, serum):
    data = {"lot": 7, "product": serum.pk, "gtin": serum.gtin, "lot_no": "A"}
    received = facts.SequencedFact(
        0, 1, "warehouse.lot.received", "lot:7", clock.now(), clock.now(), data
    )
    drawn = {"importer": importer.pk, "dispatch": 1, "lot": 7, "units": 3, "identities": []}
    picked = [
        facts.SequencedFact(
            n, n + 1, "warehouse.dispatch.picked", "d", clock.now(), clock.now(), drawn
        )
        for n in (1, 2)
    ]

    projections.count_drawn([received, picked[0]])
    projections.count_drawn([picked[1]])

    (row,) = UnitsDrawn.objects.all()
    assert (row.month, row.units, row.product_id) == (date(2026, 3, 1), 6, serum.pk)


def test_a_month_is_scored_by_what_the_round_bound_whatever_was_planned_later(
    round_, importer, stranger, serum
):
    late = party("importer", "late-trading")
    services.lock_round(round_)
    services.consolidate_round(round_)
    ForecastLine.objects.filter(importer_id=importer.pk).update(m04=24)
    line = factories.plan(late, serum, m04=8)
    ForecastLine.objects.filter(pk=line.pk).update(version_from=round_.submitted_at)
    for owner, units in ((importer, 24), (late, 10)):
        UnitsDrawn.objects.create(
            importer_id=owner.pk, product=serum, month=date(2026, 4, 1), units=units
        )

    assert services.score_plans(date(2026, 4, 30)) == 0
    assert services.score_plans(date(2026, 5, 1)) == 2
    assert services.score_plans(date(2026, 5, 2)) == 0

    kept = queries.plans_kept(date(2026, 5, 1))
    assert kept == {importer.pk: Accuracy(1, 24, 6, 6), late.pk: Accuracy(1, 10, 2, -2)}
    assert queries.plan_kept(importer, date(2026, 5, 1)) == kept[importer.pk]
    scores = Score.objects.latest_on(clock.today(), Score.Kind.FORECAST)
    assert {pk: row.value for pk, row in scores.items()} == {
        importer.pk: Decimal("0.7500"), late.pk: Decimal("0.8000")
    }  # fmt: skip
    assert queries.plan_kept(stranger, date(2026, 5, 1)) is None


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({"lock_on": None}, "the_deadlines_of_a_round_follow_each_other"),
        ({"state": "filling"}, "only_submitted_plans_are_filled_and_locked"),
    ],
)
def test_the_database_refuses_a_calendar_that_cannot_be(round_, change, law):
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(**change)


def test_a_commitment_never_changes_what_it_says(round_):
    services.submit_round(round_)
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Commitment.objects.update(units=1)
