"""Suggestions: shrinkage and quantiles by hand, and what stays hidden."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.domain.suggestion_file import Sales, answer, read_sales
from imports.domain.suggestions import quantiles, seasonal_indices, suggest


def sales(*rows):
    return read_sales(("importer,sku,period,units\n" + "\n".join(rows)).encode())


def monthly(units_of, importers=6, months=12, skus=("A",)):
    return sales(
        *(
            f"i{who},{sku},{2024 + month // 12}-{month % 12 + 1:02d},{units_of(who, sku, month)}"
            for who in range(importers)
            for sku in skus
            for month in range(months)
        )
    )


def test_importers_that_all_sell_alike_are_suggested_what_they_sold():
    found = answer(monthly(lambda *_: 10))

    assert {(each["sold"], each["suggestion"]) for each in found["suggestions"]} == {(120, 120)}


def test_a_thin_record_is_drawn_towards_the_pool():
    sold = np.array([[100, 100]] * 9 + [[2, 0]])
    found = suggest(sold, periods=12, horizon=12, seen=np.ones(sold.shape, dtype=bool))
    thin = [each for each in found if each.importer == 9]

    # by the pool's mix it would have sold 1 of each
    assert [round(each.mean_units, 1) for each in thin] == [1.0, 1.0]
    assert all(each.is_pooled and each.credibility < 0.05 for each in thin)


def test_a_pool_of_four_is_none_and_each_stands_on_its_own_record():
    found = answer(monthly(lambda who, *_: who, importers=4))

    assert [each["basis"] for each in found["suggestions"]] == ["own"] * 4
    assert [each["suggestion"] for each in found["suggestions"]] == [0, 12, 24, 36]
    assert found["seasonal_indices"] is None


def test_without_a_pool_no_suggestion_depends_on_what_another_sold():
    one = answer(monthly(lambda who, *_: who + 1, importers=3))
    two = answer(monthly(lambda who, *_: 7 if who == 2 else who + 1, importers=3))

    assert one["suggestions"][:2] == two["suggestions"][:2]


def test_quantiles_of_a_wide_gamma_poisson_match_the_tables():
    # mean 10, shape 5: the negative binomial with success chance 1/3
    assert quantiles(10.0, 5.0, (0.1, 0.5, 0.9)) == (4, 9, 17)
    assert quantiles(0.0, 5.0) == (0, 0, 0, 0, 0)


def test_quantiles_of_a_narrow_one_are_those_of_a_poisson():
    assert quantiles(100.0, 1e12, (0.1, 0.5, 0.9)) == (87, 100, 113)


@settings(max_examples=8)
@given(st.floats(0.01, 5_000_000), st.floats(0.5, 1_000_000))
def test_quantiles_rise_and_hold_the_mean_between_their_ends(mean, shape):
    low, *_, high = found = quantiles(mean, shape, (0.01, 0.25, 0.5, 0.75, 0.999))

    assert list(found) == sorted(found)
    assert low <= mean + 1
    assert high >= mean - 1


def test_two_years_give_a_season_that_growth_does_not_bend():
    pattern = np.array([1.0] * 10 + [2.0, 0.0])

    assert seasonal_indices(np.array([pattern, 3 * pattern])).tolist() == pattern.tolist()


def test_two_years_of_enough_importers_spread_the_suggestion_over_the_months():
    found = answer(monthly(lambda _who, _sku, month: 24 if month % 12 == 10 else 12, months=24))
    (first, *_) = found["suggestions"]

    assert first["suggestion"] == 156
    assert first["months"]["11"] == 24
    assert sum(first["months"].values()) == 156


def test_periods_without_a_row_count_as_months_in_which_nothing_was_sold():
    found = answer(sales("x,A,2025-01,6", "x,A,2025-06,6"))

    assert (found["periods"], found["suggestions"][0]["suggestion"]) == (6, 24)


def test_weeks_look_ahead_a_year_and_plain_numbers_as_far_as_they_look_back():
    assert answer(sales("x,A,2025-W01,1", "x,A,2025-W26,1"))["horizon"] == 52
    assert answer(sales("x,A,1,1", "x,A,5,1"))["horizon"] == 5


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark():
    read = read_sales("\ufeffunits,Period,SKU,importer\r\n3,2025-02,A,x\r\n".encode())

    assert isinstance(read, Sales)
    assert [(row.importer, row.sku, row.units) for row in read.rows] == [("x", "A", 3)]


@pytest.mark.parametrize("count", [1, 40])
def test_suggestions_come_by_importer_then_sku(count):
    found = answer(monthly(lambda *_: 1, importers=count, skus=("B", "A")))
    pairs = [(each["importer"], each["sku"]) for each in found["suggestions"]]

    assert pairs == sorted(pairs)
