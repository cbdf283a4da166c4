"""Rules that the official schema does not know, each broken on its own."""

import pytest

from customs.jurisdictions.cn.messages.faults import Level
from customs.jurisdictions.cn.messages.keeping import rule_findings
from customs.jurisdictions.cn.messages.papers import Message, Paper
from customs.jurisdictions.cn.messages.retail import Sender, messages
from customs.jurisdictions.cn.messages.validating import validate
from customs.jurisdictions.cn.messages.writing import write
from tests.customs.messages.cases import BROKER, case


def built(code, **changes):
    """The message of a good case with some fields of its head or first line changed."""
    (message,) = messages([case()], code, sender=Sender(BROKER), reference="B1")
    (paper,) = message.papers
    in_line = {name: text for name, text in changes.items() if paper.lines and name in LINE}
    in_head = {name: text for name, text in changes.items() if name not in in_line}
    lines = tuple({**line, **in_line} for line in paper.lines)
    return Message(
        message.code,
        message.guid,
        (Paper({**paper.head, **in_head}, lines),),
        message.transfer,
    )


LINE = ("gnum", "qty", "qty1", "unit1", "qty2", "unit2", "totalPrice", "itemRecordNo", "gname")


def found(message, **more):
    return [(each.code, each.path, each.level.value) for each in rule_findings(message, **more)]


@pytest.mark.parametrize("code", ["CEB311", "CEB411", "CEB511", "CEB621"])
def test_a_good_parcel_gives_rise_to_messages_without_a_finding(code):
    message = built(code)

    assert found(message) == []
    assert validate(write(message), may_be_unsigned=True).findings == ()


HEAD = "/CEB621Message/Inventory[1]/InventoryHead"
FIRST = "/CEB621Message/Inventory[1]/InventoryList[1]"


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"tradeMode": "1211"}, "code-not-listed", f"{HEAD}/tradeMode"),
        ({"ieFlag": "E"}, "code-not-listed", f"{HEAD}/ieFlag"),
        ({"declTime": "20260231"}, "form-not-kept", f"{HEAD}/declTime"),
        ({"guid": "4cde1cfd-eded-46b1-946c-b8022e42fc94"}, "form-not-kept", f"{HEAD}/guid"),
        ({"netWeight": "2.001"}, "weights-contradict", f"{HEAD}/netWeight"),
        ({"grossWeight": "-1", "netWeight": "-2"}, "quantity-not-positive", f"{HEAD}/grossWeight"),
        ({"freight": "-0.01"}, "amount-negative", f"{HEAD}/freight"),
        ({"emsNo": ""}, "needed-for-bonded", f"{HEAD}/emsNo"),
        ({"itemRecordNo": ""}, "needed-for-bonded", f"{HEAD}/itemRecordNo"),
        ({"buyerName": "无"}, "name-says-nothing", f"{HEAD}/buyerName"),
        ({"orderNo": "ＳＨ１"}, "not-half-width", f"{HEAD}/orderNo"),
        ({"gnum": "2"}, "lines-not-numbered-on", f"{FIRST}/gnum"),
        ({"totalPrice": "500.02"}, "sum-differs", f"{FIRST}/totalPrice"),
        ({"qty2": "1"}, "units-not-paired", f"{FIRST}/unit2"),
        ({"unit1": "122"}, "same-unit-other-quantity", f"{FIRST}/qty1"),
    ],
)
def test_a_declaration_that_breaks_a_rule_is_told_which_and_where(changes, code, path):
    assert (code, path, "rule") in found(built("CEB621", **changes))


def test_an_order_whose_parts_do_not_make_what_was_paid_is_told_the_difference():
    (finding,) = rule_findings(built("CEB311", acturalPaid="545.51"))

    assert finding.refusal.reason_text() == (
        "acturalPaid is 545.51; goodsValue + freight + taxTotal − discount make 545.50."
    )


def test_goods_that_are_not_the_sum_of_the_lines_are_told():
    codes = [each[0] for each in found(built("CEB311", goodsValue="500.01"))]

    assert codes == ["sum-differs", "sum-differs"]


def test_an_identity_number_without_its_check_character_is_a_warning_and_is_not_quoted():
    (finding,) = rule_findings(built("CEB621", buyerIdNumber="130681136250023332"))

    assert (finding.code, finding.level) == ("identity-check-fails", Level.WARNING)
    assert "130681136250023332" not in finding.refusal.reason_text()


def test_a_district_that_the_partial_list_lacks_is_only_a_warning():
    assert found(built("CEB621", portCode="9999")) == [
        ("code-not-listed", f"{HEAD}/portCode", "warning")
    ]


def test_a_statutory_unit_that_is_not_the_tariffs_is_told():
    def tariff(hs_code):
        return ("035", "122") if hs_code == "1901101000" else None

    (finding,) = rule_findings(built("CEB621"), tariff)

    assert finding.refusal.params == {
        "hs_code": "1901101000",
        "expected": "035, 122",
        "found": "035",
    }
    assert found(built("CEB621"), statutory=lambda _: ("035",)) == []


def test_the_same_number_on_two_papers_is_told_once():
    good = built("CEB621")
    twice = Message(good.code, good.guid, good.papers * 2, good.transfer)

    assert found(twice) == [("number-twice", "/CEB621Message", "rule")]


def test_a_message_that_only_breaks_rules_is_valid_and_one_unsigned_is_not():
    broken = write(built("CEB621", ieFlag="E"))

    taken = validate(broken, may_be_unsigned=True)
    assert (taken.is_valid, taken.keeps_the_rules) == (True, False)
    assert [each.code for each in validate(broken).findings if each.level is Level.SCHEMA] == [
        "element-missing"
    ]
