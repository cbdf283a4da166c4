"""Addresses, price breaks as written, certificates with an end, agreements that are called off."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.supply import (
    EXPIRES_SOON,
    Break,
    BreaksOutOfOrder,
    BreaksUnreadable,
    PostcodeWrong,
    Standing,
    breaks_from,
    call_off,
    postcode,
    standing,
)

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("value", "country", "clean"),
    [
        ("559-0034", "JP", "559-0034"),
        (" 3207 ", "AU", "3207"),
        ("ip11 3sy", "GB", "IP11 3SY"),
        ("90731-1234", "US", "90731-1234"),
        ("whatever 9", "PE", "WHATEVER 9"),
    ],
)
def test_a_postcode_of_the_country_s_shape_is_kept_in_capitals(value, country, clean):
    assert postcode(value, country) == clean


@pytest.mark.parametrize(("value", "country"), [("559-034", "JP"), ("32071", "AU"), ("SW1A", "US")])
def test_a_postcode_of_another_shape_is_declined_with_an_example(value, country):
    with pytest.raises(PostcodeWrong) as declined:
        postcode(value, country)
    assert declined.value.params["example"]


def test_breaks_are_written_one_a_line_and_sorted():
    assert breaks_from("1,200: 16.70\n30：17.40\n\n240:17.05", "NZD") == (
        Break(30, 1740),
        Break(240, 1705),
        Break(1200, 1670),
    )
    assert breaks_from("1: 900", "JPY") == (Break(1, 900),)


@pytest.mark.parametrize("text", ["", "30", "x: 1.00", "30: 1.001", "0: 1.00", "30: 0", "30: NaN"])
def test_what_is_no_units_and_price_is_declined(text):
    with pytest.raises(BreaksUnreadable):
        breaks_from(text, "NZD")


@pytest.mark.parametrize("text", ["30: 1.00\n30: 0.90", "30: 1.00\n40: 1.00", "30: 1.00\n40: 1.10"])
def test_more_units_cost_less_each_and_stand_once(text):
    with pytest.raises(BreaksOutOfOrder):
        breaks_from(text, "NZD")


def test_a_certificate_holds_on_its_last_day_and_warns_sixty_days_before():
    assert standing(TODAY, TODAY) is Standing.EXPIRING
    assert standing(TODAY - timedelta(days=1), TODAY) is Standing.EXPIRED
    assert standing(TODAY + EXPIRES_SOON, TODAY) is Standing.EXPIRING
    assert standing(TODAY + EXPIRES_SOON + timedelta(days=1), TODAY) is Standing.VALID
    assert standing(None, TODAY) is Standing.VALID


def test_placed_orders_call_off_and_drafts_warn():
    used = call_off(1_000, [(600, True), (300, True), (250, False)])

    assert (used.called, used.waiting, used.remaining, used.over) == (900, 250, 100, 150)


@given(st.integers(1, 10**6), st.lists(st.tuples(st.integers(0, 10**5), st.booleans())))
def test_an_agreement_is_exceeded_exactly_by_what_orders_want_beyond_it(agreed, orders):
    used = call_off(agreed, orders)

    assert used.called + used.waiting == sum(amount for amount, _ in orders)
    assert used.over == max(0, used.waiting - used.remaining)


@given(st.dictionaries(st.integers(1, 10**6), st.integers(1, 10**6), min_size=1, max_size=5))
def test_breaks_read_back_what_was_written_when_prices_fall(prices):
    units = sorted(prices)
    falling = sorted(set(prices.values()), reverse=True)
    pairs = list(zip(units, falling, strict=False))
    text = "\n".join(f"{count}: {price / 100:.2f}" for count, price in reversed(pairs))

    assert breaks_from(text, "USD") == tuple(Break(*pair) for pair in pairs)
