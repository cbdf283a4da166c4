"""Sharing a saving: games by hand, then the laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.shares import split_in_proportion
from imports.domain.sharing import DearerTogether, blend, shapley, share_saving

UNITS = {"small": 20, "middle": 80, "large": 600}


def tiered(group):
    units = sum(UNITS[name] for name in group)
    price = 80 if units >= 500 else 90 if units >= 100 else 100
    return units * price


def half_loads(group):
    return 3_000 * -(-len(group) // 2)


def airport(group):
    return max({"a": 1, "b": 4, "c": 10}[name] for name in group)


def test_shapley_of_a_price_break_pays_the_member_that_makes_it_possible():
    values = shapley(list(UNITS), tiered).values
    saved = {name: tiered({name}) - value for name, value in values.items()}

    assert [round(saved[name]) for name in UNITS] == [367, 967, 667]


def test_shapley_of_a_runway_shares_each_stretch_among_those_who_need_it():
    assert shapley("abc", airport).values == {
        "a": Fraction(1, 3),
        "b": Fraction(11, 6),
        "c": Fraction(47, 6),
    }


def test_three_half_loads_pay_a_third_each_though_every_pair_could_do_better():
    values = shapley("xyz", half_loads).values

    assert values == dict.fromkeys("xyz", Fraction(2_000))
    assert values["x"] + values["y"] > half_loads("xy")


def test_sampled_orders_come_near_the_exact_value_and_say_how_near():
    exact = shapley(list(UNITS), tiered).values
    sampled = shapley(list(UNITS), tiered, orders=2_000, exact_up_to=0)

    assert sampled.orders == 2_000
    assert sum(sampled.values.values()) == tiered(UNITS)
    for name in UNITS:
        assert abs(sampled.values[name] - exact[name]) <= 4 * sampled.errors[name]


def test_the_same_seed_draws_the_same_orders():
    first, second = (shapley(list(UNITS), tiered, orders=6, exact_up_to=0) for _ in range(2))

    assert first == second


def test_a_blend_lies_between_its_rules():
    assert blend({"a": Fraction(4)}, {"a": Fraction(10)}, Fraction(1, 3)) == {"a": Fraction(8)}


def test_whoever_a_rule_would_charge_more_than_alone_pays_as_alone():
    shares = share_saving(90, {"a": 50, "b": 50}, {"a": Fraction(60), "b": Fraction(30)})

    assert shares == {"a": 50, "b": 40}


def test_what_is_dearer_together_is_not_shared():
    with pytest.raises(DearerTogether):
        share_saving(101, {"a": 50, "b": 50}, {"a": Fraction(50), "b": Fraction(51)})


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=8),
    st.fractions(0, 1),
    st.lists(st.integers(0, 12_000), min_size=8, max_size=8),
)
def test_shares_add_up_and_nobody_pays_more_than_alone(alone, part, wanted):
    apart = dict(enumerate(alone))
    cost = int(sum(alone) * part)
    shares = share_saving(cost, apart, {n: Fraction(wanted[n]) for n in apart})

    assert sum(shares.values()) == cost
    assert all(0 <= shares[n] <= apart[n] for n in apart)


# roundings that other systems were reported for: facts/pooling.md, section 2


@pytest.mark.parametrize(
    ("minor", "parts", "expected"),
    [
        (333, 4, [84, 83, 83, 83]),  # 333 XPF over 4 lines gave 332: odoo 72494
        (685, 6, [115, 114, 114, 114, 114, 114]),  # 6.85 over 6: odoo 190449
        (1500, 13, [116] * 5 + [115] * 8),  # 15.00 over 13 left 5 cents for ever: odoo 11737
        (100_00, 3, [33_34, 33_33, 33_33]),  # 100 over 3 gave 99.99: erpnext 56201
        (3, 7, [1, 1, 1, 0, 0, 0, 0]),  # not all three cents on the last line
        (99_999, 2, [50_000, 49_999]),  # 999.99 must not become 1,000: odoo 77155
    ],
)
def test_roundings_reported_against_other_systems_add_up_here(minor, parts, expected):
    shares = split_in_proportion(minor, dict.fromkeys("abcdefghijklm"[:parts], 1))

    assert list(shares.values()) == expected
