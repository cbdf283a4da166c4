"""What of a commitment is free again, and how reviews follow each other, as laws."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.tiers import (
    Bound,
    Event,
    Grade,
    Limit,
    Record,
    Step,
    Terms,
    earned,
    given_back,
    graded,
    limit,
    restored,
    score,
)

TERMS = Terms(
    45, 25, 15, 15, Decimal("1.645"), 100_00, 80,
    (Step(1, Decimal(0), 0, 0), Step(2, Decimal(55), 5, 25), Step(3, Decimal(68), 5, 50)),
)  # fmt: skip
NOBODY = Record(due=0, on_time=0, accuracy=None, loss_ratio=Decimal(0), refusal_ratio=Decimal(0))

worths = st.dictionaries(st.integers(1, 30), st.integers(1, 10**9), min_size=1, max_size=12)


@given(st.integers(0, 10**12), worths, st.data())
def test_more_orders_paid_never_free_less_and_all_free_the_whole(posted, worth, data):
    order = data.draw(st.permutations(sorted(worth)))
    freed = [given_back(posted, worth, frozenset(order[:n])) for n in range(len(order) + 1)]

    assert freed == sorted(freed)
    assert freed[0] == 0 or posted == 0
    assert freed[-1] == posted


def test_a_round_of_which_nothing_is_worth_anything_is_free_whole():
    assert given_back(500, {}, frozenset()) == 500
    assert given_back(500, {1: 0}, frozenset()) == 500


def test_somebody_of_whom_nothing_is_known_scores_for_what_it_did_not_lose():
    points = score(NOBODY, TERMS)

    assert (points.on_time, points.accuracy) == (0, 0)
    assert points.total == 30
    assert earned(points.total, 0, TERMS) == 1
    assert limit(NOBODY, 1, TERMS) == Limit(100_00, Bound.FOUNDING)


@pytest.mark.parametrize(
    ("points", "due", "tier"),
    [("54.99", 99, 1), ("55", 4, 1), ("55", 5, 2), ("67.99", 99, 2), ("68", 5, 3), ("100", 4, 1)],
)
def test_a_tier_is_earned_by_points_and_by_events(points, due, tier):
    assert earned(Decimal(points), due, TERMS) == tier


@pytest.mark.parametrize("event", [Event.CAUGHT_UP, Event.DEPOSIT, Event.JOINED])
def test_only_closes_and_missed_payments_move_a_tier(event):
    assert graded(Grade(3, 1), 5, event) == Grade(3, 1)
    assert graded(Grade(3, 1), 1, event) == Grade(3, 1)


@pytest.mark.parametrize(
    ("before", "reached", "after"),
    [(5, 5, 4), (5, 2, 2), (2, 5, 1), (1, 5, 1)],
)
def test_a_missed_payment_costs_a_tier_at_least(before, reached, after):
    assert graded(Grade(before, 1), reached, Event.MISSED) == Grade(after)


@given(st.integers(1, 5), st.integers(0, 1), st.integers(1, 5))
def test_an_appeal_never_lowers_and_never_passes_the_best_tier(tier, closes, asked):
    after = restored(Grade(tier, closes), asked)

    assert after.tier == max(tier, asked)
    assert after.closes == closes


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 3))
def test_who_is_late_has_its_deposit_and_nothing_else(deposit, late, tier):
    record = Record(
        due=9,
        on_time=8,
        accuracy=Decimal(1),
        loss_ratio=Decimal(0),
        refusal_ratio=Decimal(0),
        settled_minor=10**9,
        stock_minor=10**9,
        deposit_minor=deposit,
        late_minor=late,
    )

    assert limit(record, tier, TERMS) == Limit(deposit, Bound.ARREARS)
