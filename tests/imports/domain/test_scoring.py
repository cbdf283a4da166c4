"""One meaning of how near a plan came: WAPE, bias and score, and what a round bound a month to."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from imports.domain.scoring import Accuracy, accuracy_of, committed_in


def test_wape_and_bias_are_shares_of_what_was_drawn():
    # errors 20, 0 and 10 of 140 drawn; 10 more planned than drawn
    found = accuracy_of([(100, 80), (50, 50), (0, 10)], months=1)

    assert found == Accuracy(1, 140, 30, 10)
    assert (found.wape, found.bias) == (Fraction(30, 140), Fraction(10, 140))
    assert found.score == Fraction(110, 140)


def test_too_little_has_a_bias_below_nothing():
    found = accuracy_of([(30, 40)], months=1)

    assert (found.wape, found.bias, found.bias_size) == (
        Fraction(1, 4), Fraction(-1, 4), Fraction(1, 4)
    )  # fmt: skip


def test_where_nothing_was_drawn_no_share_can_be_told_and_a_plan_scores_nothing():
    assert accuracy_of([(8, 0)], months=1).wape is None
    assert accuracy_of([(8, 0)], months=1).bias is None
    assert accuracy_of([(8, 0)], months=1).score == 0
    assert accuracy_of([(0, 0)], months=1).score == 1
    assert accuracy_of([(10, 1)], months=1).score == 0


units = st.integers(0, 500)
cells = st.lists(st.tuples(units, units), max_size=8)


@given(cells)
def test_a_score_is_a_part_of_one_and_a_plan_that_was_kept_is_whole(cells):
    found = accuracy_of(cells, months=1)

    assert 0 <= found.score <= 1
    assert accuracy_of([(drawn, drawn) for _, drawn in cells], months=1).score == 1
    assert abs(found.over_units) <= found.missed_units


@given(units, st.lists(units, min_size=1, max_size=6))
def test_what_a_round_bought_is_told_by_month_to_the_unit(units, planned):
    parts = [committed_in(month, units, planned) for month in range(len(planned))]

    assert sum(parts) == units
    if sum(planned) == units:
        assert parts == planned


def test_units_bought_stand_to_each_other_as_the_months_were_planned():
    assert [committed_in(month, 30, [20, 40]) for month in (0, 1)] == [10, 20]
    assert [committed_in(month, 5, [0, 0]) for month in (0, 1)] == [3, 2]
