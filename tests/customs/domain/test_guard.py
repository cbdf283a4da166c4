from datetime import date

import pytest

from core.domain.transitions import StepNotAllowed
from customs.domain.guard import (
    CASE_STEPS,
    DISMISS,
    DISMISSED,
    OPEN,
    REPORT,
    REPORTED,
    UPHELD,
    UPHOLD,
    Counted,
    GoodsForResale,
    Key,
    OverPersonQuantity,
    Sign,
    plain_address,
    plain_phone,
)
from customs.jurisdictions.cn.signs import SIGNS

RESALE = Sign(
    refusal=GoodsForResale,
    key=Key.ADDRESS,
    counted=Counted.UNITS,
    most=30,
    days=30,
    source="test",
    valid_from=date(2019, 1, 1),
    valid_before=date(2026, 1, 1),
)


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (date(2018, 12, 31), False),
        (date(2019, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_a_sign_is_looked_for_on_the_days_in_which_it_is_in_force(on, holds):
    assert RESALE.is_in_force(on) is holds


def test_a_sign_says_its_figures_and_what_to_do():
    said = RESALE.said(57)

    assert said.code == RESALE.code == "goods-for-resale"
    assert said.reason_text() == (
        "57 units of one product went to one address in 30 days; 30 are asked about."
    )
    assert said.remedy_text() == (
        "Ask for the use; goods bought in retail import may not be sold again."
    )


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.code)
def test_every_chinese_sign_counts_from_two_names_its_source_and_can_be_said(sign):
    assert sign.most >= 2
    assert 1 <= sign.days <= 365
    assert "GACC 2018 No. 194" in sign.source
    assert "the figure is ours" in sign.source
    assert str(sign.most) in sign.said(sign.most).reason_text()
    assert sign.said(sign.most).remedy_text().endswith(".")


def test_no_two_signs_share_a_code():
    assert len({sign.code for sign in SIGNS}) == len(SIGNS) == 5


@pytest.mark.parametrize(
    ("state", "action", "then"),
    [
        (OPEN, DISMISS, DISMISSED),
        (OPEN, UPHOLD, UPHELD),
        (UPHELD, REPORT, REPORTED),
    ],
)
def test_a_case_goes_from_open_to_judged_to_reported(state, action, then):
    assert CASE_STEPS.next(state, action) == then


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (OPEN, REPORT),
        (DISMISSED, UPHOLD),
        (DISMISSED, REPORT),
        (UPHELD, DISMISS),
        (REPORTED, REPORT),
    ],
)
def test_what_was_judged_is_not_judged_again(state, action):
    with pytest.raises(StepNotAllowed):
        CASE_STEPS.next(state, action)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("浙江省宁波市北仑区 港口路88号", "浙江省宁波市北仑区港口路88号"),
        ("Port-Road 88, Ningbo.", "portroad88ningbo"),
        ("８８号＿Ａ座", "88号a座"),
        (" / ", ""),
    ],
)
def test_an_address_is_compared_without_what_does_not_tell_two_apart(text, plain):
    assert plain_address(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("13900000000", "13900000000"),
        ("+86 139 0000 0000", "13900000000"),
        ("0086-139-0000-0000", "13900000000"),
        ("", ""),
    ],
)
def test_a_telephone_is_compared_by_its_last_eleven_digits(text, plain):
    assert plain_phone(text) == plain


def test_whoever_orders_beyond_the_list_is_told_what_is_left_of_the_year():
    said = OverPersonQuantity(hs="1701", most=2_000, unit="g", year="2025", used=1_500, asked=1_000)

    assert said.reason_text() == (
        "HS 1701: a person may buy 2000 g in 2025; 1500 are used, 1000 wanted."
    )
    assert "wait for the next year" in said.remedy_text()
