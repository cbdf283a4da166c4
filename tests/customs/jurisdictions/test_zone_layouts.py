"""Printed lists and gate passes say what was sent, in the words of the form."""

import pytest

from customs.jurisdictions.cn.zone_layouts import (
    LIST_FORM,
    PASS_FORM,
    Listed,
    list_sheet,
    pass_sheet,
)

HEAD = {
    "PutrecNo": "L3105B25A001",
    "EtpsInnerInvtNo": "EL-2025-000001",
    "BizopEtpsno": "3105W90001",
    "BizopEtpsSccd": "91310000MA1FL0NF3X",
    "BizopEtpsNm": "潮门保税仓储",
    "RcvgdEtpsno": "3105W90001",
    "RcvgdEtpsNm": "潮门保税仓储",
    "DclEtpsno": "3105W90002",
    "DclEtpsNm": "潮门保税共享运营",
    "InputCode": "3105W90002",
    "InputName": "潮门保税共享运营",
    "InputTime": "20250310",
    "InvtDclTime": "20250310",
    "DclPlcCuscd": "3105",
    "ImpexpPortcd": "3105",
    "ImpexpMarkcd": "I",
    "SupvModecd": "1210",
    "TrspModecd": "2",
    "DclcusFlag": "1",
    "DecType": "3",
    "StshipTrsarvNatcd": "609",
    "InvtType": "0",
}
GATE = {
    "EtpsPreentNo": "GP-2025-000001",
    "PassportTypecd": "1",
    "IoTypecd": "I",
    "BindTypecd": "2",
    "MasterCuscd": "3105",
    "AreainEtpsno": "3105W90001",
    "AreainEtpsNm": "潮门保税仓储",
    "DclEtpsno": "3105W90002",
    "DclEtpsNm": "潮门保税共享运营",
    "InputName": "潮门保税共享运营",
    "VehicleNo": "浙B00000",
    "VehicleWt": "9000",
    "VehicleFrameWt": "4000",
    "TotalWt": "13095",
    "TotalGrossWt": "95",
    "TotalNetWt": "80",
    "DclErConc": "联系人",
}


def goods(number="1", currency="502", **more):
    return {
        "GdsSeqno": number,
        "PutrecSeqno": "23",
        "GdsMtno": "23",
        "Gdecd": "1901101000",
        "GdsNm": "婴儿配方奶粉",
        "GdsSpcfModelDesc": "800克/罐",
        "DclUnitcd": "122",
        "DclQty": "100",
        "LawfUnitcd": "035",
        "LawfQty": "80",
        "DclUprcAmt": "12.50",
        "DclTotalAmt": "1250.00",
        "DclCurrcd": currency,
        "GrossWt": "95.000",
        "NetWt": "80.000",
        "Natcd": "609",
        "LvyrlfModecd": "3",
        **more,
    }


def listed(lines, **more):
    return list_sheet(HEAD, lines, bills=0, customs_no="QD310525I000000001", **more)


def test_every_field_of_a_list_is_filled_from_its_message():
    sheet = listed([goods()])

    to_sign = {"signed_by", "signed_on", "customs_note"}
    assert set(LIST_FORM.fields) - set(sheet.values) == to_sign
    assert sheet.values["operator"] == "3105W90001  91310000MA1FL0NF3X  潮门保税仓储"
    assert sheet.values["way"] == "进口(I)"
    assert sheet.values["list_type"] == "普通清单(0)"
    assert sheet.values["declaration_type"] == "进境备案清单(3)"
    assert sheet.values["is_declared"] == "报关(1)"
    assert sheet.values["country"] == "新西兰(609)"
    assert sheet.values["trade_mode"] == "保税电商(1210)"
    assert sheet.number == "QD310525I000000001"


def test_a_line_of_a_list_is_written_out_with_names_beside_codes():
    (line,) = listed([goods()]).lines

    assert line == (
        "1",
        "23",
        "23",
        "1901101000",
        "婴儿配方奶粉\n800克/罐",
        "100 罐",
        "80 千克",
        "12.50",
        "1250.00\n美元",
        "95.000\n80.000",
        "新西兰(609)",
        "全免(3)",
    )


def test_a_second_statutory_quantity_stands_under_the_first():
    (line,) = listed([goods(SecdLawfQty="4", SecdLawfUnitcd="122")]).lines

    assert line[6] == "80 千克\n4 罐"


def test_totals_add_up_over_lines_of_one_currency_and_are_left_out_over_several():
    one = listed([goods("1"), goods("2")]).values
    two = listed([goods("1"), goods("2", currency="300")]).values

    assert (one["lines"], one["units"], one["gross"]) == ("2", "200", "190.000")
    assert (one["net"], one["value"]) == ("160.000", "2,500.00 美元")
    assert two["value"] == "—"


def test_a_list_that_customs_has_not_numbered_carries_our_number_in_its_bar_code():
    sheet = list_sheet(HEAD, [goods()], bills=3, customs_no="")

    assert sheet.number == "EL-2025-000001"
    assert (sheet.values["customs_no"], sheet.values["entry_no"]) == ("—", "—")
    assert sheet.values["bills"] == "3 份"


@pytest.mark.parametrize("is_simulated", [True, False])
def test_a_demonstration_says_so_at_the_foot_of_every_paper(is_simulated):
    footer = listed([goods()], is_simulated=is_simulated).footer
    gate = pass_sheet(GATE, [], customs_no="", is_passed=False, is_simulated=is_simulated).footer

    assert ("演示数据" in footer, "演示数据" in gate) == (is_simulated, is_simulated)


def test_every_field_of_a_pass_is_filled_and_its_lists_are_summed():
    carried = [
        Listed("QD1", "EL-1", [goods("1"), goods("2", GdsNm="蜂蜜")]),
        Listed("QD2", "EL-2", [goods("1")]),
    ]

    sheet = pass_sheet(GATE, carried, customs_no="Z310525I1", is_passed=True)

    to_sign = {"signed_by", "signed_on", "customs_note"}
    assert set(PASS_FORM.fields) - set(sheet.values) == to_sign
    assert (sheet.values["way"], sheet.values["binding"]) == ("进区(I)", "一票一车(2)")
    assert (sheet.values["pieces"], sheet.values["value"]) == ("300", "3,750.00 美元")
    assert (sheet.values["passed"], sheet.number) == ("已过卡", "Z310525I1")
    assert sheet.lines == (
        ("1", "QD1", "EL-1", "婴儿配方奶粉 等 2 种", "2", "200", "190.000", "160.000"),
        ("2", "QD2", "EL-2", "婴儿配方奶粉", "1", "100", "95.000", "80.000"),
    )
