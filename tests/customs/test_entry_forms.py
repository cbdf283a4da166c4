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


def test_each_box_says_what_the_list_and_the_journey_say():
    assert sheet(1).values == {
        "pre_no": "EL-2025-000001",
        "entry_no": "",
        "consignee": "",
        "consignor": "Waikato Dairy",
        "user_unit": "",
        "goods_place": "",
        "account_book": "",
        "entry_district": "(3105) 甬保税区",
        "entered_on": "",
        "declared_on": "20250310",
        "transport_mode": "",
        "vessel": "MAERSK TEST/501E",
        "bill_no": "",
        "trade_mode": "",
        "levy_nature": "",
        "licence": "",
        "departure_port": "Auckland (NZAKL)",
        "contract_no": "PO-1",
        "trade_country": "(609) 新西兰",
        "departure_country": "",
        "transit_port": "Auckland (NZAKL)",
        "entry_port": "Ningbo (CNNGB)",
        "terms": "(3) FOB",
        "freight": "",
        "insurance": "",
        "other_costs": "",
        "wrap": "(22) 纸制或纤维板制盒/箱",
        "pieces": "12",
        "gross_weight": "95",
        "net_weight": "80",
        "attached": "保税核注清单:QD310525I000000001",
        "marks": "备注:N/M  集装箱标箱数及号码:1;MSKU1234565;",
        "declarant": "",
        "declaring_unit": "",
        "customs_note": "",
    }


def test_a_line_stands_in_nine_columns_with_codes_below_names():
    (cells,) = sheet(1).lines

    assert cells == (
        "1\n(1)",
        "1901101000",
        "婴儿配方奶粉\n800克/罐",
        "80千克\n100罐",
        "12.50\n1250.00\n美元",
        "",
        "",
        "",
        "",
    )


BOXES = [
    ("head", "pre_no", "预录入编号"),
    ("head", "entry_no", "海关编号"),
    ("head", "page", "页码/页数"),
    ("head", "consignee", "境内收货人"),
    ("head", "entry_district", "进境关别"),
    ("head", "entered_on", "进口日期"),
    ("head", "declared_on", "申报日期"),
    ("head", "account_book", "备案号"),
    ("head", "consignor", "境外发货人"),
    ("head", "transport_mode", "运输方式"),
    ("head", "vessel", "运输工具名称及航次号"),
    ("head", "bill_no", "提运单号"),
    ("head", "goods_place", "货物存放地点"),
    ("head", "user_unit", "消费使用单位"),
    ("head", "trade_mode", "监管方式"),
    ("head", "levy_nature", "征免性质"),
    ("head", "licence", "许可证号"),
    ("head", "departure_port", "启运港"),
    ("head", "contract_no", "合同协议号"),
    ("head", "trade_country", "贸易国(地区)"),
    ("head", "departure_country", "启运国(地区)"),
    ("head", "transit_port", "经停港"),
    ("head", "entry_port", "入境口岸"),
    ("head", "wrap", "包装种类"),
    ("head", "pieces", "件数"),
    ("head", "gross_weight", "毛重(千克)"),
    ("head", "net_weight", "净重(千克)"),
    ("head", "terms", "成交方式"),
    ("head", "freight", "运费"),
    ("head", "insurance", "保费"),
    ("head", "other_costs", "杂费"),
    ("head", "attached", "随附单证及编号"),
    ("head", "marks", "标记唛码及备注"),
    ("item_heading", "item_no", "项号"),
    ("item_heading", "hs_code", "商品编号"),
    ("item_heading", "goods", "商品名称及规格型号"),
    ("item_heading", "quantities", "数量及单位"),
    ("item_heading", "prices", "单价/总价/币制"),
    ("item_heading", "origin", "原产国(地区)"),
    ("item_heading", "destination", "最终目的国(地区)"),
    ("item_heading", "domestic_place", "境内目的地"),
    ("item_heading", "levy_mode", "征免"),
    ("item", "item_no", ""),
    ("item", "hs_code", ""),
    ("item", "goods", ""),
    ("item", "quantities", ""),
    ("item", "prices", ""),
    ("item", "origin", ""),
    ("item", "destination", ""),
    ("item", "domestic_place", ""),
    ("item", "levy_mode", ""),
    ("confirmation", "special_relation", "特殊关系确认"),
    ("confirmation", "price_influence", "价格影响确认"),
    ("confirmation", "royalties", "支付特许权使用费确认"),
    ("confirmation", "formula_price", "公式定价确认 / 暂定价格确认"),
    ("confirmation", "self_declared", "自报自缴"),
    (
        "footer",
        "declarant",
        "报关人员　　报关人员证号　　电话　　兹申明对以上内容承担如实申报、依法纳税之法律责任",
    ),
    ("footer", "declaring_unit", "申报单位（签章）"),
    ("footer", "customs_note", "海关批注及签章"),
]


def test_the_form_has_these_boxes_in_this_order():
    assert [(box.part, box.name, box.label) for box in boxes()] == BOXES
    assert len({(box.part, box.name) for box in boxes()}) == len(BOXES)
