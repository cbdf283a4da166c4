"""Trace codes: easy to copy, hard to misread, impossible to guess."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from traceability.domain.codes import (
    ALPHABET,
    BadCheck,
    NotACode,
    check_character,
    draw_code,
    read_code,
    shown,
)

payloads = st.text(ALPHABET, min_size=15, max_size=15)
codes = payloads.map(lambda p: p + check_character(p)).filter(lambda code: code[-1] in ALPHABET)


def test_a_check_character_worked_by_hand():
    """One character, A = 10: 36 + 10 leaves 10 modulo 36; doubled 20; 20 + 17 = 37, and 37 is 1."""
    assert check_character("A") == "H"


def test_an_independent_check_agrees_on_a_thousand_codes():
    issued = [draw_code(secrets.randbelow) for _ in range(1000)]

    assert all(mod_37_36.is_valid(code) for code in issued)
    assert len(set(issued)) == 1000


def test_a_code_has_sixteen_characters_that_no_one_confuses():
    issued = "".join(draw_code(secrets.randbelow) for _ in range(500))

    assert len(issued) == 500 * 16
    assert set(issued) <= set(ALPHABET)
    assert not set(issued) & set("ILOU")


def test_a_code_whose_check_character_is_easily_misread_is_drawn_again():
    misread = next(n for n in range(2**10) if check_character(_payload(n)) in "ILOU")
    good = next(n for n in range(2**10) if check_character(_payload(n)) not in "ILOU")
    draws = iter([misread, good])

    code = draw_code(lambda _: next(draws))

    assert code[:-1] == _payload(good)


def test_every_random_bit_reaches_the_code():
    everything = draw_code(lambda bound: bound - 1)
    assert everything[:-1] == "Z" * 15


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0}\n"])
@given(code=codes)
def test_a_code_reads_back_however_it_was_typed(typed, code):
    assert read_code(typed.format(code)) == code
    assert read_code(typed.format(shown(code)).lower()) == code
    assert read_code(shown(code).replace("0", "o").replace("1", "l").replace("-", " ")) == code


def test_a_code_is_shown_in_four_groups_of_four():
    assert shown("7F3KQ2ZD98MXT4A0") == "7F3K-Q2ZD-98MX-T4A0"


@given(code=codes, position=st.integers(0, 15), other=st.sampled_from(ALPHABET))
def test_one_misread_character_is_always_noticed(code, position, other):
    misread = code[:position] + other + code[position + 1 :]
    if misread == code:
        return

    with pytest.raises(BadCheck):
        read_code(misread)


def test_a_refused_code_is_repeated_so_that_it_can_be_compared():
    with pytest.raises(BadCheck) as refusal:
        read_code("aaaa bbbb cccc dddd")

    assert refusal.value.params == {"shown": "AAAA-BBBB-CCCC-DDDD"}


@pytest.mark.parametrize(
    ("typed", "length"),
    [("", 0), ("7F3K-Q2ZD-98MX", 12), ("7F3K-Q2ZD-98MX-T4AUU", 15), ("七" * 16, 0)],
)
def test_what_cannot_be_a_code_is_refused_with_the_number_of_usable_characters(typed, length):
    with pytest.raises(NotACode) as refusal:
        read_code(typed)

    assert refusal.value.params == {"length": length}


def _payload(number: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(14, -1, -1))
