"""The printed entry declaration has every box of the form, six lines of goods a page."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from customs.entry_printing import print_entries
from customs.jurisdictions.cn.entry_forms import DECLARATION, Journey, boxes, entry_sheet

HEAD = {"EtpsInnerInvtNo": "EL-2025-000001", "ImpexpPortcd": "3105", "InvtDclTime": "20250310"}
JOURNEY = Journey(
    consignor="Waikato Dairy",
    vessel="MAERSK TEST/501E",
    departure_port="Auckland (NZAKL)",
    arrival_port="Ningbo (CNNGB)",
    trade_country="NZ",
    contract_no="PO-1",
    incoterm="FOB",
    pieces=12,
    gross_weight_g=95_000,
    containers=("MSKU1234565",),
)


def line(number):
    return {
        "GdsSeqno": str(number),
        "PutrecSeqno": str(number),
        "Gdecd": "1901101000",
        "GdsNm": "婴儿配方奶粉",
        "GdsSpcfModelDesc": "800克/罐",
        "LawfQty": "80",
        "LawfUnitcd": "035",
        "DclQty": "100",
        "DclUnitcd": "122",
        "DclUprcAmt": "12.50",
        "DclTotalAmt": "1250.00",
        "DclCurrcd": "502",
        "NetWt": "80.000",
        "GrossWt": "95.000",
    }


def sheet(lines):
    rows = [line(n) for n in range(1, lines + 1)]
    return entry_sheet(HEAD, rows, JOURNEY, form=DECLARATION, list_no="QD310525I000000001")


def texts(*sheets):
    pdf = print_entries(sheets, title="test")
    return [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]


def test_every_box_of_the_layout_is_drawn_with_its_label():
    (text,) = texts(sheet(1))

    labels = [part for box in boxes() for part in box.label.split() if box.part != "item"]
    assert [label for label in labels if label not in text] == []
    assert "中华人民共和国海关进口货物报关单" in text
    assert "MAERSK TEST/501E" in text.replace("\n", " ")
    assert "集装箱标箱数及号码:1;MSKU1234565;" in text


@pytest.mark.parametrize(("lines", "pages"), [(0, 1), (6, 1), (7, 2), (50, 9)])
def test_six_lines_fit_on_a_page_and_every_page_says_which_it_is(lines, pages):
    found = texts(sheet(lines))

    assert len(found) == pages
    assert [f"页码/页数：{n}/{pages}" in text for n, text in enumerate(found, 1)] == [True] * pages


def test_the_same_declarations_give_the_same_bytes_and_others_do_not():
    first = print_entries([sheet(7), sheet(1)], title="test").content
    other = replace(sheet(1), values={**sheet(1).values, "pieces": "13"})

    assert print_entries([sheet(7), sheet(1)], title="test").content == first
    assert print_entries([sheet(7), other], title="test").content != first


def test_what_only_the_declarant_can_say_is_left_blank():
    values = sheet(1).values

    assert {values.get(box.name, "") for box in boxes() if box.part == "confirmation"} == {""}
