"""What a goods record must hold, and which numbers may stand on a product."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.trade import BadGTIN, BadHSCode, gs1_check_digit
from imports.domain.records import (
    ElementsIncomplete,
    GtinNotForTrade,
    PackNeedsUnits,
    RecordDraft,
    StatutoryWeightDiffers,
    elements_from,
    elements_text,
    refuse_incomplete,
    trade_gtin,
)

LEADING = (("品牌类型", "4"), ("出口享惠情况", "3"))
DRAFT = RecordDraft(
    hs_code="1901101000",
    name_zh="婴儿配方奶粉",
    model_zh="800克/罐",
    origin="NZ",
    declared_unit="122",
    statutory_unit="035",
    statutory_qty_per_unit=Decimal("0.8"),
    second_unit="",
    second_qty_per_unit=None,
    elements=(*LEADING, ("品种", "婴儿配方奶粉")),
    shelf_life_days=720,
)


def number(digits: str) -> str:
    return digits + gs1_check_digit(digits)


def test_a_whole_record_passes():
    assert refuse_incomplete(DRAFT, net_weight_g=800) is None


def test_elements_are_declared_as_values_set_off_by_bars():
    assert elements_text(DRAFT.elements) == "4|3|婴儿配方奶粉"


def test_elements_are_written_one_a_line_with_a_colon_of_either_width():
    assert elements_from("品种：奶粉\n\n 规格: 800克/罐 \n其他") == (
        ("品种", "奶粉"),
        ("规格", "800克/罐"),
        ("其他", ""),
    )


@pytest.mark.parametrize(
    ("elements", "name"),
    [
        ((), "品牌类型"),
        ((("品牌类型", "9"), ("出口享惠情况", "3")), "品牌类型"),
        ((("品牌类型", "4"), ("出口享惠情况", "7")), "出口享惠情况"),
        ((("出口享惠情况", "3"), ("品牌类型", "4")), "品牌类型"),
        ((*LEADING, ("品种", "")), "品种"),
        ((*LEADING, ("品种", "a|b")), "品种"),
    ],
)
def test_elements_that_cannot_be_declared_are_named(elements, name):
    with pytest.raises(ElementsIncomplete) as declined:
        elements_text(elements)

    assert declined.value.params["name"] == name


def test_a_statutory_quantity_in_kilograms_or_grams_is_the_net_weight():
    refuse_incomplete(
        replace(DRAFT, second_unit="036", second_qty_per_unit=Decimal(800)), net_weight_g=800
    )
    with pytest.raises(StatutoryWeightDiffers) as declined:
        refuse_incomplete(DRAFT, net_weight_g=900)
    assert declined.value.params == {"stated": "800", "net": 900}


def test_a_statutory_quantity_in_pieces_says_nothing_of_the_weight():
    in_pieces = replace(DRAFT, statutory_unit="011", statutory_qty_per_unit=Decimal(1))

    assert refuse_incomplete(in_pieces, net_weight_g=7) is None
    with pytest.raises(StatutoryWeightDiffers):
        refuse_incomplete(DRAFT, net_weight_g=7)


def test_an_eight_digit_code_is_not_enough():
    with pytest.raises(BadHSCode):
        refuse_incomplete(replace(DRAFT, hs_code="19011010"), net_weight_g=800)


def test_a_number_is_kept_with_fourteen_digits():
    assert trade_gtin(number("952000002000"), units=1, level="unit") == f"0{number('952000002000')}"


@pytest.mark.parametrize("start", ["02", "04", "05", "20", "29", "977", "980", "981", "999"])
def test_numbers_for_other_uses_identify_no_product(start):
    with pytest.raises(GtinNotForTrade):
        trade_gtin(number(start.ljust(12, "1")), units=1, level="unit")


@pytest.mark.parametrize(("units", "level"), [(2, "unit"), (1, "case"), (1, "pallet")])
def test_a_consumer_unit_is_one_unit_and_a_pack_is_several(units, level):
    with pytest.raises(PackNeedsUnits):
        trade_gtin(number("952000002000"), units=units, level=level)


@given(st.integers(100, 199), st.integers(0, 10**9 - 1), st.integers(0, 9))
def test_of_ten_last_digits_one_is_right(prefix, item, last):
    digits = f"{prefix}{item:09d}"
    if gs1_check_digit(digits) == str(last):
        assert trade_gtin(f"{digits}{last}", units=1, level="unit") == f"0{digits}{last}"
    else:
        with pytest.raises(BadGTIN):
            trade_gtin(f"{digits}{last}", units=1, level="unit")
