"""One verdict on a product from every rule, with reason, remedy and source."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.eligibility import (
    DANGER_RULE,
    NO_LIST,
    AboveLimitOfAPerson,
    BondedOnly,
    DangerousGoods,
    Goods,
    MayBeDangerous,
    MeasureNotMarked,
    NameLimited,
    NotOnShippedList,
    OnEarlierList,
    PersonYearLimit,
    RemarkNotRead,
    Rules,
    SomeGoodsExcluded,
    TradeMeasure,
    UnderMeasure,
    Verdict,
    assess,
)
from imports.domain.perishables import FreshOrFrozenGoods, LiquidMilk
from imports.domain.positive_list import ListedLine

TODAY = date(2026, 11, 1)
WILDLIFE = "列入《进出口野生动植物种商品目录》的商品除外"


def line(code: str, remark: str = "", *, ended: date | None = None) -> ListedLine:
    return ListedLine(code, "名称", remark, "2022", date(2022, 3, 1), ended, "list", "secondary")


HONEY = Goods("0409000000", "天然蜂蜜", "NZ", 500, 720)
QUOTA = TradeMeasure("170199", "", "tariff_quota", date(2026, 1, 1), None, "footnote")
SUGAR = Goods("1701991000", "砂糖", "TH", 500, None)


def verdict_of(goods: Goods, *lines: ListedLine, measures: tuple[TradeMeasure, ...] = ()):
    return assess(goods, Rules(lines, measures), TODAY)


def said(found) -> list[type]:
    return [type(finding.said) for finding in found.findings]


def test_a_product_whose_line_is_in_force_without_remark_is_eligible_by_that_line():
    listed = line("04090000")
    found = verdict_of(HONEY, listed)

    assert (found.verdict, found.findings, found.line) == (Verdict.ELIGIBLE, (), listed)


def test_a_product_that_the_shipped_part_does_not_name_is_for_a_broker_to_confirm():
    found = verdict_of(HONEY, line("04100010"))
    (finding,) = found.findings

    assert (found.verdict, found.refusal) == (Verdict.UNCONFIRMED, None)
    assert isinstance(finding.said, NotOnShippedList)
    assert finding.said.params == {"hs": "04090000", "lines": 1}
    assert finding.source == NO_LIST


def test_a_line_of_an_edition_that_was_replaced_says_when_it_ended():
    found = verdict_of(HONEY, line("04090000", ended=date(2025, 1, 1)))

    assert said(found) == [OnEarlierList]
    assert found.findings[0].said.params["ended"] == date(2025, 1, 1)
    assert found.findings[0].source == "list"


def test_what_a_broker_confirmed_is_not_asked_again():
    confirmed = replace(HONEY, is_confirmed=True)

    assert verdict_of(confirmed).verdict is Verdict.ELIGIBLE
    assert verdict_of(confirmed, line("04090000", WILDLIFE)).verdict is Verdict.ELIGIBLE
    assert verdict_of(confirmed, line("04090000", "仅限蜂王浆")).verdict is Verdict.ELIGIBLE


def test_an_exclusion_asks_for_the_broker_s_word_and_quotes_the_list():
    found = verdict_of(HONEY, line("04090000", WILDLIFE))

    assert said(found) == [SomeGoodsExcluded]
    assert found.findings[0].said.params == {"wording": WILDLIFE}
    assert found.verdict is Verdict.UNCONFIRMED


def test_a_remark_of_no_known_kind_is_for_a_broker_to_read():
    found = verdict_of(HONEY, line("04090000", "参照附注一"))

    assert (said(found), found.verdict) == ([RemarkNotRead], Verdict.UNCONFIRMED)


def test_bonded_only_goods_are_eligible_under_that_condition():
    found = verdict_of(HONEY, line("04090000", "仅限网购保税商品"))

    assert (said(found), found.verdict) == ([BondedOnly], Verdict.CONDITIONAL)


def test_a_line_limited_to_names_accepts_a_product_of_that_name_only():
    limited = line("04090000", "仅限蜂蜜、蜂蜡")

    assert verdict_of(HONEY, limited).verdict is Verdict.ELIGIBLE
    found = verdict_of(replace(HONEY, name_zh="糖浆"), limited)
    assert said(found) == [NameLimited]
    assert found.findings[0].said.params == {"names": "蜂蜜、蜂蜡", "called": "糖浆"}


def test_a_person_s_yearly_quantity_is_told_in_units_of_the_product():
    found = verdict_of(SUGAR, line("17019910", "每人每年2千克"))

    assert (said(found), found.verdict) == ([PersonYearLimit], Verdict.CONDITIONAL)
    assert found.findings[0].said.params == {"most": "2", "unit": "千克", "units": 4}


def test_a_bag_above_a_person_s_yearly_quantity_is_refused():
    found = verdict_of(replace(SUGAR, net_weight_g=2_500), line("17019910", "每人每年2千克"))

    assert found.verdict is Verdict.REFUSED
    assert isinstance(found.refusal, AboveLimitOfAPerson)


def test_a_remark_known_by_heading_only_binds_and_does_not_list_the_line():
    found = verdict_of(SUGAR, line("1701", "每人每年2千克"))

    assert said(found) == [NotOnShippedList, PersonYearLimit]
    assert found.line is None


def test_a_rule_that_was_not_yet_in_force_does_not_bind():
    rules = Rules((line("1701", "每人每年2千克"),))

    assert said(assess(SUGAR, rules, date(2022, 2, 28))) == [NotOnShippedList]
    assert said(assess(SUGAR, rules, date(2022, 3, 1))) == [NotOnShippedList, PersonYearLimit]


def test_goods_under_a_measure_go_into_a_ledger_of_their_own_once_they_are_marked():
    listed = line("17019910")

    found = verdict_of(SUGAR, listed, measures=(QUOTA,))
    assert (said(found), found.verdict) == ([MeasureNotMarked], Verdict.UNCONFIRMED)
    marked = verdict_of(replace(SUGAR, is_trade_measure=True), listed, measures=(QUOTA,))
    assert (said(marked), marked.verdict) == ([UnderMeasure], Verdict.CONDITIONAL)
    assert marked.findings[0].source == "footnote"


@pytest.mark.parametrize(
    ("origin", "on", "holds"),
    [
        ("US", date(2025, 6, 10), True),
        ("US", date(2025, 6, 9), False),
        ("US", date(2026, 1, 1), False),
        ("JP", date(2025, 7, 1), False),
    ],
)
def test_a_measure_covers_its_origin_while_it_holds(origin, on, holds):
    measure = TradeMeasure("2204", "US", "duty", date(2025, 6, 10), date(2026, 1, 1), "notice")

    assert measure.covers("2204210000", origin, on) is holds
    assert not measure.covers("2205100000", origin, on)


def test_dangerous_goods_of_a_class_that_the_warehouse_may_not_store_are_refused():
    perfume = Goods("3303000000", "香水", "FR", 50, None, danger="3")
    rules = Rules((line("33030000"),))

    found = assess(perfume, rules, TODAY)
    assert isinstance(found.refusal, DangerousGoods)
    assert (found.refusal.params, found.findings[0].source) == ({"danger": "3"}, DANGER_RULE)
    assert assess(perfume, replace(rules, storable=frozenset({"3"})), TODAY).refusal is None


def test_a_heading_that_is_often_dangerous_asks_for_a_statement_and_declines_nothing():
    spray = Goods("3305300000", "发胶", "KR", 300, None)
    rules = Rules((line("33053000"),))

    assert said(assess(spray, rules, TODAY)) == [MayBeDangerous]
    assert assess(replace(spray, danger="0"), rules, TODAY).verdict is Verdict.ELIGIBLE


def test_perishables_are_refused_whatever_the_list_says():
    cheese = Goods("0406100000", "鲜乳酪", "FR", 200, 60)
    found = verdict_of(cheese, line("04061000"))

    assert isinstance(found.refusal, FreshOrFrozenGoods)
    assert isinstance(verdict_of(Goods("0401201000", "牛奶", "NZ", 1000, 200)).refusal, LiquidMilk)


def test_the_gravest_finding_stands_first():
    yogurt = Goods("0403201000", "酸奶", "AU", 500, 28)

    verdicts = [finding.verdict for finding in verdict_of(yogurt).findings]
    assert verdicts == [Verdict.REFUSED, Verdict.UNCONFIRMED]


codes = st.sampled_from(["0409000000", "1701991000", "3303000000", "0406100000", "1006302000"])
goods = st.builds(
    Goods,
    hs_code=codes,
    name_zh=st.sampled_from(["蜂蜜", "砂糖", "长粒米"]),
    origin=st.sampled_from(["NZ", "TH"]),
    net_weight_g=st.integers(1, 30_000),
    shelf_life_days=st.none() | st.integers(1, 1_000),
    danger=st.sampled_from(["", "0", "3"]),
    is_trade_measure=st.booleans(),
)
EVERYTHING = Rules(
    (line("04090000", WILDLIFE), line("1701", "每人每年2千克"), line("1006", "仅限长粒米")),
    (QUOTA,),
)


@given(goods)
def test_a_broker_s_word_never_makes_a_verdict_graver_and_never_undoes_a_refusal(one):
    before = assess(one, EVERYTHING, TODAY)
    after = assess(replace(one, is_confirmed=True), EVERYTHING, TODAY)
    order = list(Verdict)

    assert order.index(after.verdict) <= order.index(before.verdict)
    assert (after.refusal is None) == (before.refusal is None)


@given(goods, st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_a_verdict_is_that_of_its_gravest_finding_and_refused_means_a_refusal(one, on):
    found = assess(one, EVERYTHING, on)

    assert (found.verdict is Verdict.REFUSED) == (found.refusal is not None)
    assert all(finding.source for finding in found.findings)
