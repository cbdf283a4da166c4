"""Scores, tiers and limits: the figures of the facts, and what must hold for any record."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.tiers import (
    Bound,
    Event,
    Grade,
    Record,
    Step,
    Terms,
    adjustment,
    earned,
    given_back,
    graded,
    limit,
    restored,
    score,
    wilson_lower,
)

Z = Decimal("1.645")
TERMS = Terms(
    45, 25, 15, 15, Z, 500_000_00, 80,
    (
        Step(1, Decimal(0), 0, 0),
        Step(2, Decimal(55), 5, 25),
        Step(3, Decimal(68), 5, 50),
        Step(4, Decimal(80), 24, 75),
        Step(5, Decimal(90), 50, 100),
    ),
)  # fmt: skip
CLEAN = Record(
    due=24,
    on_time=24,
    accuracy=Decimal("0.8"),
    loss_ratio=Decimal(0),
    refusal_ratio=Decimal("0.02"),
    settled_minor=3_000_000_00,
    stock_minor=1_000_000_00,
)

records = st.builds(
    lambda late, on_time, accuracy, loss, refusal, money: Record(
        due=late + on_time,
        on_time=on_time,
        accuracy=accuracy,
        loss_ratio=loss,
        refusal_ratio=refusal,
        settled_minor=money[0],
        stock_minor=money[1],
        deposit_minor=money[2],
    ),
    st.integers(0, 20),
    st.integers(0, 200),
    st.none() | st.decimals(0, 1, places=4),
    st.decimals(0, 1, places=4),
    st.decimals(0, 1, places=4),
    st.tuples(*[st.integers(0, 10**10)] * 3),
)


@pytest.mark.parametrize(
    ("done", "of", "low"),
    [(3, 3, ".526"), (10, 10, ".787"), (24, 24, ".899"), (50, 50, ".949"), (95, 100, ".901")],
)
def test_history_is_earned_not_assumed(done, of, low):
    assert round(wilson_lower(done, of, Z), 3) == Decimal(low)


def test_nothing_due_earns_nothing():
    assert wilson_lower(0, 0, Z) == 0


def test_a_score_is_its_four_parts_by_their_weights():
    points = score(CLEAN, TERMS)

    # 45 x .8987 = 40.44; 25 x .8; 15 x 1; 15 x .98
    assert (points.on_time, points.accuracy) == (Decimal("40.44"), Decimal("20.00"))
    assert (points.losses, points.refusals) == (Decimal("15.00"), Decimal("14.70"))
    assert points.total == Decimal("90.14")
    assert earned(points.total, 24, TERMS) == 4


@given(records)
def test_one_more_payment_in_time_never_lowers_a_score(record):
    more = replace(record, due=record.due + 1, on_time=record.on_time + 1)

    assert score(more, TERMS).total >= score(record, TERMS).total


@given(records)
def test_one_more_late_payment_never_raises_a_score(record):
    more = replace(record, due=record.due + 1)

    assert score(more, TERMS).total <= score(record, TERMS).total


events = st.lists(
    st.tuples(st.sampled_from([Event.QUARTER, Event.MISSED, Event.CAUGHT_UP]), st.integers(1, 5)),
    max_size=40,
)


@given(events)
def test_a_tier_rises_by_one_after_two_closes_and_falls_at_once(steps):
    grade, above = graded(None, 5, Event.JOINED), 0
    assert grade == Grade(1)
    for event, reached in steps:
        after = graded(grade, reached, event)
        assert 1 <= after.tier <= grade.tier + 1
        if after.tier > grade.tier:
            assert (event, above) == (Event.QUARTER, 1)
        if event is Event.MISSED:
            assert after.tier <= max(1, grade.tier - 1)
        if event is Event.QUARTER and reached < grade.tier:
            assert after.tier == reached
        above, grade = after.closes, after


def test_two_good_closes_in_a_row_raise_and_one_between_breaks_the_row():
    first = graded(Grade(2), 4, Event.QUARTER)
    broken = graded(first, 2, Event.QUARTER)

    assert first == Grade(2, 1)
    assert graded(first, 4, Event.QUARTER) == Grade(3)
    assert graded(broken, 4, Event.QUARTER) == Grade(2, 1)


def test_an_appeal_gives_back_the_tier_that_was_taken_and_no_more():
    assert restored(Grade(2), 3) == Grade(3)
    assert restored(Grade(4), 3) == Grade(4)


@pytest.mark.parametrize(
    ("changes", "tier", "minor", "bound"),
    [
        # half of a month's 1,000,000.00
        ({}, 3, 500_000_00, Bound.FOUNDING),
        ({}, 4, 750_000_00, Bound.TURNOVER),
        # 80 % of stock bounds a month's million
        ({}, 5, 800_000_00, Bound.STOCK),
        ({"deposit_minor": 7_00}, 4, 750_007_00, Bound.TURNOVER),
        ({"due": 0, "on_time": 0}, 1, 500_000_00, Bound.FOUNDING),
        ({"on_time": 23}, 1, 0, Bound.DEPOSIT),
        ({"on_time": 23, "deposit_minor": 5_00}, 1, 5_00, Bound.DEPOSIT),
        ({"late_minor": 1}, 5, 0, Bound.ARREARS),
    ],
)
def test_a_limit_is_what_was_paid_in_and_what_the_record_carries(changes, tier, minor, bound):
    found = limit(replace(CLEAN, **changes), tier, TERMS)

    assert (found.minor, found.bound) == (minor, bound)


@given(records, st.integers(1, 4))
def test_a_higher_tier_never_lowers_a_limit(record, tier):
    assert limit(record, tier + 1, TERMS).minor >= limit(record, tier, TERMS).minor


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(-5, 10**9))
def test_a_limit_is_never_lowered_below_what_is_in_use(wanted, granted, free):
    step = adjustment(wanted, granted, free)

    assert free + step >= min(free, 0)
    assert step == wanted - granted or step == -max(0, free)


def test_a_commitment_is_given_back_order_by_order_and_whole_with_the_last():
    worth = {1: 100, 2: 200}

    assert given_back(1_000, worth, frozenset({1})) == 333
    assert given_back(1_000, worth, frozenset({1, 2})) == 1_000
    assert given_back(1_000, worth, frozenset()) == 0
