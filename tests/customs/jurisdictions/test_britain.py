from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from customs import words
from customs.domain.assessment import EmptyOrder, GoodsLine, TaxCase
from customs.domain.measures import MFN, VAT, Measure
from customs.domain.states import ACCEPTED, CLOSED, DECLARED, REFUSED, RELEASED, after_answers
from customs.jurisdictions.gb import JURISDICTION
from customs.jurisdictions.gb.taxes import GbRates, RateNotHeld
from tests.customs.declarations import declaration
from tests.customs.papers import good_papers, with_goods, with_order, with_waybill

ON = date(2026, 5, 1)
SOAP = "3401110000"
WINE = "2204210000"


def one(value_minor, hs_code=SOAP, **more):
    return TaxCase((GoodsLine(1, hs_code, 1, value_minor),), **more)


def broken(papers):
    return [refusal.code for refusal in JURISDICTION.breaches(papers, ON)]


def test_papers_that_agree_break_no_british_rule():
    assert broken(good_papers()) == []


@pytest.mark.rule("gb-commodity-code-not-ten-digits")
def test_a_commodity_code_of_eight_digits_is_refused_in_britain():
    assert broken(with_goods(hs_code="19011010")) == ["gb-commodity-code-not-ten-digits"]


@pytest.mark.rule("gb-items-do-not-sum")
def test_items_that_do_not_make_the_invoice_are_refused():
    assert broken(with_order(goods_minor=50_001)) == ["gb-items-do-not-sum"]


@pytest.mark.rule("gb-weights-do-not-fit")
def test_a_gross_mass_below_the_net_mass_is_refused():
    assert broken(with_waybill(gross_weight_g=1_599)) == ["gb-weights-do-not-fit"]


@pytest.mark.rule("gb-no-description")
def test_goods_without_a_description_are_refused():
    assert broken(with_goods(name_zh=" ")) == ["gb-no-description"]


@pytest.mark.rule("gb-items-not-numbered")
def test_items_that_do_not_run_from_one_are_refused():
    assert broken(with_goods(line_no=2)) == ["gb-items-not-numbered"]


@pytest.mark.rule("gb-reference-does-not-fit")
def test_a_transport_document_of_thirty_six_characters_is_refused():
    assert broken(with_waybill(waybill_no="9" * 36)) == ["gb-reference-does-not-fit"]


def test_goods_of_up_to_135_pounds_bear_no_duty_and_full_vat():
    found = JURISDICTION.assess(one(13_500), ON)

    assert (found.duty_minor, found.vat_minor) == (0, 2_700)
    with pytest.raises(RateNotHeld):
        JURISDICTION.assess(one(13_501), ON)


def test_freight_does_not_take_a_consignment_over_the_relief():
    found = JURISDICTION.assess(one(13_500, freight_minor=1_000), ON)

    assert (found.duty_minor, found.vat_minor) == (0, 2_900)


def test_wine_has_no_relief_from_duty():
    with pytest.raises(RateNotHeld):
        JURISDICTION.assess(one(5_000, WINE), ON)


def test_before_the_relief_began_small_consignments_need_a_rate():
    with pytest.raises(RateNotHeld):
        JURISDICTION.assess(one(5_000), date(2020, 12, 31))


def test_books_are_zero_rated_and_the_rate_of_2010_was_seventeen_and_a_half():
    stated = {1: GbRates(duty=Fraction(0))}

    assert JURISDICTION.assess(one(10_000, "4901990000"), ON).vat_minor == 0
    assert JURISDICTION.assess(one(10_000), date(2010, 6, 1), stated).vat_minor == 1_750


def test_measures_give_duty_by_weight_and_another_vat():
    rows = (
        Measure(MFN, "3401", "2.00 % + 1.50 GBP / KGM", date(2021, 1, 1), "tariff"),
        Measure(VAT, "3401", "5 %", date(2021, 1, 1), "order"),
    )
    line = GoodsLine(1, SOAP, 2, 20_001, net_weight_g=500)

    found = JURISDICTION.assess(TaxCase((line,), measures=rows), ON)

    # 2 % of 200.01 and 1.50 for one kilogram make 5.5002, cut to 5.50; 5 % of 205.51
    assert (found.duty_minor, found.vat_minor) == (550, 1_027)
    assert found.steps[1].source == "tariff"


def test_nothing_is_assessed_without_units():
    with pytest.raises(EmptyOrder):
        JURISDICTION.assess(TaxCase(()), ON)


def test_british_steps_are_told_in_pounds():
    told = words.steps(JURISDICTION.assess(one(13_500), ON).as_json())

    assert [step.sentence for step in told] == [
        "Commodity code 3401110000: the customs value is 135.00 GBP.",
        "Duty at 0 on 135.00 GBP: 0.00 GBP.",
        "Excise at 0 on 135.00 GBP: 0.00 GBP.",
        "VAT at 1/5 on 135.00 GBP: 27.00 GBP.",
        "Cut to the penny, the taxes are 27.00 GBP.",
    ]


def test_notifications_move_a_declaration_as_customs_goes_on():
    def after(*codes):
        return after_answers(DECLARED, (JURISDICTION.return_codes[c].state for c in codes))

    assert after("02") == DECLARED
    assert after("01") == ACCEPTED
    assert after("01", "13", "08") == RELEASED
    assert after("08", "09", "01") == CLOSED
    assert after("02", "03") == REFUSED


def test_the_printed_form_has_every_field_and_amounts_in_pounds():
    form = JURISDICTION.layouts["retail-import"]
    sheet = JURISDICTION.sheet(replace(declaration(), invt_no="26GB08X15T45K49AR0"))

    assert set(form.fields) - set(sheet.values) == {"signed"}
    assert sheet.values["mrn"] == "26GB08X15T45K49AR0"
    assert sheet.values["value"] == "500.00"
    assert sheet.lines[0][1:4] == (
        "1901101000",
        "婴儿配方奶粉（3段）\n800克/罐 | Karicare Gold+",
        "2",
    )
