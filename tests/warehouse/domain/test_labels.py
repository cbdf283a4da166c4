"""Labels of cartons, pallets and shelves."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.domain.labels import BadSSCC, Label, LabelUnreadable, read_label, read_sscc, sscc


def test_an_sscc_has_eighteen_digits_and_the_check_digit_of_gs1():
    assert sscc(3, "4012345", 123456789) == "340123451234567895"


@given(st.integers(0, 9), st.integers(1, 10**9 - 1))
def test_every_pallet_s_number_reads_back_with_or_without_its_identifier(extension, serial):
    number = sscc(extension, "9421902", serial)

    assert {read_sscc(number), read_sscc("00" + number), read_sscc(f"(00){number}")} == {number}


@given(st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_found(place, shift):
    number = sscc(0, "9421902", 77)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    with pytest.raises(BadSSCC):
        read_sscc(wrong)


def test_a_number_that_does_not_fit_is_refused():
    with pytest.raises(BadSSCC):
        sscc(0, "942190212345", 123456)


CARTON = Label(
    gtin="09421902960017",
    lot_no="L-7",
    expires_on=date(2026, 9, 30),
    units=12,
)


@pytest.mark.parametrize(
    "scan",
    [
        "(01)09421902960017(17)260930(10)L-7(37)12",
        "]C1010942190296001717260930" + "10L-7\x1d3712",
        "]d20109421902960017" + "172609303712\x1d10L-7",
    ],
)
def test_a_carton_s_label_reads_alike_in_brackets_and_as_scanners_send_it(scan):
    assert read_label(scan) == CARTON


def test_the_day_nought_is_the_last_of_its_month():
    assert read_label("(01)09421902960017(17)260200").expires_on == date(2026, 2, 28)
    assert read_label("(01)09421902960017(17)261200").expires_on == date(2026, 12, 31)


def test_a_digital_link_and_a_bare_number_name_the_product():
    assert read_label("https://id.example/01/09421902960017/10/L-7?17=260930") == Label(
        gtin="09421902960017", lot_no="L-7"
    )
    assert read_label("9421902960017") == Label(gtin="09421902960017")


@pytest.mark.parametrize("scan", ["", "hello", "9912345", "01123", "(xx)1"])
def test_what_is_no_label_is_refused(scan):
    with pytest.raises(LabelUnreadable):
        read_label(scan)
