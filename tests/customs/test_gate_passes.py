"""Gate passes: written for approved lists, weighed, and their answers written down once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core import documents
from core.models import Fact
from customs.jurisdictions.cn.messages.bonded_writing import PASS, from_parts
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.services.gate_passes import (
    ListNotWritten,
    PassTakenOtherwise,
    Vehicle,
    hear_pass,
    write_gate_pass,
)
from tests.customs.test_exit_lists import NUMBER, leaving, written

__all__ = ["leaving"]

pytestmark = pytest.mark.django_db
VAN = Vehicle("浙B00000", "0000000000000", Decimal(1450), Decimal(1120), "联系人 13800000000")
LISTS = {NUMBER: "QD310525E000000001"}


def passed(pool, lists=LISTS, vehicle=VAN, number="GP-1"):
    return write_gate_pass(pool, lists, vehicle, number=number, sender="DXPENT0000021945")


def answer(code, result, number="GP-1"):
    return read(
        f"<Package><EnvelopInfo><message_type>{code}</message_type></EnvelopInfo><DataInfo>"
        f"<BussinessData><{code}><HdeApprResult><etpsPreentNo>{number}</etpsPreentNo>"
        f"<businessId>Z1</businessId><manageResult>{result}</manageResult>"
        f"<manageDate>2025-05-02</manageDate></HdeApprResult></{code}></BussinessData>"
        "</DataInfo></Package>".encode()
    )


def test_a_pass_weighs_the_goods_of_its_lists_with_vehicle_and_frame(stocked, leaving):
    written(stocked, leaving)

    content = documents.content(passed(stocked))

    assert validate(content).is_valid
    head = from_parts(PASS, read(content).parts).head
    # three tins of 950 g gross and 800 g net
    assert (head["TotalGrossWt"], head["TotalNetWt"]) == ("2.85", "2.4")
    assert head["TotalWt"] == "2572.85"
    assert (head["IoTypecd"], head["BindTypecd"], head["RltNo"]) == (
        "E",
        "2",
        "QD310525E000000001",
    )


def test_the_same_pass_again_is_the_same_document_and_another_is_refused(stocked, leaving):
    written(stocked, leaving)
    first = passed(stocked)

    assert passed(stocked).pk == first.pk
    with pytest.raises(PassTakenOtherwise):
        passed(stocked, vehicle=replace(VAN, plate="浙B00001"))
    assert Fact.objects.filter(name="customs.pass.written").count() == 1


def test_a_pass_for_a_list_that_nobody_wrote_is_refused(stocked, leaving):
    with pytest.raises(ListNotWritten):
        passed(stocked)


def test_answers_of_customs_and_gate_are_written_down_once(stocked, leaving):
    written(stocked, leaving)
    passed(stocked)

    heard = [
        hear_pass(answer("SAS221", "1")),
        hear_pass(answer("SAS223", "1")),
        hear_pass(answer("SAS221", "1")),
        hear_pass(answer("SAS221", "1", number="GP-9")),
    ]

    assert heard == [1, 1, 0, 0]
    told = Fact.objects.filter(name="customs.pass.answered").order_by("pk")
    assert [(fact.data["answer"], fact.data["result"]) for fact in told] == [
        ("decided", "1"),
        ("passed", "1"),
    ]
