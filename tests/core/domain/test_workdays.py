"""Working days as China's State Council announces them, and none that it has not."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.workdays import announced, is_working_day, unannounced, working_day_after

GOLDEN_WEEK = [date(2025, 10, day) for day in range(1, 9)]
WORKED_INSTEAD = [date(2025, 9, 28), date(2025, 10, 11)]
days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


def test_a_holiday_is_no_working_day_and_the_weekend_worked_for_it_is_one():
    assert [is_working_day(day) for day in GOLDEN_WEEK] == [False] * 8
    assert [is_working_day(day) for day in WORKED_INSTEAD] == [True, True]
    assert not is_working_day(date(2025, 9, 27))
    assert is_working_day(date(2025, 9, 29))


def test_a_year_that_nobody_announced_counts_monday_to_friday():
    new_year = date(2090, 1, 2)

    assert not announced(2090)
    assert is_working_day(new_year) == (new_year.weekday() < 5)
    assert unannounced(date(2089, 12, 1), new_year) == (2089, 2090)


@given(days)
def test_no_working_day_after_none_is_the_day_itself(day):
    assert working_day_after(day, 0) == day
    following = working_day_after(day, 1)
    assert following > day
    assert is_working_day(following)


@given(days, st.integers(1, 30))
def test_one_working_day_more_is_the_next_one(day, count):
    before, after = working_day_after(day, count), working_day_after(day, count + 1)

    assert after == working_day_after(before, 1)
    assert not any(
        is_working_day(before + timedelta(days=n)) for n in range(1, (after - before).days)
    )
