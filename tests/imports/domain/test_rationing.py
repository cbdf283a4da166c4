"""Rationing: numbers by hand, then the laws of each rule."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.rationing import Claim, Rule, ration


def claims(*units, weights=None):
    weights = weights or [1] * len(units)
    return [
        Claim("abcdefgh"[n], asked, Fraction(weight))
        for n, (asked, weight) in enumerate(zip(units, weights, strict=True))
    ]


def grants(supply, rule, *asked, weights=None):
    return [grant.units for grant in ration(supply, rule, claims(*asked, weights=weights))]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule.UNIFORM, [34, 33, 33]),
        (Rule.WEIGHTED_UNIFORM, [34, 33, 33]),
        (Rule.PROPORTIONAL, [20, 30, 50]),
        (Rule.UNIFORM_LOSSES, [7, 27, 66]),
    ],
)
def test_a_hundred_units_among_askers_of_forty_sixty_and_a_hundred(rule, expected):
    assert grants(100, rule, 40, 60, 100) == expected


def test_small_demands_are_met_in_full_before_large_ones_under_the_uniform_rule():
    assert grants(70, Rule.UNIFORM, 10, 120, 25) == [10, 35, 25]


def test_twice_the_weight_reaches_twice_the_level():
    assert grants(90, Rule.WEIGHTED_UNIFORM, 100, 100, weights=[1, 2]) == [30, 60]


def test_without_weight_one_gets_what_the_others_leave():
    assert grants(60, Rule.WEIGHTED_UNIFORM, 50, 50, weights=[1, 0]) == [50, 10]
    assert grants(5, Rule.WEIGHTED_UNIFORM, 50, 50, weights=[0, 0]) == [3, 2]


def test_inflating_a_demand_pays_under_the_proportional_rule_and_not_under_the_uniform_one():
    assert grants(100, Rule.PROPORTIONAL, 120, 60, 100)[0] == 43
    assert grants(100, Rule.UNIFORM, 120, 60, 100)[0] == 34


def test_a_unit_more_to_share_takes_none_from_anybody_where_largest_remainders_would():
    # by largest remainders the third falls from 1 of 3 units to none of 4
    assert grants(3, Rule.PROPORTIONAL, 6, 6, 2) == [1, 1, 1]
    assert grants(4, Rule.PROPORTIONAL, 6, 6, 2) == [2, 1, 1]


def test_the_reason_names_the_level_and_what_was_asked():
    found = ration(70, Rule.UNIFORM, claims(10, 120, 25))

    assert [grant.why for grant in found[:2]] == [
        "Everybody gets up to 35 units; you asked for 10 and get all of it.",
        "Everybody gets up to 35 units; you asked for 120. Asking for more would not help.",
    ]


@pytest.mark.parametrize("rule", Rule)
def test_nobody_and_nothing_are_shared_out_too(rule):
    assert ration(5, rule, []) == []
    assert grants(0, rule, 3, 0) == [0, 0]


@pytest.mark.parametrize("rule", Rule)
def test_a_billion_units_are_handed_out_at_once(rule):
    assert sum(grants(10**9 + 1, rule, 10**9, 10**9, 7)) == 10**9 + 1


asked = st.lists(st.integers(0, 40), min_size=1, max_size=7)
weights = st.lists(st.fractions(0, 9, max_denominator=4), min_size=7, max_size=7)
rules = st.sampled_from(list(Rule))


@given(st.integers(0, 200), rules, asked, weights)
def test_grants_add_up_and_never_exceed_a_demand(supply, rule, units, heavy):
    found = grants(supply, rule, *units, weights=heavy[: len(units)])

    assert sum(found) == min(supply, sum(units))
    assert all(0 <= got <= want for got, want in zip(found, units, strict=True))


@given(st.integers(0, 200), rules, asked, weights)
def test_a_larger_supply_never_takes_from_anybody(supply, rule, units, heavy):
    heavy = heavy[: len(units)]
    less, more = (grants(s, rule, *units, weights=heavy) for s in (supply, supply + 1))

    assert all(after >= before for before, after in zip(less, more, strict=True))


@given(st.integers(0, 200), rules, asked)
def test_equal_demands_get_equal_units_within_one(supply, rule, units):
    found = grants(supply, rule, *units, units[0])

    assert abs(found[0] - found[-1]) <= 1


@given(st.integers(0, 200), asked, weights, st.integers(0, 90), st.booleans())
def test_under_the_uniform_rules_no_lie_gains_a_unit(supply, units, heavy, lie, is_weighted):
    rule = Rule.WEIGHTED_UNIFORM if is_weighted else Rule.UNIFORM
    heavy = heavy[: len(units)]
    honest = grants(supply, rule, *units, weights=heavy)[0]
    lying = grants(supply, rule, lie, *units[1:], weights=heavy)[0]

    assert min(lying, units[0]) <= honest


@given(
    st.integers(0, 200), rules, st.lists(st.integers(0, 40), min_size=2, max_size=7), st.randoms()
)
def test_the_order_of_the_file_does_not_matter(supply, rule, units, draw):
    entries = claims(*units)
    shuffled = draw.sample(entries, len(entries))

    assert sorted(ration(supply, rule, entries), key=lambda g: g.key) == sorted(
        ration(supply, rule, shuffled), key=lambda g: g.key
    )
