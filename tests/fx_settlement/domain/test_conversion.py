"""Conversion: the foreign amount is fixed, CNY is the result."""

from decimal import Decimal

import pytest

from core.domain.trade import round_half_up
from fx_settlement.domain.conversion import all_in_rate, convert, converted_minor, dealt


def test_a_hundred_dollars_are_converted_at_the_rate_as_it_stands():
    rate = Decimal("82.42135")

    assert converted_minor(10_000, base="USD", quote="CNY", rate=rate) == 824_214


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("2953.125", "2953.13"), ("24.784", "24.78"), ("24.785", "24.79")],
)
def test_exact_halves_round_up(amount, rounded):
    minor = converted_minor(100, base="USD", quote="CNY", rate=Decimal(amount))

    assert minor == int(Decimal(rounded) * 100)


@pytest.mark.parametrize(("tolar", "euro_cents"), [(500, 209), (1000, 417)])
def test_the_published_examples_of_the_euro_changeover_come_out(tolar, euro_cents):
    assert round_half_up(Decimal(tolar) / Decimal("239.640") * 100) == euro_cents


def test_currencies_without_decimals_are_not_taken_for_hundredths():
    rate = Decimal("0.0423076")

    assert converted_minor(1_250_000, base="JPY", quote="CNY", rate=rate) == 5_288_450


def test_the_markup_is_kept_apart_from_the_mid():
    mid = Decimal("6.6528822055")
    all_in = all_in_rate(mid, Decimal("0.50"))

    cost = convert(1_210_000, base="USD", quote="CNY", mid=mid, all_in=all_in)

    assert all_in == Decimal("6.6861466165")
    assert (cost.cost_minor, cost.at_mid_minor, cost.markup_minor) == (8_090_237, 8_049_987, 40_250)


def test_a_rate_is_dealt_with_ten_decimals():
    assert dealt(Decimal("6.652882205513784461")) == Decimal("6.6528822055")


def test_a_batch_is_rounded_once_and_not_line_by_line():
    rate = Decimal("7.145")

    whole = converted_minor(300, base="USD", quote="CNY", rate=rate)
    by_line = 3 * converted_minor(100, base="USD", quote="CNY", rate=rate)

    assert (whole, by_line) == (2144, 2145)
