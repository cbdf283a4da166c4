"""Gate passes: written for approved lists, weighed, and their answers written down once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core import documents
from core.models import Fact
from customs import services
from customs.domain.zone import ListNotWritten
from customs.jurisdictions.cn.messages.bonded_writing import PASS, from_parts
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import ZonePaper
from customs.services import ListsNotTogether, PassTakenOtherwise, Vehicle
from tests.customs.test_exit_lists import NUMBER, leaving, written
from tests.customs.test_exit_lists import answer as about_list

__all__ = ["leaving"]

pytestmark = pytest.mark.django_db
PASS_NO = "Z310525E1000000000000001"
VAN = Vehicle("浙B00000", "0000000000000", Decimal(1450), Decimal(1120), "联系人 13800000000")


@pytest.fixture
def approved(stocked, leaving):
    """The pool, whose list of two parcels customs has approved."""
    written(stocked, leaving)
    services.hear_zone(read(about_list("INV201", "5")))
    return stocked


def passed(pool, lists=(NUMBER,), vehicle=VAN, number="GP-1"):
    return services.write_gate_pass(pool, lists, vehicle, number=number, sender="DXPENT0000021945")


def answer(code, result, number="GP-1", more=""):
    return read(
        f"<Package><EnvelopInfo><message_type>{code}</message_type></EnvelopInfo><DataInfo>"
        f"<BussinessData><{code}><HdeApprResult><etpsPreentNo>{number}</etpsPreentNo>"
        f"<businessId>{PASS_NO}</businessId><manageResult>{result}</manageResult>"
        f"<manageDate>2025-05-02</manageDate></HdeApprResult>{more}</{code}></BussinessData>"
        "</DataInfo></Package>".encode()
    )


def test_a_pass_weighs_the_goods_of_its_lists_with_vehicle_and_frame(approved):

    content = documents.content(passed(approved).document)

    assert validate(content).is_valid
    head = from_parts(PASS, read(content).parts).head
    # three tins of 950 g gross and 800 g net
    assert (head["TotalGrossWt"], head["TotalNetWt"]) == ("2.85", "2.4")
    assert head["TotalWt"] == "2572.85"
    assert (head["IoTypecd"], head["BindTypecd"], head["RltNo"]) == (
        "E",
        "2",
        "QD1",
    )


def test_the_same_pass_again_is_the_same_document_and_another_is_refused(approved):
    first = passed(approved)

    assert passed(approved).pk == first.pk
    with pytest.raises(PassTakenOtherwise):
        passed(approved, vehicle=replace(VAN, plate="浙B00001"))
    assert Fact.objects.filter(name="customs.pass.written").count() == 1


def test_a_pass_for_a_list_that_nobody_wrote_is_refused(approved):
    with pytest.raises(ListNotWritten):
        passed(approved, ["NOBODY-S"])


def test_answers_of_customs_and_gate_are_written_down_once(approved):
    passed(approved)

    services.hear_zone(answer("SAS221", "1"))
    services.hear_zone(answer("SAS223", "1"))
    services.hear_zone(answer("SAS221", "1"))
    (unknown,) = services.hear_zone(answer("SAS221", "1", number="GP-9"))

    assert not unknown.is_known
    paper = ZonePaper.objects.get(kind="pass")
    assert (paper.state, paper.customs_no) == ("passed", PASS_NO)
    told = Fact.objects.filter(name="customs.pass.answered").order_by("pk")
    assert [(fact.data["answer"], fact.data["result"]) for fact in told] == [
        ("decided", "1"),
        ("passed", "1"),
    ]


def test_a_list_goes_on_one_pass_only_and_only_once_approved(stocked, leaving):
    written(stocked, leaving)
    with pytest.raises(ListsNotTogether):
        passed(stocked)
    services.hear_zone(read(about_list("INV201", "1")))
    passed(stocked)

    with pytest.raises(ListsNotTogether):
        passed(stocked, number="GP-2")


def test_a_cancelled_pass_frees_its_lists_once_customs_has_deleted_it(approved):
    paper = passed(approved)
    services.hear_zone(answer("SAS221", "1"))

    asked = services.cancel_zone_paper(paper)
    waits = ZonePaper.objects.get(pk=paper.pk).state
    deleted = "<SasPassportBsc><dclTypecd>3</dclTypecd></SasPassportBsc>"
    services.hear_zone(answer("SAS221", "1", more=deleted))

    head = from_parts(PASS, read(documents.content(asked.cancellation)).parts).head
    assert (head["DclTypecd"], head["PassportNo"]) == ("3", PASS_NO)
    assert validate(documents.content(asked.cancellation)).is_valid
    assert (waits, ZonePaper.objects.get(pk=paper.pk).state) == ("approved", "cancelled")
    assert passed(approved, number="GP-2").number == "GP-2"


def test_a_pass_that_customs_never_had_is_cancelled_at_once(approved):
    paper = services.cancel_zone_paper(passed(approved))

    assert paper.state == "cancelled"
    assert not ZonePaper.objects.filter(gate_pass=paper).exists()


def test_the_pass_of_a_van_that_leaves_says_what_it_weighs_and_carries(approved):
    content = documents.content(passed(approved).document)

    head = from_parts(PASS, read(content).parts).head

    assert {k: v for k, v in head.items() if k != "DclTime"} == {
        "PassportTypecd": "3",
        "MasterCuscd": "3105",
        "DclTypecd": "1",
        "IoTypecd": "E",
        "BindTypecd": "2",
        "RltTbTypecd": "1",
        "RltNo": "QD1",
        "AreainEtpsno": "3105W90001",
        "AreainEtpsNm": "北仑联仓",
        "VehicleNo": "浙B00000",
        "VehicleIcNo": "0000000000000",
        "VehicleWt": "1450",
        "VehicleFrameWt": "1120",
        "ContainerWt": "0",
        "TotalWt": "2572.85",
        "TotalGrossWt": "2.85",
        "TotalNetWt": "2.4",
        "DclErConc": "联系人 13800000000",
        "DclEtpsno": "3105W90001",
        "DclEtpsNm": "北仑联仓",
        "InputCode": "3105W90001",
        "InputName": "北仑联仓",
        "EtpsPreentNo": "GP-1",
        "AreainEtpsSccd": "91310000MA1FL0NF3X",
        "DclEtpsSccd": "91310000MA1FL0NF3X",
        "InputSccd": "91310000MA1FL0NF3X",
    }
