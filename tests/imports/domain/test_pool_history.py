"""What an importer may sell, from the pool's own history."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.pool_history import (
    by_month,
    held_out,
    month_number,
    pool_history,
    seasons,
    suggested,
)

END = month_number(2027, 1)
SERUM, CREAM = 1, 2


def history(*rows, before=END):
    """Rows of importer, product, year and the units of its months (one figure for all)."""
    full = [
        (importer, product, month_number(year, n), units)
        for importer, product, year, months in rows
        for n, units in enumerate(months if isinstance(months, list) else [months] * 12, start=1)
    ]
    return pool_history(np.array(full, dtype=np.int64), before=before)


def test_history_runs_from_the_first_month_with_a_sale_to_the_last():
    found = history((1, SERUM, 2026, [0, 0, 5, *[0] * 6, 1, 0, 0]))

    assert (found.first, found.before) == (month_number(2026, 3), month_number(2026, 11))
    assert found.periods == 8


def test_months_from_the_end_on_are_not_looked_at():
    found = history((1, SERUM, 2026, 4), before=month_number(2026, 4))

    assert (found.periods, found.drawn(found.first, found.before).tolist()) == (3, [4, 4, 4])


def test_at_most_three_years_are_looked_at():
    assert history(*((1, SERUM, year, 1) for year in range(2020, 2027))).periods == 36


def test_without_history_nothing_is_suggested():
    empty = history()

    assert (empty.periods, suggested(empty, 1, {SERUM}), held_out(empty, 1)) == (0, {}, None)


def test_below_five_importers_each_stands_on_its_own_record():
    found = suggested(history(*((n, SERUM, 2026, n) for n in range(1, 5))), 3, ())

    assert not found[SERUM].is_pooled
    assert found[SERUM].mean_units == pytest.approx(36)


def test_what_others_draw_of_a_product_below_the_smallest_group_changes_nothing():
    few = suggested(history(*((n, SERUM, 2026, 3) for n in range(1, 5))), 1, ())
    other = suggested(history((1, SERUM, 2026, 3), (2, SERUM, 2026, 999)), 1, ())

    assert few[SERUM].mean_units == other[SERUM].mean_units == pytest.approx(36)


def test_a_thin_record_is_drawn_towards_the_pool_and_a_thick_one_is_not():
    rows = [(n, CREAM, 2026, 10) for n in range(1, 9)] + [(n, SERUM, 2026, 10) for n in range(2, 9)]
    thin = suggested(history(*rows, (1, SERUM, 2026, [1, *[0] * 11])), 1, ())[SERUM]
    thick = suggested(history(*rows, (1, SERUM, 2026, 500)), 1, ())[SERUM]

    assert thin.mean_units > 1
    assert thick.mean_units == pytest.approx(6000, rel=0.1)


def test_a_planned_product_that_was_never_drawn_is_suggested_from_the_pool():
    rows = [(n, product, 2026, 10) for n in range(1, 9) for product in (SERUM, CREAM)]
    found = suggested(history(*rows, (9, CREAM, 2026, 10)), 9, {SERUM})[SERUM]

    assert found.sold_units == 0
    assert found.is_pooled
    assert found.mean_units > 0


def test_an_importer_sees_products_of_its_own_only():
    rows = [(n, product, 2026, 10) for n in range(1, 9) for product in (SERUM, CREAM)]

    assert set(suggested(history(*rows, (9, CREAM, 2026, 10)), 9, ())) == {CREAM}


def test_the_last_third_is_held_out_and_both_ways_are_judged_on_it():
    steady = [(n, SERUM, 2026, 10) for n in range(1, 9)]
    held = held_out(history(*steady, (9, SERUM, 2026, [*[10] * 8, *[20] * 4])), 9)

    assert (held.months, held.drawn_units, held.mean_missed_units) == (4, 80, 40)
    assert held.suggestion_missed_units == pytest.approx(40, abs=4)


def test_where_both_miss_alike_the_suggestion_does_not_help():
    held = held_out(history((1, SERUM, 2026, 10)), 1)

    assert (held.suggestion_missed_units, held.mean_missed_units, held.helps) == (0, 0, False)


def test_fewer_than_six_months_cannot_be_tested():
    assert held_out(history((1, SERUM, 2026, 1), before=month_number(2026, 6)), 1) is None


def test_seasons_need_two_years_and_five_importers():
    summer = [*[10] * 5, *[30] * 3, *[10] * 4]
    kinds = {SERUM: "care", CREAM: "care"}
    rows = [(n, SERUM, year, summer) for n in range(1, 6) for year in (2025, 2026)]

    found = seasons(history(*rows), kinds)

    assert set(found) == {"care"}
    assert found["care"][:6] == pytest.approx([0.6667, 0.6667, 0.6667, 0.6667, 0.6667, 2], abs=1e-3)
    assert sum(found["care"]) == pytest.approx(12)
    assert seasons(history(*rows[:-2]), kinds) == {}
    assert seasons(history(*rows[::2]), kinds) == {}


@given(st.integers(0, 10**9), st.tuples(*[st.floats(0, 1000)] * 12))
def test_a_year_spread_over_its_months_adds_up(units, shape):
    assert sum(by_month(units, shape)) == units


rows = st.lists(
    st.tuples(
        st.integers(1, 6), st.integers(1, 3), st.integers(2024, 2026),
        st.lists(st.integers(0, 50), min_size=12, max_size=12),
    ),
    unique_by=lambda row: row[:3],
    max_size=12,
)  # fmt: skip


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_suggestion(some, dice):
    other = list(some)
    dice.shuffle(other)
    first, second = suggested(history(*some), 1, {2}), suggested(history(*other), 1, {2})

    assert set(first) == set(second)
    assert all(first[p].quantiles == second[p].quantiles for p in first)
