"""Taxes computed from JSON lines, judged by the rules and by other people's figures."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.domain import duty_cases
from customs.domain.json_lines import BadField
from customs.jurisdictions import assess_cases
from tests.shared_data import oracle

SOAP = {"hs_code": "3401110000", "quantity": "1", "unit_price": "100"}


def order(*lines, jurisdiction="CN-1210", on="2024-01-01", **more):
    return {"jurisdiction": jurisdiction, "on": on, "lines": list(lines), **more}


def sums(found):
    return found["duty"], found["consumption_tax"], found["vat"], found["total"]


def run(command, tmp_path, *lines):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    out = io.StringIO()
    exit_code = 0
    try:
        call_command(command, input=path, stdout=out)
    except SystemExit as stop:
        exit_code = stop.code
    return [json.loads(line) for line in out.getvalue().splitlines()], exit_code


def test_every_case_of_the_chinese_oracle_is_exact():
    with oracle("customs", "china", "cn_tax_oracle.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    for row in rows:
        rates = {"duty": row["tariff"], "vat": row["vat"], "consumption_tax": row["ct"]}
        line = SOAP | {"unit_price": row["dutiable_value"], "rates": rates}
        ways = ["CN-1210", "CN-9610"] if row["mode"] == "cbec" else ["CN-0110"]
        expected = (
            row["duty"],
            row["consumption_tax"],
            row["vat_amount"],
            row["total_sum_of_rounded"],
        )
        for way in ways:
            found = assess_cases.answer(order(line, jurisdiction=way))
            assert sums(found) == expected, (way, row["id"])


def test_every_duty_expression_of_the_british_calculator_is_exact():
    path = oracle("customs", "uk_tariff", "uk_duty_cases.json")

    for case in json.loads(path.read_text())["cases"]:
        record = {"expr": case["expr"], "quantities": case.get("quantity", {})}
        record["customs_value"] = case.get("customs_value", {})
        record["duty_total"] = case.get("duty_total", "0")
        record["fx"] = {"EUR": case.get("fx_EUR_GBP", "1")}
        assert Decimal(duty_cases.answer(record)["amount"]) == Decimal(case["expected"]), case["id"]


def test_lines_that_british_customs_computed_by_value_are_reproduced_down_to_the_penny():
    with oracle("customs", "hmrc", "dmstax_lines.csv").open(encoding="utf-8") as lines:
        rows = [r for r in csv.DictReader(lines) if _is_ad_valorem(r)]

    differing = {}
    for at, row in enumerate(rows):
        record = {
            "expr": f"{row['TaxRateNumeric']} %",
            "customs_value": {"monetary": row["AdValoremTaxBaseAmount"]},
            "round": True,
        }
        amount = Decimal(duty_cases.answer(record)["amount"])
        if amount != Decimal(row["TaxAssessedAmount"]):
            is_deducted = amount == Decimal(row["DeductAmount"] or 0)
            reason = "wholly deducted" if is_deducted else "not explained by the printed rate"
            differing[at] = (row["TypeCode"], row["TaxAssessedAmount"], reason)

    assert len(rows) == 154
    assert sorted(differing.values()) == [
        ("A00", "0.00", "wholly deducted"),
        ("A00", "0.00", "wholly deducted"),
        ("A50", "0.00", "not explained by the printed rate"),
        ("A50", "0.00", "wholly deducted"),
        ("A70", "16.40", "not explained by the printed rate"),
        ("B00", "0.00", "wholly deducted"),
    ]


def _is_ad_valorem(row):
    return bool(
        row["AdValoremTaxBaseAmount"] and row["TaxRateNumeric"] and row["TaxAssessedAmount"]
    )


@pytest.mark.parametrize(
    ("on", "price", "regime"),
    [
        ("2016-04-08", "2000.00", "within-limits"),
        ("2018-12-31", "2000.01", "full-tax"),
        ("2019-01-01", "5000.00", "within-limits"),
        ("2019-01-01", "5000.01", "full-tax"),
    ],
)
def test_the_limit_of_an_order_is_that_of_its_day(on, price, regime):
    line = SOAP | {"unit_price": price, "rates": {"duty": "0.1"}}

    assert assess_cases.answer(order(line, on=on))["regime"] == regime


@pytest.mark.parametrize(
    ("on", "vat"),
    [
        ("2018-04-30", "11.90"),
        ("2018-05-01", "11.20"),
        ("2019-03-31", "11.20"),
        ("2019-04-01", "9.10"),
    ],
)
def test_seventy_percent_of_the_vat_of_the_day_is_levied(on, vat):
    assert assess_cases.answer(order(SOAP, on=on))["vat"] == vat


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (order(SOAP | {"quantity": "2", "unit_price": "2500.01"}), "over-order-limit"),
        (order(SOAP, annual_used="25900.01"), "over-person-year-limit"),
        (order(SOAP, on="2016-04-07"), "no-row-in-force"),
        (order(SOAP | {"unit_price": "135.01"}, jurisdiction="GB"), "rate-not-held"),
        (order(SOAP, jurisdiction="CN-0110"), "duty-rate-not-held"),
    ],
)
def test_what_the_rules_decline_is_answered_with_reason_and_remedy(record, code):
    found = assess_cases.answer(record)

    assert found["regime"] == "refused"
    assert found["refusal"]["code"] == code
    assert found["refusal"]["reason"]
    assert found["refusal"]["remedy"]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (order(SOAP | {"quantity": "0"}), "lines[0].quantity"),
        (order(SOAP, SOAP | {"unit_price": "-1"}), "lines[1].unit_price"),
        (order(SOAP | {"unit_price": "1e30"}), "lines[0].unit_price"),
        (order(SOAP | {"hs_code": "34"}), "lines[0].hs_code"),
        (order(SOAP | {"rates": {"vat": "NaN"}}), "lines[0].rates.vat"),
        (order(SOAP, freight="1.234"), "freight"),
        (order(SOAP, on="2024-02-30"), "on"),
        (order(SOAP, jurisdiction="FR"), "jurisdiction"),
        (order(), "lines"),
    ],
)
def test_a_bad_field_is_named(record, field):
    with pytest.raises(BadField) as fault:
        assess_cases.answer(record)

    assert fault.value.field == field


def test_british_taxes_are_cut_to_the_penny_and_vat_falls_on_value_and_duty():
    line = SOAP | {"unit_price": "100.02", "rates": {"duty": "0.065", "vat": "0.2"}}

    assert sums(assess_cases.answer(order(line, jurisdiction="GB"))) == (
        "6.50",
        "0.00",
        "21.30",
        "27.80",
    )


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"expr": "8 pounds"}, "expr"),
        ({"expr": "8 % MIN"}, "expr"),
        ({}, "expr"),
        ({"expr": "3 GBP / l"}, "quantities.LTR"),
        ({"expr": "3 EUR / l", "quantities": {"LTR": "1"}}, "fx.EUR"),
        ({"expr": "8 %", "round": "yes"}, "round"),
        ({"expr": "8 %", "customs_value": {"monetary": "-1"}}, "customs_value.monetary"),
    ],
)
def test_what_an_expression_lacks_is_named(record, field):
    with pytest.raises(BadField) as fault:
        duty_cases.answer(record)

    assert fault.value.field == field


def test_a_bad_line_is_named_and_the_others_go_on(tmp_path):
    good = json.dumps({"id": "a", "expr": "8 %", "customs_value": {"monetary": "10"}})

    found, exit_code = run("duty_expression", tmp_path, good, "[", good)

    assert [x.get("amount") for x in found] == ["0.8", None, "0.8"]
    assert (found[1]["line"], found[1]["field"], exit_code) == (2, "$", 1)


def test_good_lines_are_answered_in_order(tmp_path):
    lines = [json.dumps(order(SOAP) | {"id": name}) for name in ("b", "a")]

    found, exit_code = run("assess", tmp_path, *lines)

    assert [(x["id"], x["total"]) for x in found] == [("b", "9.10"), ("a", "9.10")]
    assert exit_code == 0


prices = st.integers(1, 100_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")


@given(unit_prices=st.lists(prices, min_size=1, max_size=4), freight=prices)
@settings(deadline=None, max_examples=60)
def test_values_of_the_lines_add_up_to_the_order_with_its_freight(unit_prices, freight):
    lines = [SOAP | {"unit_price": price} for price in unit_prices]

    found = assess_cases.answer(order(*lines, freight=freight))

    shares = [
        Decimal(s["figures"]["dutiable"]) for s in found["steps"] if s["code"] == "dutiable-value"
    ]
    if found["regime"] != "refused":
        assert sum(shares) == Decimal(found["dutiable_value"])
    assert Decimal(found["dutiable_value"]) == sum(map(Decimal, [*unit_prices, freight]))


@pytest.mark.parametrize(
    ("unit", "quantities", "amount"),
    [
        ("100 kg/net drained wt", {"DTN E": "3"}, "6"),
        ("DTN E", {"DTNE": "3"}, "6"),
        ("100 kg/net drained wt", {"KGME": "300"}, "6"),
        ("KGM P", {"KGMP": "2.5"}, "5"),
        ("% vol/hl", {"ASV": "40", "HLT": "0.5"}, "40"),
        ("1000 p/st", {"NAR": "500"}, "1"),
        ("100 items", {"NAR": "250"}, "5"),
        ("m2", {"MTK": "7"}, "14"),
        ("l alc. 100%", {"LPA": "0.4"}, "0.8"),
        ("1000 kg/biodiesel", {"TNEI": "1.5"}, "3"),
        ("100 kg/net", {"KGM": "250"}, "5"),
    ],
)
def test_a_unit_is_multiplied_by_the_quantity_that_it_means(unit, quantities, amount):
    assert duty_cases.answer({"expr": f"2 GBP / {unit}", "quantities": quantities}) == {
        "amount": amount
    }


@pytest.mark.parametrize(
    ("unit", "field", "value"),
    [
        ("100 kg/net drained wt", "quantities.DTNE", ""),
        ("1000 kg/biodiesel", "quantities.TNEI", ""),
        ("100 kg/% moonlight", "expr", "100 kg/% moonlight"),
        ("barrel", "expr", "barrel"),
        ("XYZ", "quantities.XYZ", ""),
    ],
)
def test_another_weight_is_never_taken_for_a_unit_and_the_unit_is_named(unit, field, value):
    with pytest.raises(BadField) as fault:
        duty_cases.answer({"expr": f"2 GBP / {unit}", "quantities": {"KGM": "9", "DTN": "9"}})

    assert (fault.value.field, fault.value.params["value"]) == (field, value)


def test_an_exchange_rate_of_nothing_is_refused():
    with pytest.raises(BadField) as fault:
        duty_cases.answer({"expr": "2 EUR / DTN", "quantities": {"DTN": "1"}, "fx": {"EUR": "0"}})

    assert fault.value.field == "fx.EUR"


@pytest.mark.parametrize(
    ("expr", "amount"),
    [
        ("10 % - 25.555 GBP / DTN", "-15.55"),
        ("10 % - 10 GBP", "0.00"),
        ("10 % - 10.001 GBP", "0.00"),
        ("10 % + 0.019 GBP", "10.01"),
        ("5 % MIN 8 GBP MAX 7 GBP", "7.00"),
        ("5 % MAX 4 GBP MIN 6 GBP + 1 GBP", "7.00"),
        ("9 % - 2 GBP MIN 6 GBP - 1 GBP", "7.00"),
    ],
)
def test_sums_least_and_most_are_taken_at_the_last_word_and_cut_towards_nothing(expr, amount):
    record = {"expr": expr, "customs_value": {"monetary": "100"}, "quantities": {"DTN": "1"}}

    assert duty_cases.answer(record | {"round": True})["amount"] == amount


def test_consumption_tax_by_value_and_quantity_stands_in_the_base_of_both_taxes():
    rates = {
        "duty": "0.1",
        "vat": "0.13",
        "consumption_tax": "0.2",
        "consumption_tax_per_unit": "0.5",
    }
    line = SOAP | {"quantity": "2", "unit_price": "50", "rates": rates}

    # K = (100 + 10 + 1) / 0.8 = 138.75 in full; (100 + 1) / 0.8 = 126.25 within the limits
    assert sums(assess_cases.answer(order(line, jurisdiction="CN-0110"))) == (
        "10.00",
        "28.75",
        "18.04",
        "56.79",
    )
    assert sums(assess_cases.answer(order(line))) == ("0.00", "18.38", "11.49", "29.87")


def test_a_rate_stated_alone_leaves_the_others_to_the_tables():
    line = SOAP | {"rates": {"consumption_tax": "0.1"}}

    assert sums(assess_cases.answer(order(line))) == ("0.00", "7.78", "10.11", "17.89")


def test_perfume_before_the_threshold_of_its_day_is_refused_not_left_untaxed():
    line = SOAP | {"hs_code": "3303000000", "net_weight_g": "50"}

    assert assess_cases.answer(order(line, on="2016-09-30"))["regime"] == "refused"
    assert assess_cases.answer(order(line, on="2016-10-01"))["regime"] == "within-limits"


@given(unit_prices=st.lists(prices, min_size=2, max_size=4), data=st.data())
@settings(deadline=None, max_examples=40)
def test_without_freight_the_order_of_lines_changes_no_sum_and_it_is_recomputable(
    unit_prices, data
):
    lines = [SOAP | {"unit_price": price} for price in unit_prices]
    turned = data.draw(st.permutations(lines))

    first, again = assess_cases.answer(order(*lines)), assess_cases.answer(order(*lines))

    assert first == again
    assert sums(first) == sums(assess_cases.answer(order(*turned)))


@given(fen=st.integers(1, 499_999), freight=st.integers(0, 100))
@settings(deadline=None, max_examples=60)
def test_a_dearer_order_never_bears_less_tax_and_the_taxes_add_up(fen, freight):
    def taxed(price):
        line = SOAP | {"unit_price": f"{price // 100}.{price % 100:02d}", "rates": {"duty": "0.1"}}
        found = assess_cases.answer(order(line, freight=f"{freight // 100}.{freight % 100:02d}"))
        *parts, total = map(Decimal, sums(found))
        assert sum(parts) == total
        return total

    assert taxed(fen) <= taxed(fen + 1)


def test_a_number_as_the_name_of_a_line_comes_back_as_a_number(tmp_path):
    good = {"id": 7, "expr": "8 %", "customs_value": {"monetary": 10}}

    found, exit_code = run("duty_expression", tmp_path, json.dumps(good))

    assert (found, exit_code) == ([{"id": 7, "amount": "0.8"}], 0)
