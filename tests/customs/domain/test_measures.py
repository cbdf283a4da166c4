from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.domain.duty_expressions import Basis, QuantityMissing
from customs.domain.measures import (
    ADDITIONAL,
    CONSUMPTION_TAX,
    MFN,
    PREFERENCE,
    PROVISIONAL,
    VAT,
    Claim,
    Measure,
    composite,
    duty,
    fitting,
)

ON = date(2026, 5, 1)
FROM = date(2026, 1, 1)
RCEP = {"FTA22": frozenset({"JP", "NZ"})}
HUNDRED = Basis(Fraction(100), {"KGM": Fraction(2)}, currency="CNY")


def row(kind, prefix, expression, **more):
    return Measure(kind, prefix, expression, FROM, f"{kind} {prefix}", **more)


def due(rows, claim=None, basis=HUNDRED, on=ON):
    charged = duty(rows, "1901101000", claim or Claim(), on, basis)
    return charged and charged.amount


def test_of_two_rows_the_longer_code_decides():
    rows = [row(MFN, "19", "20 %"), row(MFN, "190110", "15 %"), row(MFN, "2008", "1 %")]

    assert due(rows) == 15


def test_a_provisional_rate_goes_before_the_ordinary_one():
    assert due([row(MFN, "1901", "15 %"), row(PROVISIONAL, "1901", "5 %")]) == 5


def test_nothing_is_guessed_where_no_ordinary_rate_is_held():
    assert due([row(PREFERENCE, "1901", "0 %")]) is None


def test_a_preference_needs_the_origin_and_the_certificate():
    rows = [
        row(MFN, "1901", "15 %"),
        row(PREFERENCE, "1901", "0 %", origins=("FTA22",), certificate="Y22"),
    ]

    assert due(rows, Claim("NZ", groups=RCEP)) == 15
    assert due(rows, Claim("AU", frozenset({"Y22"}), groups=RCEP)) == 15
    assert due(rows, Claim("NZ", frozenset({"Y22"}), groups=RCEP)) == 0


def test_a_country_excluded_from_a_group_pays_the_ordinary_rate():
    rows = [
        row(MFN, "1901", "15 %"),
        row(PREFERENCE, "1901", "0 %", origins=("FTA22",), excluded=("JP",)),
    ]

    assert due(rows, Claim("NZ", groups=RCEP)) == 0
    assert due(rows, Claim("JP", groups=RCEP)) == 15


def test_a_rate_of_a_quota_holds_while_the_quota_is_open():
    rows = [row(MFN, "1901", "50 %"), row(PREFERENCE, "1901", "15 %", quota="09.1")]

    assert due(rows) == 50
    assert due(rows, Claim(open_quotas=frozenset({"09.1"}))) == 15


def test_a_preference_above_the_ordinary_rate_is_not_taken():
    assert due([row(MFN, "1901", "5 %"), row(PREFERENCE, "1901", "8 %")]) == 5


def test_additional_duty_comes_on_top_of_whichever_rate_is_taken():
    rows = [
        row(MFN, "1901", "10 %"),
        row(PREFERENCE, "1901", "2 %"),
        row(ADDITIONAL, "1901", "25 %", origins=("US",)),
    ]

    assert due(rows, Claim("US")) == 27
    charged = duty(rows, "1901101000", Claim("US"), ON, HUNDRED)
    assert charged.written == "2 % + 25 %"
    assert charged.source == "preference 1901; additional 1901"


def test_compound_duty_is_reckoned_by_weight_and_value():
    assert due([row(MFN, "1901", "10 % + 1.50 CNY / KGM")]) == 13
    assert due([row(MFN, "1901", "10 % MIN 6 CNY / KGM")]) == 12

    with pytest.raises(QuantityMissing):
        due([row(MFN, "1901", "1 CNY / LTR")])


def test_a_tax_by_value_and_quantity_is_split_into_its_parts():
    spirits = [row(CONSUMPTION_TAX, "2208", "20 % + 1 CNY / KGM")]

    found = composite(spirits, CONSUMPTION_TAX, "2208300000", Claim(), ON, HUNDRED)

    assert (found.rate, found.specific) == (Fraction(1, 5), 2)
    assert composite(spirits, VAT, "2208300000", Claim(), ON, HUNDRED) is None


@given(day=st.dates(date(2025, 12, 1), date(2027, 3, 1)), lasts=st.integers(1, 400))
def test_a_measure_holds_from_its_first_day_until_the_day_before_its_end(day, lasts):
    measure = replace(row(MFN, "19", "1 %"), valid_before=FROM + timedelta(days=lasts))

    holds = bool(fitting([measure], MFN, "1901101000", Claim(), day))

    assert holds == (0 <= (day - FROM).days < lasts)
