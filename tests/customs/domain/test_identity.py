import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from customs.domain.identity import resident_number_is_valid


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("110105194912310021", False),
        ("1101051949123100", False),
        ("1101051949123100AX", False),
        ("", False),
    ],
)
def test_a_resident_number_ends_in_its_check_character(number, is_valid):
    assert resident_number_is_valid(number) is is_valid


@given(body=st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_check_characters_agree_with_an_independent_library(body):
    check = ric.calc_check_digit(body + "0")

    assert resident_number_is_valid(body + check)
