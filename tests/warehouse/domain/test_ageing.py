"""Until when goods can be sold, how old they are, what the ways out cost, how long they last."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.domain.ageing import (
    Exit,
    KeepingTerms,
    Urgency,
    by_age,
    days_of_cover,
    last_safe_sale,
    priced_exits,
    urgency,
)

TERMS = KeepingTerms(clearance_days=2, delivery_days=5, minimum_use_days=90, warn_days=60)
EXPIRES = date(2026, 9, 30)


def test_the_last_safe_sale_leaves_time_to_clear_to_deliver_and_to_use():
    assert last_safe_sale(EXPIRES, TERMS) == date(2026, 6, 25)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 4, 26), Urgency.FINE),
        (date(2026, 4, 27), Urgency.WARNED),
        (date(2026, 6, 25), Urgency.WARNED),
        (date(2026, 6, 26), Urgency.TOO_LATE),
        (date(2026, 9, 30), Urgency.TOO_LATE),
        (date(2026, 10, 1), Urgency.EXPIRED),
    ],
)
def test_a_lot_is_warned_of_sixty_days_before_its_last_safe_sale(on, state):
    assert urgency(EXPIRES, TERMS, on) is state


def test_what_does_not_expire_is_never_warned_of():
    assert urgency(None, TERMS, date(2099, 1, 1)) is Urgency.FINE


def test_each_way_out_says_what_it_loses_and_the_best_comes_first():
    # 100 units worth CNY 90 in 0.25 m3: offered at 60 %, returned for 500 + 225, destroyed for 900
    exits = priced_exits(100, 90_00, 2_500, TERMS, may_offer=True)

    assert [(way.way, way.loss_fen) for way in exits] == [
        (Exit.OFFER, 3_600_00),
        (Exit.RETURN_ABROAD, 9_725_00),
        (Exit.DESTROY, 9_900_00),
    ]


def test_goods_past_their_last_safe_sale_are_offered_to_nobody():
    exits = priced_exits(100, 90_00, 2_500, TERMS, may_offer=False)

    assert [way.way for way in exits] == [Exit.RETURN_ABROAD, Exit.DESTROY]


def test_units_are_grouped_by_days_since_receipt():
    on = date(2026, 7, 1)
    rows = [(on - timedelta(days=days), 10) for days in (0, 30, 31, 60, 61, 90, 91, 180, 181)]

    assert by_age(rows, on) == [20, 20, 20, 20, 10]


def test_cover_follows_each_month_s_own_pace():
    forecast = {date(2026, 6, 1): 30, date(2026, 7, 1): 62}

    assert days_of_cover(15, forecast, date(2026, 6, 21)) == 12
    assert days_of_cover(0, forecast, date(2026, 6, 21)) == 0


def test_cover_is_not_told_where_nothing_is_forecast_or_stock_outlasts_it():
    assert days_of_cover(5, {}, date(2026, 6, 1)) is None
    assert days_of_cover(5, {date(2026, 6, 1): 0}, date(2026, 6, 1)) is None
    assert days_of_cover(100, {date(2026, 12, 1): 62}, date(2026, 12, 1)) is None


@given(st.integers(0, 500), st.lists(st.integers(0, 90), min_size=1, max_size=12))
def test_cover_is_the_day_on_which_a_clerk_who_sells_day_by_day_runs_out(free, months):
    forecast = {date(2026, number, 1): units for number, units in enumerate(months, start=1)}
    start = date(2026, 1, 10)

    told = days_of_cover(free, forecast, start)

    left, day, days = free * 10**9, start, 0
    while day.replace(day=1) in forecast:
        length = (
            (day.replace(day=28) + timedelta(days=4)).replace(day=1) - day.replace(day=1)
        ).days
        pace = forecast[day.replace(day=1)] * 10**9 / length
        if left < pace - 1:
            break
        left, day, days = left - pace, day + timedelta(days=1), days + 1
    ran_out = day.replace(day=1) in forecast
    assert told == (days if ran_out and any(months) else None)
