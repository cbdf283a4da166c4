"""Reference rates of many days at once are those of each day alone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core import rates

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 2)
FIXED = {
    "USD": {MONDAY: "1.08", MONDAY + timedelta(days=1): "1.09"},
    "CNY": {MONDAY: "7.80", MONDAY + timedelta(days=2): "7.85"},
    "JPY": {MONDAY: "161"},
}


@pytest.fixture(autouse=True)
def fixed(db):
    rates.load(
        (currency, on, Decimal(rate))
        for currency, days in FIXED.items()
        for on, rate in days.items()
    )


def test_many_mids_are_each_the_one_of_its_day(django_assert_num_queries):
    asked = {
        (currency, MONDAY + timedelta(days=number))
        for currency in ("USD", "EUR", "JPY")
        for number in range(7)
    }

    with django_assert_num_queries(1):
        found = rates.mids(asked, "CNY")

    assert found == {(currency, on): rates.mid(currency, "CNY", on) for currency, on in asked}
    assert found["USD", MONDAY].rate == Decimal("7.2222222222")


def test_what_has_no_rate_within_a_week_is_left_out(django_assert_num_queries):
    late = MONDAY + timedelta(days=9)

    found = rates.mids([("JPY", late), ("THB", MONDAY), ("USD", MONDAY)], "CNY")

    assert list(found) == [("USD", MONDAY)]
    with pytest.raises(rates.RateTooOld):
        rates.mid("JPY", "CNY", late)
    with django_assert_num_queries(0):
        assert rates.mids([], "CNY") == {}
