"""Container numbers, what is left of a line, and how long stock lasts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.shipping import (
    Arrival,
    ContainerShape,
    ContainerWrong,
    MoreThanLeft,
    NothingTravels,
    container_number,
    cover,
    refuse_more_than_left,
)

TODAY = date(2026, 3, 1)
DAILY_TEN = {(2026, month): 10 * days for month, days in ((3, 31), (4, 30), (5, 31), (6, 30))}


@pytest.mark.parametrize("number", ["CSQU3054383", "csqu 305438-3", "MSKU0000006"])
def test_a_container_number_with_its_check_digit_is_kept_in_capitals(number):
    assert container_number(number) == number.upper().replace(" ", "").replace("-", "")


def test_a_slip_in_a_container_number_names_the_digit_it_should_end_in():
    with pytest.raises(ContainerWrong) as declined:
        container_number("CSQU3054384")
    assert declined.value.params["expected"] == 3


@pytest.mark.parametrize("number", ["", "CSQ3054383", "CSQA3054383", "CSQU305438", "CSQU30543833"])
def test_what_has_not_the_shape_of_a_container_number_is_declined(number):
    with pytest.raises(ContainerShape):
        container_number(number)


@given(st.integers(0, 999_999), st.integers(0, 9), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(serial, check, place, shift):
    right = None
    for digit in range(10):
        try:
            right = container_number(f"CSQU{serial:06d}{digit}")
        except ContainerWrong:
            continue
        break
    wrong = list(right)
    wrong[4 + place] = str((int(wrong[4 + place]) + shift) % 10)
    weight = 2 ** (4 + place)
    difference = int(wrong[4 + place]) - int(right[4 + place])
    if difference * weight % 11 % 10 == 0 or "".join(wrong) == right:
        return
    try:
        assert container_number("".join(wrong)) != right
    except ContainerWrong as declined:
        assert declined.params["expected"] != int(right[-1])  # noqa: PT017


def test_no_more_travels_than_is_left():
    refuse_more_than_left({1: 5, 2: 0}, {1: 5, 2: 3}, {1: "A", 2: "B"})
    with pytest.raises(MoreThanLeft) as declined:
        refuse_more_than_left({1: 6}, {1: 5}, {1: "A"})
    assert declined.value.params == {"units": 6, "sku": "A", "left": 5}
    with pytest.raises(MoreThanLeft):
        refuse_more_than_left({9: 1}, {1: 5}, {})
    for nothing in ({}, {1: 0}):
        with pytest.raises(NothingTravels):
            refuse_more_than_left(nothing, {1: 5}, {})


def test_fifty_units_at_ten_a_day_last_five_days():
    found = cover(50, DAILY_TEN, [], today=TODAY, days=60)

    assert (found.days, found.runs_out_on) == (5, date(2026, 3, 6))
    assert (found.days_without, found.days_lost) == (55, 0)


def test_stock_that_outlasts_the_horizon_has_no_last_day():
    found = cover(600, DAILY_TEN, [], today=TODAY, days=60)

    assert (found.days, found.runs_out_on, found.days_without) == (60, None, 0)


def test_a_delay_of_a_week_costs_the_days_between_the_last_unit_and_the_arrival():
    planned = date(2026, 3, 6)
    late = Arrival(500, planned, planned + timedelta(days=7))

    found = cover(50, DAILY_TEN, [late], today=TODAY, days=60)

    # sold out from 6 March, the goods come on the 13th: seven days without, then 47 of 50 covered
    assert (late.days_late, found.days, found.days_lost) == (7, 5, 2)
    assert (found.days_without, found.days_without_as_planned) == (7, 5)


def test_a_delay_that_the_stock_outlasts_costs_nothing():
    late = Arrival(600, date(2026, 3, 3), date(2026, 3, 5))

    assert cover(50, DAILY_TEN, [late], today=TODAY, days=60).days_lost == 0


def test_what_should_have_come_already_counts_as_planned_and_not_as_there():
    late = Arrival(600, date(2026, 2, 1), date(2026, 3, 11))

    found = cover(0, DAILY_TEN, [late], today=TODAY, days=60)

    assert (found.days, found.days_without, found.days_lost) == (0, 10, 10)


arrivals = st.lists(
    st.builds(
        Arrival,
        units=st.integers(0, 500),
        planned_on=st.dates(TODAY, date(2026, 5, 1)),
        expected_on=st.dates(TODAY, date(2026, 5, 1)),
    ),
    max_size=4,
)


@given(st.integers(0, 1_000), arrivals, st.integers(0, 200))
def test_more_stock_never_lasts_shorter(on_hand, coming, more):
    few = cover(on_hand, DAILY_TEN, coming, today=TODAY, days=60)
    many = cover(on_hand + more, DAILY_TEN, coming, today=TODAY, days=60)

    assert many.days >= few.days
    assert many.days_without <= few.days_without


@given(st.integers(0, 1_000), arrivals)
def test_goods_on_time_lose_no_days(on_hand, coming):
    punctual = [Arrival(one.units, one.planned_on, one.planned_on) for one in coming]

    assert cover(on_hand, DAILY_TEN, punctual, today=TODAY, days=60).days_lost == 0
