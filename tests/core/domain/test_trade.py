from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from core.domain.trade import (
    BadGTIN,
    BadHSCode,
    BadMoney,
    UnknownCurrency,
    from_minor,
    gs1_check_digit,
    gtin,
    hs_code,
    round_half_up,
    to_minor,
)


def test_a_gtin_13_is_kept_as_fourteen_digits():
    assert gtin("9421900123452") == "09421900123452"


def test_a_wrong_check_digit_is_named_with_the_right_one():
    with pytest.raises(BadGTIN) as refusal:
        gtin("9421900123457")
    assert refusal.value.params["fault"] == "the check digit should be 2, not 7"


@pytest.mark.parametrize("value", ["", "12345", "94219001234A2", "９421900123452"])
def test_what_is_not_a_trade_item_number_is_refused(value):
    with pytest.raises(BadGTIN):
        gtin(value)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_check_digits_agree_with_an_independent_library(digits):
    assert gs1_check_digit(digits) == ean.calc_check_digit(digits)


@pytest.mark.parametrize(("written", "bare"), [("3304.99", "330499"), ("1901 10 10", "19011010")])
def test_an_hs_code_is_kept_as_bare_digits(written, bare):
    assert hs_code(written) == bare


@pytest.mark.parametrize("value", ["3304", "7701100000", "99999999", "33o499"])
def test_an_hs_code_of_wrong_length_or_chapter_is_refused(value):
    with pytest.raises(BadHSCode):
        hs_code(value)


def test_yen_have_no_minor_unit_and_yuan_have_two():
    assert to_minor(Decimal(1250000), "JPY") == 1250000
    assert to_minor(Decimal("58312.47"), "CNY") == 5831247
    assert from_minor(5831247, "CNY") == Decimal("58312.47")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.5", "JPY"), ("1.001", "CNY"), ("NaN", "CNY"), ("Infinity", "USD")],
)
def test_an_amount_finer_than_its_currency_is_refused(amount, currency):
    with pytest.raises(BadMoney):
        to_minor(Decimal(amount), currency)


def test_a_currency_that_the_pool_does_not_handle_is_refused():
    with pytest.raises(UnknownCurrency):
        to_minor(Decimal(1), "XXX")


@pytest.mark.parametrize(
    ("exact", "whole"),
    [("2953.125", 2953), ("0.5", 1), ("-0.5", -1), ("2.5", 3), ("-2.4", -2), ("1.4999", 1)],
)
def test_exact_halves_go_away_from_zero(exact, whole):
    assert round_half_up(Decimal(exact)) == whole


@given(st.fractions())
def test_rounding_moves_by_half_a_unit_at_most(exact):
    assert abs(round_half_up(exact) - exact) <= Fraction(1, 2)


def test_the_words_of_a_fault_keep_their_template_for_translators():
    with pytest.raises(BadHSCode) as refusal:
        hs_code("123")

    fault = refusal.value.params["fault"]

    assert fault == "it has 3 digits, not 6, 8, 10"
    assert fault.template == "it has {digits} digits, not {wanted}"
