import csv
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.domain.assessment import (
    EmptyOrder,
    GoodsLine,
    OverOrderLimit,
    OverPersonYearLimit,
    Regime,
    TaxCase,
)
from customs.domain.tables import NoRowInForce, overlaps
from customs.jurisdictions.cn.rates import (
    ConsumptionTaxNotHeld,
    DutyRateNotHeld,
    NetWeightMissing,
    Rate,
    table,
    vat_rate,
)
from customs.jurisdictions.cn.taxes import LineRates, assess, dutiable_values, tax_line
from tests.shared_data import oracle

MILK = "1901101000"
CREAM = "3304990099"
WINE = "2204210000"
TODAY = date(2026, 5, 1)


def one(value_minor, hs_code=MILK, units=1, **more):
    return GoodsLine(1, hs_code, units, value_minor, **more)


def oracle_rows():
    """Worked tax examples gathered outside this project."""
    path = oracle("customs", "china", "cn_tax_oracle.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_of_the_outside_examples_is_met_to_the_cent():
    def figures(row):
        share = Fraction(7, 10) if row["mode"] == "cbec" else Fraction(1)
        taxed = tax_line(
            1,
            int(Fraction(row["dutiable_value"]) * 100),
            LineRates(
                duty=Rate(Fraction(row["tariff"]), ""),
                consumption_tax=Rate(Fraction(row["ct"]), ""),
                vat=Rate(Fraction(row["vat"]), ""),
                duty_share=Fraction(0) if row["mode"] == "cbec" else Fraction(1),
                tax_share=share,
            ),
        )
        return (taxed.duty_minor, taxed.consumption_tax_minor, taxed.vat_minor, taxed.total_minor)

    def expected(row):
        names = ("duty", "consumption_tax", "vat_amount", "total_sum_of_rounded")
        return tuple(int(Fraction(row[name]) * 100) for name in names)

    rows = oracle_rows()

    assert len(rows) >= 7
    assert {row["id"]: figures(row) for row in rows} == {row["id"]: expected(row) for row in rows}


def test_five_hundred_yuan_of_formula_bear_forty_five_fifty():
    result = assess(TaxCase((one(50_000),)), TODAY)

    assert (result.duty_minor, result.consumption_tax_minor, result.vat_minor) == (0, 0, 4_550)
    assert result.regime is Regime.WITHIN_LIMITS


def test_wine_bears_consumption_tax_on_the_composite_value():
    result = assess(TaxCase((one(10_000, WINE),)), TODAY)

    assert (result.consumption_tax_minor, result.vat_minor) == (778, 1_011)


def test_high_end_cream_bears_the_rate_of_twenty_three_point_one_percent():
    result = assess(TaxCase((one(100_000, CREAM, net_weight_g=50),)), TODAY)

    assert result.total_minor == 23_059


@pytest.mark.parametrize(("value_minor", "consumption_tax_minor"), [(49_999, 0), (50_000, 6_176)])
def test_cream_is_high_end_from_ten_yuan_a_gram(value_minor, consumption_tax_minor):
    result = assess(TaxCase((one(value_minor, CREAM, net_weight_g=50),)), TODAY)

    assert result.consumption_tax_minor == consumption_tax_minor


@pytest.mark.parametrize(("value_minor", "is_taxed"), [(14_999, False), (15_000, True)])
def test_masks_are_high_end_from_fifteen_yuan_a_sheet(value_minor, is_taxed):
    result = assess(TaxCase((one(value_minor, CREAM, units=2, sheets=5),)), TODAY)

    assert bool(result.consumption_tax_minor) is is_taxed


def test_cosmetics_without_a_net_weight_are_refused():
    with pytest.raises(NetWeightMissing):
        assess(TaxCase((one(10_000, CREAM),)), TODAY)


@pytest.mark.parametrize(
    ("on", "vat_minor"),
    [
        (date(2018, 4, 30), 1_190),
        (date(2018, 5, 1), 1_120),
        (date(2019, 3, 31), 1_120),
        (date(2019, 4, 1), 910),
    ],
)
def test_the_rate_of_the_day_is_taken(on, vat_minor):
    assert assess(TaxCase((one(10_000),)), on).vat_minor == vat_minor


def test_olive_oil_is_in_the_reduced_class():
    assert vat_rate("1509200000", TODAY).value == Fraction(9, 100)


@pytest.mark.rule("over-order-limit")
def test_several_items_over_five_thousand_are_refused_with_the_figures():
    with pytest.raises(OverOrderLimit) as refusal:
        assess(TaxCase((one(500_001, units=2),)), TODAY)

    assert refusal.value.params == {"value": "5000.01", "limit": "5000.00"}


@pytest.mark.rule("over-order-limit")
@pytest.mark.parametrize(
    ("on", "limit_minor"), [(date(2018, 12, 31), 200_000), (date(2019, 1, 1), 500_000)]
)
def test_the_limit_of_the_day_holds_to_the_cent(on, limit_minor):
    assess(TaxCase((one(limit_minor, units=2),)), on)

    with pytest.raises(OverOrderLimit):
        assess(TaxCase((one(limit_minor + 1, units=2),)), on)


def test_one_indivisible_item_over_the_limit_is_taxed_in_full():
    result = assess(TaxCase((one(600_000),)), TODAY)

    assert result.regime is Regime.FULL
    assert (result.duty_minor, result.vat_minor) == (90_000, 89_700)


def test_freight_can_take_an_order_over_the_limit():
    with pytest.raises(OverOrderLimit):
        assess(TaxCase((one(500_000, units=2),), freight_minor=1), TODAY)


@pytest.mark.rule("over-person-year-limit")
def test_the_twenty_six_thousandth_yuan_is_allowed_and_the_next_cent_is_not():
    assess(TaxCase((one(100_000),), used_this_year_minor=2_500_000), TODAY)

    with pytest.raises(OverPersonYearLimit) as refusal:
        assess(TaxCase((one(100_001),), used_this_year_minor=2_500_000), TODAY)
    assert refusal.value.params["used"] == "25000.00"


def test_full_duty_on_goods_outside_the_table_is_refused_not_guessed():
    with pytest.raises(DutyRateNotHeld):
        assess(TaxCase((one(600_000, "9504501100"),)), TODAY)


def test_spirits_are_refused_because_their_rate_is_not_held():
    with pytest.raises(ConsumptionTaxNotHeld):
        assess(TaxCase((one(10_000, "2208300000"),)), TODAY)


def test_before_the_regime_nothing_is_assessed():
    with pytest.raises(NoRowInForce):
        assess(TaxCase((one(10_000),)), date(2016, 4, 7))


def test_an_order_without_units_is_refused():
    with pytest.raises(EmptyOrder):
        assess(TaxCase(()), TODAY)


def test_freight_goes_to_the_lines_in_proportion_to_their_value():
    case = TaxCase((GoodsLine(1, MILK, 1, 10_000), GoodsLine(2, MILK, 1, 20_000)), 1_000)

    assert dutiable_values(case) == {1: 10_333, 2: 20_667}


def test_the_steps_tell_limits_value_and_each_tax_with_a_source():
    result = assess(TaxCase((one(50_000),)), TODAY)

    assert [step.code for step in result.steps] == [
        "limits-within-limits",
        "dutiable-value",
        "duty",
        "consumption-tax",
        "vat",
        "rounding",
    ]
    assert result.steps[4].figures == {
        "rate_percent": "13",
        "share_percent": "70",
        "amount": "45.50",
    }
    assert result.steps[4].source == "MOF, STA and GACC announcement 2019 No. 39"


@given(
    values=st.lists(st.integers(0, 50_000), min_size=1, max_size=9),
    freight=st.integers(0, 5_000),
)
def test_dutiable_values_of_the_lines_add_up_to_the_value_of_the_order(values, freight):
    lines = tuple(GoodsLine(n, MILK, 1, value) for n, value in enumerate(values, start=1))
    case = TaxCase(lines, freight_minor=freight)

    assert sum(dutiable_values(case).values()) == case.value_minor
    assert assess(case, TODAY).dutiable_minor == case.value_minor


@given(value=st.integers(0, 500_000))
def test_within_the_limits_tax_is_the_combined_rate_of_nine_point_one_percent(value):
    total = assess(TaxCase((one(value, units=2),)), TODAY).total_minor

    assert abs(total - Fraction(91, 1000) * value) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("retail_rules", "name"),
        ("vat_rates", "vat_class"),
        ("vat_classes", "hs_prefix"),
        ("consumption_tax", "hs_prefix"),
        ("duty_mfn_2026", "hs_code"),
    ],
)
def test_no_two_rows_of_a_table_hold_on_the_same_day(name, column):
    assert list(overlaps(table(name), column)) == []


@pytest.mark.parametrize(
    "name", ["retail_rules", "vat_rates", "vat_classes", "consumption_tax", "duty_mfn_2026"]
)
def test_every_row_names_its_source_and_how_far_to_trust_it(name):
    assert all(row["source"] and row["trust"] in {"high", "medium", "low"} for row in table(name))


rates_of_tax = st.integers(0, 99).map(lambda percent: Fraction(percent, 100))


@given(
    value_minor=st.integers(0, 10**9),
    rates=st.tuples(rates_of_tax, rates_of_tax, rates_of_tax),
    shares=st.tuples(rates_of_tax, rates_of_tax),
    specific=st.integers(0, 10**6),
)
def test_whole_number_arithmetic_gives_what_plain_fractions_give(
    value_minor, rates, shares, specific
):
    t, c, v = rates
    duty = value_minor * t * shares[0]
    composite = (value_minor + duty + specific) / (1 - c)
    plain = (duty, (composite * c + specific) * shares[1], composite * v * shares[1])

    taxed = tax_line(
        1, value_minor, LineRates(*(Rate(x, "") for x in rates), *shares, specific_minor=specific)
    )

    assert (taxed.duty_minor, taxed.consumption_tax_minor, taxed.vat_minor) == tuple(
        (x + Fraction(1, 2)).__floor__() for x in plain
    )
