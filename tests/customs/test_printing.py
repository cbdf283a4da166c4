from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from customs.jurisdictions.cn.layouts import RETAIL_FORM, retail_sheet
from customs.printing import print_sheet, print_sheets
from tests.customs.declarations import declaration


def pages_of(pdf):
    return [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]


def test_every_field_of_the_form_has_a_label_and_a_value():
    sheet = retail_sheet(declaration())

    assert set(RETAIL_FORM.fields) - set(sheet.values) == {"signed_by", "signed_on", "customs_note"}
    assert all(sheet.values.values())


def test_the_print_can_be_read_back_in_chinese_and_latin():
    (text,) = pages_of(print_sheet(RETAIL_FORM, retail_sheet(declaration())))

    for shown in (
        "海关跨境电子商务零售进口申报清单",
        "DEC-2026-000001",
        "SH20260501-1",
        "甬保税区(3105)",
        "保税电商(1210)",
        "Kowhai Trading Ltd",
        "婴儿配方奶粉（3段）",
        "1901101000",
        "2 罐",
        "1.6 千克",
        "新西兰(609)",
        "应征增值税（预估）",
        "45.50",
        "110105**********2X",
        "1 / 1",
    ):
        assert shown in text


def test_a_print_never_shows_a_whole_identity_number():
    (text,) = pages_of(print_sheet(RETAIL_FORM, retail_sheet(declaration())))

    assert "11010519491231002X" not in text


@pytest.mark.parametrize(("lines", "pages"), [(1, 1), (8, 1), (9, 2), (20, 3)])
def test_eight_lines_fit_on_a_page_and_taxes_stand_on_the_last(lines, pages):
    texts = pages_of(print_sheet(RETAIL_FORM, retail_sheet(declaration(lines))))

    assert len(texts) == pages
    assert ["45.50" in text for text in texts] == [False] * (pages - 1) + [True]
    assert f"{pages} / {pages}" in texts[-1]


def test_the_merged_file_lists_each_declaration_in_its_outline():
    sheets = [
        retail_sheet(replace(declaration(), cop_no=f"DEC-2026-00000{n}", order_no=f"SH{n}"))
        for n in (1, 2, 3)
    ]

    merged = PdfReader(BytesIO(print_sheets(RETAIL_FORM, sheets, title="Batch").content))

    assert [entry.title for entry in merged.outline] == [
        "DEC-2026-000001  SH1",
        "DEC-2026-000002  SH2",
        "DEC-2026-000003  SH3",
    ]


def test_the_same_declaration_gives_the_same_bytes():
    first, second = (print_sheet(RETAIL_FORM, retail_sheet(declaration())) for _ in range(2))

    assert first.content == second.content
    assert first.notes == ()


def test_a_simulated_declaration_says_so_on_every_page():
    sheet = retail_sheet(replace(declaration(9), is_simulated=True))

    assert all("演示数据，非真实申报" in text for text in pages_of(print_sheet(RETAIL_FORM, sheet)))


def test_a_district_that_is_not_listed_is_printed_as_its_code():
    sheet = retail_sheet(replace(declaration(), customs_district="9999"))

    assert sheet.values["customs"] == "9999"
