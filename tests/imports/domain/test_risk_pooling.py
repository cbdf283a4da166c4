"""What pooling really saves in safety stock: from covariance, with a band, never a square root."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.domain.risk_pooling import TooFewMonths, pooled_safety_stock

TERMS = {"service_factor": 2.0, "cover_months": 4.0}


def test_demands_that_move_together_save_nothing():
    found = pooled_safety_stock({n: [10, 20, 30, 10, 20, 30] for n in range(4)}, **TERMS)

    # standard deviation of each: 8.944; times 2, times the root of 4
    assert found.alone_units == pytest.approx(4 * sqrt(80) * 4)
    assert found.ratio == pytest.approx(1)
    assert (found.low, found.high) == pytest.approx((1, 1))
    assert found.mean_correlation == pytest.approx(1)


def test_demands_that_cancel_out_save_all_but_what_few_months_cannot_promise():
    found = pooled_safety_stock({"A": [10, 20] * 3, "B": [20, 10] * 3}, **TERMS)

    # the sum never varies; one part in six stands for full correlation
    assert found.ratio == pytest.approx(sqrt(1 / 6))
    assert found.mean_correlation == pytest.approx(-1)


def test_independent_demands_of_many_months_come_near_the_square_root_law_from_above():
    draw = np.random.default_rng(7)
    demand = {n: draw.poisson(100, 240).tolist() for n in range(9)}

    found = pooled_safety_stock(demand, **TERMS)

    assert 1 / 3 < found.ratio < 0.37
    assert found.low < found.ratio < found.high + 0.01


def test_one_importer_has_nobody_to_pool_with():
    assert pooled_safety_stock({"A": [1, 5, 9, 2, 2, 7]}, **TERMS).ratio == pytest.approx(1)


def test_demand_that_never_varies_needs_no_safety_stock():
    found = pooled_safety_stock({n: [5] * 12 for n in range(3)}, **TERMS)

    assert (found.alone_units, found.pooled_units, found.ratio) == (0, 0, 1)


def test_a_handful_of_months_is_not_enough_to_say():
    with pytest.raises(TooFewMonths) as refused:
        pooled_safety_stock({"A": [1, 2, 3]}, **TERMS)
    assert (refused.value.params["months"], refused.value.params["needed"]) == (3, 6)
    with pytest.raises(TooFewMonths):
        pooled_safety_stock({}, **TERMS)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 90), min_size=8, max_size=8), min_size=1, max_size=6))
def test_pooling_never_needs_more_stock_than_apart_and_is_the_same_each_time(rows):
    demand = dict(enumerate(rows))
    found = pooled_safety_stock(demand, **TERMS)

    assert found == pooled_safety_stock(demand, **TERMS)
    assert found.pooled_units <= found.alone_units + 1e-9
    assert 0 <= found.low <= found.high <= 1 + 1e-9
