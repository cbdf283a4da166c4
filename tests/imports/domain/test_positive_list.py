"""Remarks of the positive list, read as rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.positive_list import Remark, RemarkKind, remarks_from, units_within

WILDLIFE = "列入《进出口野生动植物种商品目录》的商品除外"
SPECIAL_FOOD = "依法不属于普通食品或依法需要注册备案管理的特殊食品除外"


def test_a_line_without_remark_has_no_rule():
    assert remarks_from("") == ()


def test_several_remarks_are_set_off_by_semicolons_of_either_width():
    kinds = [remark.kind for remark in remarks_from(f"{WILDLIFE};{SPECIAL_FOOD}；仅限网购保税商品")]

    assert kinds == [RemarkKind.EXCLUSION, RemarkKind.EXCLUSION, RemarkKind.BONDED_ONLY]


def test_an_exclusion_keeps_its_wording():
    assert remarks_from(WILDLIFE) == (Remark(RemarkKind.EXCLUSION, WILDLIFE),)


def test_a_line_limited_to_names_lists_them():
    (remark,) = remarks_from("仅限长粒米、糙米或香米")

    assert remark.kind is RemarkKind.NAME_LIMITED
    assert remark.names == ("长粒米", "糙米", "香米")


@pytest.mark.parametrize(
    ("text", "most", "unit"),
    [
        ("每人每年2千克", "2", "千克"),
        ("每人每年不超过0.5公斤", "0.5", "公斤"),
        ("每人每年3件", "3", "件"),
    ],
)
def test_a_quantity_for_each_person_and_year_is_read_with_its_unit(text, most, unit):
    (remark,) = remarks_from(text)

    assert (remark.kind, remark.most, remark.unit) == (RemarkKind.PERSON_YEAR, Decimal(most), unit)


def test_what_is_none_of_the_four_kinds_is_kept_for_somebody_to_look_at():
    (remark,) = remarks_from("参照附注一")

    assert (remark.kind, remark.wording) == (RemarkKind.OTHER, "参照附注一")


def test_two_kilograms_are_four_bags_of_five_hundred_grams_and_no_bag_of_three_kilograms():
    (sugar,) = remarks_from("每人每年2千克")

    assert units_within(sugar, Decimal(500)) == 4
    assert units_within(sugar, Decimal(3000)) == 0
    assert units_within(sugar, Decimal(0)) == 0


def test_a_limit_in_pieces_does_not_ask_for_the_weight():
    (pieces,) = remarks_from("每人每年3件")

    assert units_within(pieces, Decimal(90_000)) == 3


@given(st.integers(1, 50), st.integers(1, 60_000))
def test_the_units_a_person_may_buy_never_weigh_more_than_the_limit_and_one_more_would(
    most, weight
):
    (limit,) = remarks_from(f"每人每年{most}千克")
    units = units_within(limit, Decimal(weight))

    assert units * weight <= most * 1000 < (units + 1) * weight
