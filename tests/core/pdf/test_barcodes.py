import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pdf.barcodes import WIDTHS, NotForABarcode, code_128, codes_of

NUMBERS = st.from_regex(r"[A-Z0-9][A-Z0-9/.\-]{3,20}[A-Z0-9]", fullmatch=True)


def bars(value):
    """First module and width of each bar, read off the table of widths."""
    found, module = [], 0
    for code in codes_of(value):
        for place, digit in enumerate(WIDTHS[code]):
            if place % 2 == 0:
                found.append((module, int(digit)))
            module += int(digit)
    return found


def drawn(value):
    """First module and width of each bar, followed through the operators that fill them."""
    found, origin = [], 0
    operators = r"(\d+) 0 (\d) 1 re|1 0 0 1 (\d+) 0 cm"
    for start, wide, moved in re.findall(operators, code_128(value).code):
        if moved:
            origin += int(moved)
        else:
            found.append((origin + int(start), int(wide)))
    return found


def picture_of_bars(bars):
    line = np.full(bars[-1][0] + bars[-1][1] + 20, 255, dtype=np.uint8)
    for start, wide in bars:
        line[start + 10 : start + 10 + wide] = 0
    return np.repeat(np.tile(line, (60, 1)), 3, axis=1)


def read(picture):
    return [(found.format, found.text) for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("value", ["310520251234567890", "PO-2025-000001", "12345", "T3105W000001"])
def test_a_scanner_reads_the_bars_back(value):
    assert read(picture_of_bars(drawn(value))) == [(zxingcpp.BarcodeFormat.Code128, value)]


@settings(max_examples=40, deadline=None)
@given(value=NUMBERS)
def test_any_document_number_is_read_back(value):
    assert read(picture_of_bars(drawn(value))) == [(zxingcpp.BarcodeFormat.Code128, value)]


@given(value=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_bars_drawn_piece_by_piece_are_those_of_the_table(value):
    assert drawn(value) == bars(value)
    assert code_128(value).modules == sum(bars(value)[-1])


def test_digits_in_pairs_take_half_the_room():
    assert code_128("1234567890").modules == 11 * (1 + 5 + 1) + 13
    assert code_128("ABCDEFGHIJ").modules == 11 * (1 + 10 + 1) + 13


@pytest.mark.parametrize("value", ["", "宁波", "a\nb"])
def test_a_value_that_bars_cannot_hold_is_refused(value):
    with pytest.raises(NotForABarcode):
        code_128(value)
