"""Rates, drift and own wires, by hand and as laws."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.paid import OwnWire, PaidDocument, totals

DAY = date(2025, 3, 10)


def document(**changes):
    fields = {
        "obligation_id": 1,
        "kind": "invoice",
        "order": "PO-1",
        "supplier": "Waikato Dairy",
        "currency": "USD",
        "amount_minor": 1_000_00,
        "benchmark_rate": Decimal("7.2"),
        "benchmark_on": DAY,
        "mid": Decimal("7.3"),
        "mid_on": DAY,
        "all_in": Decimal("7.3365"),
        "provider": "Bank",
        "cny_minor": 7_336_50,
        "margin_minor": 36_50,
        "fee_minor": 50_00,
        "batch_id": 1,
        "batch": "SB-1",
        "wire_id": 1,
        "wire": "SB-1-1",
        "settled_on": DAY,
        "entry_number": "",
    }
    return PaidDocument(**{**fields, **changes})


def wire(**changes):
    fields = {
        "wire": "SB-1-1",
        "supplier": "Waikato Dairy",
        "settled_on": DAY,
        "documents": 1,
        "cost_minor": 7_336_50,
        "fee_minor": 50_00,
        "alone_minor": 200_00,
    }
    return OwnWire(**{**fields, **changes})


def test_a_drift_is_the_mid_of_the_conversion_less_the_benchmark():
    row = document()

    # USD 1,000.00 at 7.2 is 7,200.00, at 7.3 7,300.00; the margin of 36.50 is none of it
    assert (row.at_benchmark_minor, row.drift_minor) == (7_200_00, 100_00)


@pytest.mark.parametrize(
    ("currency", "amount", "rate", "fen"),
    [
        ("USD", -50_00, "7.2", -360_00),
        ("JPY", 820_000, "0.0466499760", 38_252_98),
        ("KRW", 1_000, "0.005", 5_00),
    ],
)
def test_what_it_would_have_cost_is_rounded_once_from_the_currency_s_own_units(
    currency, amount, rate, fen
):
    row = document(currency=currency, amount_minor=amount, benchmark_rate=Decimal(rate))

    assert row.at_benchmark_minor == fen


def test_what_a_common_wire_spared_is_its_fee_beside_one_s_own():
    assert wire().saved_minor == 150_00


def test_the_certain_and_the_lucky_stand_apart():
    whole = totals([document(), document(fee_minor=25_00)], [wire(), wire(fee_minor=200_00)])

    assert (whole.fee_saved_minor, whole.drift_minor) == (150_00, 200_00)
    assert (whole.cny_minor, whole.margin_minor, whole.fee_minor) == (14_673_00, 73_00, 75_00)


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20), st.decimals("0.01", "20", places=6))
def test_a_rate_that_never_moved_drifts_by_less_than_a_fen_a_document(amounts, rate):
    rows = []
    for minor in amounts:
        at_mid = document(amount_minor=minor, benchmark_rate=rate).at_benchmark_minor
        rows.append(
            document(amount_minor=minor, benchmark_rate=rate, cny_minor=at_mid + 7, margin_minor=7)
        )

    assert totals(rows, []).drift_minor == 0
