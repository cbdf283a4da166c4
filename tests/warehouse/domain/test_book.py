"""The four counters of the bonded account book."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Refusal
from warehouse.domain.book import (
    BookStep,
    Counters,
    NotEnoughInBook,
    NothingExpected,
    NoUnitsToBook,
    Reconciliation,
    after,
)


def walk(*steps, start=None):
    counters = start or Counters()
    for step, units in steps:
        counters = after(counters, step, units)
    return counters


def test_goods_enter_the_book_when_the_entry_is_approved_and_the_gate_is_passed():
    announced = walk((BookStep.EXPECT_IN, 100))
    arrived = walk((BookStep.ACTUAL_IN, 98), (BookStep.RELEASE_IN, 2), start=announced)

    assert announced == Counters(expected_in=100)
    assert arrived == Counters(actual_in=98)
    assert arrived.surplus_units == 98


def test_goods_leave_the_book_in_two_steps_and_the_surplus_falls_with_the_first():
    promised = walk((BookStep.EXPECT_OUT, 30), start=Counters(actual_in=98))
    written_off = walk((BookStep.ACTUAL_OUT, 30), start=promised)

    assert (promised.surplus_units, promised.on_hand_units) == (68, 98)
    assert written_off == Counters(actual_in=98, actual_out=30)
    assert (written_off.surplus_units, written_off.on_hand_units) == (68, 68)


def test_a_refused_declaration_gives_its_units_back_to_the_surplus():
    counters = walk(
        (BookStep.EXPECT_OUT, 30), (BookStep.RELEASE_OUT, 30), start=Counters(actual_in=98)
    )

    assert counters == Counters(actual_in=98)


def test_more_than_the_surplus_may_not_be_declared_out():
    with pytest.raises(NotEnoughInBook) as refusal:
        walk((BookStep.EXPECT_OUT, 5), start=Counters(actual_in=10, expected_out=6))

    assert refusal.value.params == {"asked": 5, "free": 4}


@pytest.mark.parametrize(
    "step", [BookStep.ACTUAL_IN, BookStep.RELEASE_IN, BookStep.ACTUAL_OUT, BookStep.RELEASE_OUT]
)
def test_nothing_is_booked_or_taken_back_that_was_not_announced(step):
    with pytest.raises(NothingExpected) as refusal:
        walk((step, 5), start=Counters(expected_in=4, actual_in=10, expected_out=4))

    assert refusal.value.params == {"asked": 5, "expected": 4}


@pytest.mark.parametrize("units", [0, -3])
def test_a_booking_of_no_units_is_refused(units):
    with pytest.raises(NoUnitsToBook):
        walk((BookStep.EXPECT_IN, units))


def test_every_named_position_between_book_and_shelf_explains_its_units():
    row = Reconciliation(
        Counters(actual_in=90, actual_out=20),
        physical=72,
        quarantine=3,
        arrived_not_approved=12,
        approved_not_arrived=2,
        left_not_written_off=9,
        written_off_not_left=2,
        destroyed_not_written_off=1,
    )

    assert row.explained_units == 70
    assert row.drift_units == 0


def test_a_unit_missing_from_the_shelf_is_drift():
    row = Reconciliation(Counters(actual_in=90, actual_out=20), physical=69)

    assert row.drift_units == 1


@given(steps=st.lists(st.tuples(st.sampled_from(BookStep), st.integers(1, 40)), max_size=40))
def test_no_walk_through_the_book_takes_a_counter_or_the_surplus_below_zero(steps):
    counters = Counters()
    for step, units in steps:
        try:
            counters = after(counters, step, units)
        except Refusal:
            continue

        assert min(counters.expected_in, counters.actual_in, counters.expected_out) >= 0
        assert counters.surplus_units >= 0
