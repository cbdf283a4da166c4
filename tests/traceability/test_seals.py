"""Seals: of ready answers and of facts; any change of text or place breaks them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from traceability.seals import SEAL, opened, sealed

DAY = date(2025, 11, 9)


@given(text=st.text(max_size=80), lot=st.integers(1, 9), order=st.integers(0, 9))
def test_a_sealed_text_opens_at_its_place_and_nowhere_else(text, lot, order):
    body = sealed(text, lot, order, DAY)

    assert opened(body, lot, order, DAY) == text
    assert opened(body, lot + 1, order, DAY) is None
    assert opened(body, lot, order + 1, DAY) is None
    assert opened(body, lot, order, date(2025, 11, 10)) is None


@given(text=st.text(min_size=1, max_size=80), at=st.integers(0, 200))
def test_a_text_of_which_one_character_was_changed_stays_shut(text, at):
    body = sealed(text, 1, 0, DAY)
    place = at % len(body)
    other = "0" if body[place] != "0" else "1"

    assert opened(body[:place] + other + body[place + 1 :], 1, 0, DAY) is None


def test_text_without_a_seal_stays_shut():
    assert opened("", 1, 0, DAY) is None
    assert opened("{}", 1, 0, DAY) is None
    assert opened("0" * SEAL + "{}", 1, 0, DAY) is None
