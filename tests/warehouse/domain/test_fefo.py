"""First to expire, first to leave."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.domain.fefo import (
    LotOnHand,
    NotEnoughStock,
    NoUnitsAsked,
    Pick,
    fefo_key,
    pick_first_expiring,
)

TODAY = date(2025, 6, 1)
RECEIVED = date(2025, 2, 1)

lots = st.lists(
    st.builds(
        LotOnHand,
        lot_id=st.integers(1, 10**6),
        expires_on=st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        received_on=st.dates(date(2024, 1, 1), date(2025, 5, 31)),
        free_units=st.integers(0, 50),
    ),
    unique_by=lambda lot: lot.lot_id,
    max_size=12,
)


def lot(lot_id, expires_on, free_units, received_on=RECEIVED):
    return LotOnHand(lot_id, expires_on, received_on, free_units)


def test_the_lot_that_expires_first_leaves_first():
    shelf = [lot(1, date(2026, 3, 1), 10), lot(2, date(2025, 9, 1), 4)]

    assert pick_first_expiring(shelf, 6, last_day_from=TODAY) == [Pick(2, 4), Pick(1, 2)]


def test_of_lots_that_expire_together_the_first_received_leaves_first():
    shelf = [
        lot(1, date(2025, 9, 1), 5, received_on=date(2025, 3, 1)),
        lot(2, date(2025, 9, 1), 5, received_on=date(2025, 2, 1)),
    ]

    assert pick_first_expiring(shelf, 5, last_day_from=TODAY) == [Pick(2, 5)]


def test_what_does_not_expire_leaves_last():
    shelf = [lot(1, None, 5), lot(2, date(2030, 1, 1), 5)]

    assert pick_first_expiring(shelf, 6, last_day_from=TODAY) == [Pick(2, 5), Pick(1, 1)]


def test_a_lot_may_leave_on_its_last_day_and_not_the_day_after():
    shelf = [lot(1, date(2025, 5, 31), 5), lot(2, TODAY, 5)]

    assert pick_first_expiring(shelf, 5, last_day_from=TODAY) == [Pick(2, 5)]


def test_a_lot_with_too_short_a_life_for_the_channel_is_not_picked():
    shelf = [lot(1, date(2025, 9, 1), 5), lot(2, date(2026, 3, 1), 5)]

    assert pick_first_expiring(shelf, 5, last_day_from=date(2025, 12, 1)) == [Pick(2, 5)]


def test_a_request_above_the_usable_stock_is_refused_with_both_numbers():
    shelf = [lot(1, date(2025, 1, 1), 50), lot(2, date(2026, 3, 1), 1)]

    with pytest.raises(NotEnoughStock) as refusal:
        pick_first_expiring(shelf, 3, last_day_from=TODAY)

    assert refusal.value.params == {"asked": 3, "free": 1}
    assert refusal.value.reason_text() == (
        "1 units are free and live long enough; 3 were asked for."
    )


@pytest.mark.parametrize("asked", [0, -1])
def test_a_request_for_no_units_is_refused(asked):
    with pytest.raises(NoUnitsAsked):
        pick_first_expiring([lot(1, None, 5)], asked, last_day_from=TODAY)


@given(shelf=lots, units=st.integers(1, 300))
def test_a_pick_serves_exactly_what_was_asked_or_refuses(shelf, units):
    usable = {x.lot_id: x for x in shelf if x.expires_on is None or x.expires_on >= TODAY}
    free = sum(x.free_units for x in usable.values())
    if free < units:
        with pytest.raises(NotEnoughStock) as refusal:
            pick_first_expiring(shelf, units, last_day_from=TODAY)
        assert refusal.value.params == {"asked": units, "free": free}
        return

    picks = pick_first_expiring(shelf, units, last_day_from=TODAY)

    assert sum(p.units for p in picks) == units
    assert all(0 < p.units <= usable[p.lot_id].free_units for p in picks)


@given(shelf=lots, units=st.integers(1, 300))
def test_nothing_is_left_of_any_lot_that_goes_before_one_that_was_touched(shelf, units):
    usable = [x for x in shelf if x.expires_on is None or x.expires_on >= TODAY]
    if sum(x.free_units for x in usable) < units:
        return

    taken = {p.lot_id: p.units for p in pick_first_expiring(shelf, units, last_day_from=TODAY)}

    last = max((x for x in usable if x.lot_id in taken), key=fefo_key)
    earlier = [x for x in usable if fefo_key(x) < fefo_key(last)]
    assert all(taken.get(x.lot_id, 0) == x.free_units for x in earlier)
