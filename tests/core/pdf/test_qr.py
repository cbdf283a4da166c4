import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pdf import qr
from core.pdf.qr import drawn_by_library, symbol

ASCII = st.text(st.characters(max_codepoint=127), min_size=1, max_size=120)
LONGEST = [14, 26, 42, 62, 84, 106]
"""Characters that versions 1 to 6 hold at correction M, written as bytes. Source: ISO/IEC 18004."""


def picture(symbol):
    rows = np.frombuffer(symbol.cells, dtype=np.uint8).reshape(symbol.modules, -1)
    square = np.pad(np.unpackbits(rows, axis=1)[:, : symbol.modules], 4)
    return np.kron(255 - square * 255, np.ones((4, 4), dtype=np.uint8)).astype(np.uint8)


def read(symbol):
    return [(found.format, found.text) for found in zxingcpp.read_barcodes(picture(symbol))]


@pytest.mark.parametrize(
    "text", ["https://example.org/t/ABCD1234EFGH5678", "镕喆堃", "1", "PO-2025-000001", "é"]
)
def test_a_phone_reads_the_square_back(text):
    assert read(symbol(text)) == [(zxingcpp.BarcodeFormat.QRCode, text)]


@settings(max_examples=60, deadline=None)
@given(text=st.from_regex(r"https://[a-z.]{4,30}/[dt]/[A-Za-z0-9/\-]{1,60}", fullmatch=True))
def test_any_address_is_read_back(text):
    assert read(symbol(text)) == [(zxingcpp.BarcodeFormat.QRCode, text)]


@settings(max_examples=300, deadline=None)
@given(text=ASCII)
def test_a_symbol_is_cell_for_cell_the_one_that_the_library_draws(text):
    assert symbol(text) == drawn_by_library(text)


@pytest.mark.parametrize("length", [each + more for each in LONGEST for more in (0, 1)])
def test_a_text_takes_the_smallest_version_that_holds_it(length):
    text = "https://e.org/"[:length].ljust(length, "z")

    version = 1 + sum(length > longest for longest in LONGEST)
    assert symbol(text).modules == 17 + 4 * version
    assert symbol(text) == drawn_by_library(text)


@pytest.mark.parametrize("length", LONGEST)
def test_an_address_is_drawn_without_the_library_once_its_version_was_drawn(length, monkeypatch):
    symbol("z" * length)
    expected = drawn_by_library("y" * length)
    monkeypatch.setattr(qr, "drawn_by_library", None)

    assert symbol("y" * length) == expected
