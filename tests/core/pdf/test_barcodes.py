import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pdf.barcodes import NotForABarcode, code_128, qr_rows


def picture_of_bars(bars):
    line = np.full(bars[-1][0] + bars[-1][1] + 20, 255, dtype=np.uint8)
    for start, wide in bars:
        line[start + 10 : start + 10 + wide] = 0
    return np.repeat(np.tile(line, (60, 1)), 3, axis=1)


def picture_of_cells(rows):
    cells = np.unpackbits(np.array([list(row) for row in rows], dtype=np.uint8), axis=1)
    square = np.pad(cells[:, : len(rows)], 4)
    return np.kron(255 - square * 255, np.ones((4, 4), dtype=np.uint8)).astype(np.uint8)


def read(picture):
    return [(found.format, found.text) for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("value", ["310520251234567890", "PO-2025-000001", "12345", "T3105W000001"])
def test_a_scanner_reads_the_bars_back(value):
    assert read(picture_of_bars(code_128(value))) == [(zxingcpp.BarcodeFormat.Code128, value)]


@settings(max_examples=40, deadline=None)
@given(value=st.from_regex(r"[A-Z0-9][A-Z0-9/.\-]{3,20}[A-Z0-9]", fullmatch=True))
def test_any_document_number_is_read_back(value):
    assert read(picture_of_bars(code_128(value))) == [(zxingcpp.BarcodeFormat.Code128, value)]


def test_digits_in_pairs_take_half_the_room():
    def modules(value):
        return sum(code_128(value)[-1])

    assert modules("1234567890") == 11 * (1 + 5 + 1) + 13
    assert modules("ABCDEFGHIJ") == 11 * (1 + 10 + 1) + 13


@pytest.mark.parametrize("value", ["", "宁波", "a\nb"])
def test_a_value_that_bars_cannot_hold_is_refused(value):
    with pytest.raises(NotForABarcode):
        code_128(value)


@pytest.mark.parametrize("value", ["https://example.org/t/ABCD1234EFGH5678", "镕喆堃", "1"])
def test_a_phone_reads_the_square_back(value):
    assert read(picture_of_cells(qr_rows(value))) == [(zxingcpp.BarcodeFormat.QRCode, value)]
