"""Conversion: the foreign amount is fixed, CNY is the result."""

from decimal import Decimal, localcontext
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from currency_converter import CURRENCY_FILE

from core.domain.trade import round_half_up
from fx_settlement.domain.conversion import (
    all_in_rate,
    convert,
    converted_minor,
    dealt,
    markup_bps,
)


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


def test_a_published_quote_is_its_mid_less_its_markup():
    mid, markup = Decimal("1.469500000"), Decimal("0.022042500")

    assert dealt(mid - markup) == Decimal("1.447457500")
    assert markup_bps(mid, mid - markup) == Decimal("-150.00")


def test_the_rates_that_ship_are_the_central_banks_to_the_last_digit():
    raw = Path(CURRENCY_FILE).read_bytes()
    with ZipFile(CURRENCY_FILE) as archive:
        lines = archive.read(archive.namelist()[0]).decode().splitlines()
    columns = lines[0].split(",")
    newest = dict(zip(columns, lines[1].split(","), strict=True))
    usd, jpy, cny = (Decimal(newest[code]) for code in ("USD", "JPY", "CNY"))

    digest = sha256(raw).hexdigest()
    assert (digest[:8], digest[-6:]) == ("73db2158", "c0fbb3")
    assert (newest["Date"], usd, jpy) == ("2026-10-30", Decimal("1.1172"), Decimal("175.68"))
    with localcontext(prec=28):
        assert f"{cny / usd}".startswith("6.652882205513784")
        assert f"{100 * cny / jpy}".startswith("4.230760")
