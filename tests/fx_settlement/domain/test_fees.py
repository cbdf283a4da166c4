"""Fees: published schedules, reproduced to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.fees import (
    Bracket,
    Fee,
    FeeRule,
    NoFeeInForce,
    deposit_minor,
    in_force,
    operator_fee,
)

BROKER = Fee(
    minimum_minor=200,
    brackets=(Bracket(0, Decimal("0.002")), Bracket(1_000_000_000_00, Decimal("0.0015"))),
)
BRACKETS = Fee(brackets=(Bracket(0, Decimal("0.35")), Bracket(100_000_00, Decimal("0.25"))))
BANK = Fee(percent=Decimal("0.1"), minimum_minor=5_000, maximum_minor=100_000)


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (100_000, "2.00"),
        (1_000_000_000, "20000.00"),
        (1_250_000_000, "23750.00"),
        (5_000, "2.00"),
    ],
)
def test_a_brokers_marginal_commission_has_a_minimum(amount, fee):
    assert BROKER.of(amount * 100) == int(Decimal(fee) * 100)


def test_only_the_part_above_a_threshold_bears_the_lower_rate():
    assert BRACKETS.of(200_500_00) == 601_25


@pytest.mark.parametrize(
    ("amount", "fee"), [(5_000, 50), (50_000, 50), (120_000, 120), (2_000_000, 1_000)]
)
def test_a_bank_transfer_costs_a_thousandth_between_fifty_and_a_thousand(amount, fee):
    assert BANK.of(amount * 100) == fee * 100


def test_the_cable_charge_comes_on_top_of_the_bounds():
    with_cable = Fee(
        percent=Decimal("0.1"), minimum_minor=5_000, maximum_minor=100_000, fixed_minor=15_000
    )

    assert with_cable.of(5_000_00) == 200_00
    assert with_cable.of(2_000_000_00) == 1_150_00


def test_a_bracket_is_read_from_its_column():
    assert Bracket.parse("10000000:0.25") == Bracket(10_000_000, Decimal("0.25"))


def test_nothing_is_charged_on_nothing():
    assert BANK.of(0) == 0


def test_the_minimum_shows_how_much_of_a_fee_the_amount_did_not_cause():
    assert BANK.minimum_excess(5_000_00) == 45_00
    assert BANK.minimum_excess(120_000_00) == 0
    assert BANK.minimum_excess(2_000_000_00) == 0
    assert BANK.minimum_excess(0) == 0


@given(st.integers(0, 10**12))
def test_a_fee_rounded_up_is_never_below_the_fee(amount):
    assert 0 <= BANK.at_most(amount) - BANK.of(amount) <= 1


def rule(key, currency="", begins=date(2024, 1, 1)):
    return FeeRule(key, "wire", currency, begins, BANK)


def test_the_newest_row_that_has_begun_is_in_force():
    rules = [
        rule("old"),
        rule("new", begins=date(2025, 1, 1)),
        rule("next", begins=date(2026, 1, 1)),
    ]

    assert in_force(rules, kind="wire", currency="USD", on=date(2025, 6, 1)).key == "new"


def test_a_currencys_own_row_wins_over_the_general_one():
    rules = [rule("general", begins=date(2025, 1, 1)), rule("krw", currency="KRW")]

    assert in_force(rules, kind="wire", currency="KRW", on=date(2025, 6, 1)).key == "krw"
    assert in_force(rules, kind="wire", currency="USD", on=date(2025, 6, 1)).key == "general"


def test_a_day_before_every_schedule_is_refused():
    with pytest.raises(NoFeeInForce) as refused:
        in_force([rule("first")], kind="wire", currency="USD", on=date(2023, 12, 31))

    assert refused.value.params == {"kind": "wire", "currency": "USD", "on": "2023-12-31"}


def fee(goods, saving):
    return operator_fee(
        goods_minor=goods,
        saving_minor=saving,
        percent_of_goods=Decimal(2),
        share_of_saving=Decimal(50),
    )


def test_the_operator_takes_two_per_cent_of_the_goods_where_the_pool_saves_enough():
    assert fee(15_000_00, 2_958_78) == 300_00


def test_the_fee_stops_at_half_of_what_the_pool_saves():
    assert fee(500_000_00, 9_415_58) == 4_707_79


@pytest.mark.parametrize("saving", [0, -1, -500_00])
def test_without_a_saving_there_is_no_fee(saving):
    assert fee(500_000_00, saving) == 0


@given(goods=st.integers(0, 10**11), saving=st.integers(-(10**9), 10**9))
def test_the_fee_never_makes_the_pool_dearer_than_alone_and_is_never_negative(goods, saving):
    assert 0 <= fee(goods, saving) <= max(0, saving)


def test_a_deposit_holds_the_cost_and_its_buffer():
    assert deposit_minor(100_000_00, Decimal("3.89")) == 103_890_00
    assert deposit_minor(1, Decimal("3.89")) == 2
