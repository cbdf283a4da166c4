"""A payable revalued and paid, against a published example, with the sign of a payable."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.revaluation import Difference, Payable, difference_minor, differences

BOOKED, CLOSING, PAID = Decimal("1.123"), Decimal("1.125"), Decimal("1.120")
rates = st.decimals(Decimal("0.5"), Decimal(2), places=6)


def difference(booked, now, foreign_minor=100_000):
    return difference_minor(foreign_minor, base="EUR", quote="USD", booked=booked, now=now)


def test_the_published_payable_loses_two_when_the_rate_rises_and_gains_three_when_it_is_paid():
    # 1,000 booked at 1.123 = 1,123; at 1.125 it is 2 dearer, reversed; paid at 1.120, 3 cheaper.
    # The page that publishes it calls the first a gain although it is a vendor's invoice.
    assert difference(BOOKED, CLOSING) == 200
    assert difference(CLOSING, BOOKED) == -200
    assert difference(BOOKED, PAID) == -300


@given(st.integers(-(10**12), 10**12), rates, rates, rates)
def test_a_month_end_between_changes_nothing_of_what_is_realised(foreign, booked, closing, paid):
    through = difference(booked, closing, foreign) + difference(closing, paid, foreign)

    assert through == difference(booked, paid, foreign)


@given(st.integers(-(10**12), 10**12), rates)
def test_a_rate_that_stays_costs_nothing(foreign, rate):
    assert difference(rate, rate, foreign) == 0


def test_open_payables_are_unrealised_and_bought_ones_realised_by_key():
    payables = [
        Payable("A", "EUR", 100_000, BOOKED),
        Payable("A", "EUR", -20_000, BOOKED),
        Payable("B", "EUR", 100_000, BOOKED, cost_minor=112_000),
    ]

    found = differences(payables, home="USD", closing={"EUR": CLOSING})

    # 1,000 less 200 at 1.125 instead of 1.123: 1.60; bought at 1.120: 3 cheaper
    assert found["A"] == Difference(80_000, 89_840, 90_000, 0)
    assert (found["A"].unrealised_minor, found["B"].realised_minor) == (160, -300)
