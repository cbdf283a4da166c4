"""Who pays what of an order line: a part of the saving for each, and nobody above alone."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.domain.consolidation import Offer, Tier
from imports.domain.line_shares import (
    LineToShare,
    Part,
    cost_of_units,
    shapley_of_units,
    share_lines,
    wanted,
)
from imports.domain.sharing import shapley_exact

TIERED = Offer(1, 1, 1, "USD", "FOB", 1, 1, (Tier(1, 100), Tier(100, 90), Tier(500, 80)))


def line(amount, units, parts, key="A", group="G", offer=TIERED, grains=1):
    return LineToShare(key, group, offer, amount, units, grains, parts)


def alone(units, offer=TIERED):
    return int(cost_of_units(offer)(np.array([units]))[0])


def test_equal_price_leaves_nothing_to_the_member_that_reaches_the_tier_and_shapley_does():
    units = (20, 80, 600)
    parts = {n: Part(each, each, alone(each)) for n, each in enumerate(units)}
    whole = line(56_000, 700, parts)

    saved = {
        share: {n: parts[n].alone - paid for n, paid in share_lines([whole], share)["A"].items()}
        for share in (Fraction(1), Fraction(0))
    }

    assert saved[Fraction(1)] == {0: 400, 1: 1_600, 2: 0}
    # 366, 966 and 666 and two thirds each: two of them are rounded up
    assert saved[Fraction(0)] == {0: 367, 1: 966, 2: 667}
    assert sum(saved[Fraction(0)].values()) == 2_000


def test_a_pack_that_another_only_begins_is_not_charged_to_who_fills_its_own():
    packed = Offer(1, 1, 1, "USD", "FOB", 1, 12, (Tier(1, 10),))
    parts = {"full": Part(12, 12, 120), "one": Part(1, 1, 120)}

    assert share_lines([line(240, 24, parts, offer=packed)], Fraction(1, 2)) == {
        "A": {"full": 120, "one": 120}
    }


def test_a_line_bought_dearer_for_a_rebate_is_borne_by_those_who_gain_from_it():
    cheap = line(700, 10, {"X": Part(10, 10, 1_000)}, key="rebated")
    dear = line(110, 1, {"Y": Part(1, 1, 100)}, key="moved")

    shares = share_lines([cheap, dear], Fraction(1))

    assert shares == {"rebated": {"X": 700}, "moved": {"Y": 100, "X": 10}}


def test_lines_in_other_groups_bear_nothing():
    cheap = line(700, 10, {"X": Part(10, 10, 1_000)}, key="one", group=1)
    even = line(100, 1, {"Y": Part(1, 1, 100)}, key="two", group=2)

    assert share_lines([cheap, even], Fraction(1)) == {"one": {"X": 700}, "two": {"Y": 100}}


def test_what_everybody_would_pay_for_tolerance_and_buffer_is_counted_in_equal_price():
    parts = {"A": Part(30, 35, 360), "B": Part(10, 10, 120)}
    packed = Offer(1, 1, 1, "USD", "FOB", 1, 12, (Tier(1, 10),))

    equal = wanted(line(480, 48, parts, offer=packed), Fraction(1))

    assert equal == {"A": 372_500_000, "B": 107_500_000}


offers = st.builds(
    lambda price, breaks, pack, moq, stepped: Offer(
        1, 1, 1, "USD", "FOB", moq, pack,
        tuple(Tier(b, price - n) for n, b in enumerate([1, *breaks])),
        is_incremental=stepped,
    ),
    price=st.integers(20, 900),
    breaks=st.lists(st.integers(2, 90), max_size=3, unique=True).map(sorted),
    pack=st.integers(1, 24),
    moq=st.integers(1, 60),
    stepped=st.booleans(),
)  # fmt: skip


@given(offers, st.lists(st.integers(0, 300), min_size=1, max_size=20))
def test_the_cost_of_many_groups_is_the_cost_of_each(offer, units):
    many = cost_of_units(offer)(np.array(units))

    assert list(many) == [offer.cheapest(each)[0] if each else 0 for each in units]


@settings(deadline=None)
@given(offers, st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_the_value_of_units_is_the_shapley_value(offer, units):
    members = list(range(len(units)))
    found = shapley_of_units(units, cost_of_units(offer))

    def cost(group):
        whole = sum(units[member] for member in group)
        return offer.cheapest(whole)[0] if whole else 0

    assert dict(enumerate(found.values)) == shapley_exact(members, cost)
    assert (found.orders, set(found.errors)) == (0, {0.0})


def test_many_members_are_sampled_the_same_way_each_time_and_say_how_exactly():
    units = [1 + n % 7 for n in range(40)]
    first, again = (shapley_of_units(units, cost_of_units(TIERED)) for _ in range(2))

    assert first == again
    assert first.orders == 200
    assert sum(first.values) == alone(sum(units))
    exact_of_equal = Fraction(sum(first.values[n] for n in range(0, 40, 7)), 6)
    error = max(first.errors[n] for n in range(0, 40, 7))
    assert abs(float(first.values[0] - exact_of_equal)) < 4 * error + 1e-9


@settings(deadline=None)
@given(
    offers,
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=15),
    st.fractions(0, 1, max_denominator=10),
    st.integers(1, 9),
)
def test_shares_add_up_and_nobody_pays_more_than_alone(offer, asks, equal_part, grains):
    asked = sum(units for units, _ in asks)
    amount, bought = offer.cheapest(asked)
    parts, left = {}, bought - asked
    for n, (units, tolerance) in enumerate(asks):
        extra = min(left, tolerance)
        left -= extra
        parts[n] = Part(units, units + extra, offer.cheapest(units)[0] * grains)

    shares = share_lines([line(amount, bought, parts, offer=offer, grains=grains)], equal_part)

    assert sum(shares["A"].values()) == amount
    assert all(0 <= paid * grains <= parts[n].alone for n, paid in shares["A"].items())


@pytest.mark.parametrize("equal_part", [Fraction(0), Fraction(1)])
def test_equal_members_pay_the_same_to_the_minor_unit(equal_part):
    parts = {n: Part(40, 40, 4_000) for n in range(3)}

    shares = share_lines([line(10_800, 120, parts)], equal_part)["A"]

    assert shares == {0: 3_600, 1: 3_600, 2: 3_600}
