"""Charges shared by every measure, exact to the fen; and the cases that others get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.charge_bases import Basis, Measure, NoManualParts, split_charge

TWO = {
    "light": Measure(volume=3_000_000, weight=100_000, value=600, units=30),
    "heavy": Measure(volume=1_000_000, weight=900_000, value=200, units=10),
}


@pytest.mark.parametrize(
    ("basis", "shares"),
    [
        (Basis.VALUE, (750, 250)),
        (Basis.UNITS, (750, 250)),
        (Basis.WEIGHT, (100, 900)),
        (Basis.VOLUME, (750, 250)),
        (Basis.EQUAL, (500, 500)),
        # a cubic metre counts as a tonne: 3 against 1
        (Basis.CHARGEABLE, (750, 250)),
    ],
)
def test_a_charge_is_shared_by_its_basis(basis, shares):
    assert tuple(split_charge(1_000, basis, TWO).values()) == shares


def test_by_air_a_cubic_metre_weighs_a_sixth_of_a_tonne():
    # 500 kg of volume weight against 900 kg
    assert split_charge(1_400, Basis.CHARGEABLE, TWO, cm3_per_kg=6_000) == {
        "light": 500,
        "heavy": 900,
    }


def test_by_hand_only_who_is_named_pays():
    assert split_charge(90, Basis.MANUAL, TWO, manual={"heavy": 2, "elsewhere": 7}) == {
        "light": 0,
        "heavy": 90,
    }
    with pytest.raises(NoManualParts):
        split_charge(90, Basis.MANUAL, TWO, manual={"elsewhere": 7})


def test_who_only_bears_a_cost_and_holds_no_goods_has_no_equal_part():
    assert split_charge(90, Basis.EQUAL, {**TWO, "bears": Measure(value=5)})["bears"] == 0


measures = st.dictionaries(
    st.integers(1, 99),
    st.builds(
        Measure,
        volume=st.integers(1, 10**9),
        weight=st.integers(1, 10**9),
        value=st.integers(1, 10**12),
        units=st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=12,
)


@given(st.integers(0, 10**12), st.sampled_from(sorted(set(Basis) - {Basis.MANUAL})), measures)
def test_every_basis_shares_a_charge_to_the_fen_whatever_the_order(amount, basis, measures):
    shares = split_charge(amount, basis, measures)

    assert sum(shares.values()) == amount
    assert split_charge(amount, basis, dict(reversed(measures.items()))) == shares


@pytest.mark.parametrize(
    ("amount", "lines", "shares"),
    [
        (333, 4, [84, 83, 83, 83]),
        (100_000, 7, [14_286] * 5 + [14_285] * 2),
        (100_00, 3, [33_34, 33_33, 33_33]),
        (15_00, 13, [1_16] * 5 + [1_15] * 8),
        (3, 7, [1, 1, 1, 0, 0, 0, 0]),
    ],
    ids=[
        "333 francs over four lines are not 332",
        "1,000.00 over seven lines is not 999.99",
        "a hundred over three lines is not 99.99",
        "15.00 over thirteen lines leaves no 5 cents on an account",
        "3 cents over seven lines are not all the last one's",
    ],
)
def test_rounding_cases_reported_against_other_systems(amount, lines, shares):
    same = {f"{n:02d}": Measure(volume=1, weight=1, value=1, units=1) for n in range(lines)}

    for basis in set(Basis) - {Basis.MANUAL}:
        assert list(split_charge(amount, basis, same).values()) == shares


def test_two_charges_of_one_consignment_are_both_shared():
    freight = split_charge(300_00, Basis.WEIGHT, TWO)
    duty = split_charge(10_01, Basis.VALUE, TWO)

    assert {key: freight[key] + duty[key] for key in TWO} == {
        "light": 30_00 + 7_51,
        "heavy": 270_00 + 2_50,
    }
