from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.shares import (
    CapsTooLow,
    NothingToShareBy,
    split_in_proportion,
    split_with_caps,
)

WEIGHTS = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 10**9), min_size=1)


def some_weight(weights: dict[str, int]) -> bool:
    return any(weight > 0 for weight in weights.values())


def test_a_cent_lost_to_rounding_goes_to_the_largest_remainder():
    assert split_in_proportion(100, {"A": 1, "B": 1, "C": 1}) == {"A": 34, "B": 33, "C": 33}


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (800, {"a": 1, "b": 1, "c": 1}, [267, 267, 266]),
        (34, dict.fromkeys("abcd", 1), [9, 9, 8, 8]),
        (5, {"a": 70, "b": 30}, [4, 1]),
        (-5, {"a": 70, "b": 30}, [-4, -1]),
        (1000, {"a": Fraction("37.5"), "b": Fraction("62.5")}, [375, 625]),
        (685, dict.fromkeys("abcdef", 1), [115, 114, 114, 114, 114, 114]),
        (333, {"a": 1, "b": 1, "c": 1, "d": 1}, [84, 83, 83, 83]),
        (1500, dict.fromkeys("abcdefghijklm", 1), [116] * 5 + [115] * 8),
    ],
)
def test_published_rounding_cases_add_up(amount, weights, shares):
    assert list(split_in_proportion(amount, weights).values()) == shares


@given(amount=st.integers(-(10**12), 10**12), weights=WEIGHTS.filter(some_weight))
def test_shares_add_up_to_the_amount(amount, weights):
    assert sum(split_in_proportion(amount, weights).values()) == amount


@given(amount=st.integers(0, 10**12), weights=WEIGHTS.filter(some_weight))
def test_each_share_is_within_one_unit_of_its_exact_share(amount, weights):
    shares = split_in_proportion(amount, weights)

    total = sum(weights.values())
    assert all(
        abs(shares[key] - Fraction(amount * weight, total)) < 1 for key, weight in weights.items()
    )


@given(amount=st.integers(0, 10**9), weights=WEIGHTS.filter(some_weight), order=st.randoms())
def test_the_order_in_which_weights_are_given_changes_nothing(amount, weights, order):
    keys = list(weights)
    order.shuffle(keys)

    assert split_in_proportion(amount, {k: weights[k] for k in keys}) == split_in_proportion(
        amount, weights
    )


def test_an_amount_cannot_be_split_by_nothing():
    with pytest.raises(NothingToShareBy) as refusal:
        split_in_proportion(5, {"A": 0})
    assert refusal.value.params == {"amount": 5}


def test_nothing_is_split_into_nothings_whatever_the_weights():
    assert split_in_proportion(0, {"A": 0, "B": 0}) == {"A": 0, "B": 0}


def test_what_a_cap_cuts_goes_to_the_others_in_proportion():
    assert split_with_caps(100, {"A": 6, "B": 3, "C": 1}, {"A": 20, "B": 90, "C": 90}) == {
        "A": 20,
        "B": 60,
        "C": 20,
    }


@given(data=st.data(), weights=WEIGHTS.filter(some_weight))
def test_capped_shares_add_up_and_stay_below_their_caps(data, weights):
    caps = {key: data.draw(st.integers(0, 10**6)) for key in weights}
    amount = data.draw(st.integers(0, sum(caps.values())))

    shares = split_with_caps(amount, weights, caps)

    assert sum(shares.values()) == amount
    assert all(0 <= shares[key] <= caps[key] for key in weights)


def test_caps_below_the_amount_are_refused_with_both_figures():
    with pytest.raises(CapsTooLow) as refusal:
        split_with_caps(10, {"A": 1}, {"A": 9})
    assert refusal.value.params == {"amount": 10, "caps": 9}


def by_fractions(amount, weights):
    """Largest remainders, written down plainly with fractions."""
    total = sum(map(Fraction, weights.values()))
    quotas = {key: amount * Fraction(weight) / total for key, weight in weights.items()}
    shares = {key: quota.__floor__() for key, quota in quotas.items()}
    left = amount - sum(shares.values())
    for key in sorted(quotas, key=lambda key: (shares[key] - quotas[key], str(key)))[:left]:
        shares[key] += 1
    return shares


MIXED = st.one_of(
    st.integers(0, 10**9),
    st.fractions(0, 1000, max_denominator=10**6),
    st.decimals(0, 1000, places=4),
)


@given(
    amount=st.integers(0, 10**12),
    weights=st.dictionaries(st.text(min_size=1, max_size=4), MIXED, min_size=1).filter(some_weight),
)
def test_whole_number_arithmetic_gives_what_fractions_give(amount, weights):
    assert split_in_proportion(amount, weights) == by_fractions(amount, weights)
