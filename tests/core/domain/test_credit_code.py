import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from core.domain.credit_code import ALPHABET, BadCreditCode, check_character, credit_code


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17))
def test_check_characters_agree_with_an_independent_library(first_17):
    assert check_character(first_17) == uscc.calc_check_digit(first_17)


def test_a_credit_code_is_kept_in_capitals_without_spaces():
    assert credit_code(" 9111 0000 6000 3734 1l ") == "91110000600037341L"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("123", "it has 3 characters, not 18"),
        ("91I10000600037341L", "it may not hold I, O, S, V, Z or signs"),
        ("91110000600037341A", "the last character does not fit the others"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_its_fault(value, fault):
    with pytest.raises(BadCreditCode) as refusal:
        credit_code(value)
    assert refusal.value.params["fault"] == fault
