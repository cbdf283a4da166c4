from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from customs.jurisdictions.cn import JURISDICTION
from customs.jurisdictions.cn.rules import RULES
from tests.customs.papers import (
    BUYER,
    FORMULA,
    good_papers,
    with_goods,
    with_order,
    with_payment,
    with_waybill,
)

ON = date(2026, 5, 1)
OTHER_BUYER = replace(BUYER, name="别人", id_number="110101199003070011")


def broken(papers):
    return [refusal.code for refusal in JURISDICTION.breaches(papers, ON)]


def test_papers_that_agree_break_no_rule():
    assert broken(good_papers()) == []


@pytest.mark.rule("order-numbers-differ")
@pytest.mark.parametrize("papers", [with_payment(order_no="OTHER"), with_waybill(order_no="OTHER")])
def test_a_payment_or_waybill_of_another_order_is_refused(papers):
    assert broken(papers) == ["order-numbers-differ"]


@pytest.mark.rule("paid-amount-differs")
def test_a_payment_of_another_amount_is_refused_with_both_amounts():
    (refusal,) = JURISDICTION.breaches(with_payment(amount_minor=54_549), ON)

    assert refusal.code == "paid-amount-differs"
    assert refusal.params == {"order_no": "SH20260501-1", "paid": "545.50", "payment": "545.49"}


@pytest.mark.rule("order-sum-differs")
def test_parts_that_do_not_make_the_amount_paid_are_refused():
    assert broken(with_order(freight_minor=1)) == ["order-sum-differs"]


@pytest.mark.rule("goods-sum-differs")
def test_lines_that_do_not_make_the_value_of_the_goods_are_refused():
    papers = with_order(goods_minor=50_001, tax_minor=4_549)

    assert broken(papers) == ["goods-sum-differs"]


@pytest.mark.rule("buyer-is-not-payer")
def test_an_order_that_somebody_else_paid_is_refused():
    assert broken(with_payment(payer=OTHER_BUYER)) == ["buyer-is-not-payer"]


@pytest.mark.rule("bad-identity-number")
def test_an_identity_number_with_a_wrong_check_character_is_refused():
    typo = replace(BUYER, id_number="110105194912310021")
    papers = replace(with_order(buyer=typo), payment=with_payment(payer=typo).payment)

    assert broken(papers) == ["bad-identity-number"]


@pytest.mark.rule("name-is-empty")
@pytest.mark.parametrize(
    "papers",
    [
        with_waybill(consignee_name="无"),
        with_waybill(consignee_address=" / "),
        with_goods(name_zh=""),
    ],
)
def test_a_name_that_says_nothing_is_refused(papers):
    assert broken(papers) == ["name-is-empty"]


@pytest.mark.rule("lines-not-numbered")
@pytest.mark.parametrize("papers", [with_goods(line_no=2), with_order(goods=(), goods_minor=0)])
def test_lines_that_do_not_run_from_one_are_refused(papers):
    assert "lines-not-numbered" in broken(papers)


@pytest.mark.rule("bad-quantity")
@pytest.mark.parametrize(
    "changes", [{"units": 0}, {"statutory_quantity": 0}, {"second_unit": "007"}]
)
def test_a_line_without_units_or_statutory_quantity_is_refused(changes):
    assert "bad-quantity" in broken(with_goods(**changes))


@pytest.mark.rule("unknown-unit")
def test_a_unit_outside_the_unit_table_is_refused():
    assert broken(with_goods(declared_unit="999")) == ["unknown-unit"]


@pytest.mark.rule("hs-code-not-ten-digits")
def test_an_hs_code_of_eight_digits_is_refused():
    spoiled = with_goods(hs_code="19011010", confirmed_hs_code="19011010")

    assert broken(spoiled) == ["hs-code-not-ten-digits"]


@pytest.mark.rule("not-in-account-book")
def test_goods_without_a_record_in_the_account_book_are_refused():
    assert broken(with_goods(item_record_no="")) == ["not-in-account-book"]


@pytest.mark.rule("goods-not-confirmed")
def test_goods_whose_record_no_broker_confirmed_are_refused():
    assert broken(with_goods(confirmed_hs_code="")) == ["goods-not-confirmed"]


@pytest.mark.rule("hs-code-not-confirmed")
def test_another_code_than_the_broker_confirmed_is_refused_with_both():
    (refusal,) = JURISDICTION.breaches(with_goods(confirmed_hs_code="1901102000"), ON)

    assert refusal.code == "hs-code-not-confirmed"
    assert (refusal.params["hs_code"], refusal.params["confirmed"]) == ("1901101000", "1901102000")


@pytest.mark.rule("weights-do-not-fit")
@pytest.mark.parametrize("papers", [with_waybill(gross_weight_g=1_599), with_goods(net_weight_g=0)])
def test_a_gross_weight_below_the_net_weight_is_refused(papers):
    assert broken(papers) == ["weights-do-not-fit"]


@pytest.mark.rule("not-one-parcel")
def test_two_parcels_on_one_waybill_are_refused():
    assert broken(with_waybill(pieces=2)) == ["not-one-parcel"]


@pytest.mark.rule("number-not-plain")
@pytest.mark.parametrize("number", ["", "A B", "订单1", "9" * 61])
def test_a_number_that_customs_cannot_compare_is_refused(number):
    assert broken(with_payment(transaction_no=number)) == ["number-not-plain"]


@pytest.mark.rule("paid-before-ordered")
def test_a_payment_before_the_order_is_refused():
    early = datetime(2026, 5, 1, 0, 59, tzinfo=UTC)

    assert broken(with_payment(paid_at=early)) == ["paid-before-ordered"]


def test_every_broken_rule_is_named_not_only_the_first():
    papers = replace(with_payment(payer=OTHER_BUYER), waybill=with_waybill(pieces=3).waybill)

    assert broken(papers) == ["buyer-is-not-payer", "not-one-parcel"]


def test_rules_do_not_bind_before_they_are_in_force():
    papers = with_waybill(pieces=2)

    assert list(JURISDICTION.breaches(papers, date(2018, 12, 31))) == []


def test_every_rule_has_its_own_code_a_source_and_a_remedy():
    assert len({rule.code for rule in RULES}) == len(RULES) == 18
    assert all(rule.source and rule.refusal.remedy for rule in RULES)


def test_gifts_at_no_price_are_accepted():
    papers = with_order(
        goods=(FORMULA, replace(FORMULA, line_no=2, price_minor=0, units=1)),
    )
    papers = replace(papers, waybill=replace(papers.waybill, gross_weight_g=3_000))

    assert broken(papers) == []
