"""Credit notes: what came short or damaged is given back to those who went without."""

from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.credit import MissingUnits, credit_by_importer


def test_who_lost_units_is_credited_for_them():
    line = MissingUnits(
        unit_price_minor=1_250,
        missing_units=11,
        lost_units={1: 0, 2: 11},
        cost_minor={1: 12_500, 2: 125_000},
    )

    assert credit_by_importer(line) == {1: 0, 2: 13_750}


def test_units_missing_from_the_surplus_are_credited_to_all_who_paid_for_it():
    line = MissingUnits(
        unit_price_minor=1_000,
        missing_units=4,
        lost_units={2: 1},
        cost_minor={1: 10_000, 2: 20_000},
    )

    assert credit_by_importer(line) == {1: 1_000, 2: 3_000}


def test_when_nothing_is_missing_nothing_is_credited():
    line = MissingUnits(
        unit_price_minor=1_000, missing_units=0, lost_units={}, cost_minor={1: 10, 2: 20}
    )

    assert credit_by_importer(line) == {1: 0, 2: 0}


@given(
    lost=st.dictionaries(st.integers(1, 5), st.integers(0, 50), min_size=1),
    surplus=st.integers(0, 50),
    price=st.integers(1, 10_000),
)
def test_credits_add_up_to_the_value_of_what_is_missing(lost, surplus, price):
    missing = sum(lost.values()) + surplus
    line = MissingUnits(price, missing, lost, {importer: 7 * importer for importer in lost})

    assert sum(credit_by_importer(line).values()) == missing * price
