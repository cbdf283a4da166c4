"""Deposits: how far a rate moves in a month, computed from the published fixings."""

import csv
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from currency_converter import CurrencyConverter, RateNotFoundError

from fx_settlement.domain.buffers import adverse_move_percent

FIRST, LAST = date(2016, 1, 4), date(2026, 10, 30)
TABLE = Path(__file__).parents[3] / "fx_settlement" / "data" / "fees.csv"


@pytest.fixture(scope="module")
def fixings():
    """The published reference rates."""
    return CurrencyConverter(decimal=True)


def in_yuan(fixings, currency):
    """Yuan for one unit of a currency on each fixing day of the window."""
    rates = []
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        with suppress(RateNotFoundError):
            rates.append(fixings.convert(1, currency, "CNY", date.fromordinal(ordinal)))
    return rates


def test_a_rate_that_never_moves_needs_no_buffer():
    assert adverse_move_percent([Decimal(7)] * 100) == 0


def test_the_move_is_read_from_the_worst_month_in_a_hundred():
    rates = [Decimal(100)] * 3 + [Decimal(110)]

    assert adverse_move_percent(rates, days=1, quantile=Decimal("0.5")) == 0
    assert adverse_move_percent(rates, days=1, quantile=Decimal(1)) == 10
    assert adverse_move_percent(rates, days=1, quantile=Decimal("0.75")) == 5


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "KRW"])
def test_the_deposit_table_follows_from_the_published_fixings(fixings, currency):
    with TABLE.open() as file:
        stated = {row["key"]: Decimal(row["percent"]) for row in csv.DictReader(file)}

    assert stated[f"BUFFER_MONTH_{currency}"] == adverse_move_percent(in_yuan(fixings, currency))


def test_a_week_in_dollars_moves_less_than_a_month(fixings):
    assert adverse_move_percent(in_yuan(fixings, "USD"), days=5) == Decimal("1.59")
