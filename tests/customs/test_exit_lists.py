"""Lists out of the zone: written from released parcels, answered in any order, booked once."""

import itertools
from datetime import timedelta

import pytest

from core import clock, documents, invariants, tenancy
from core.models import Party
from customs import services
from customs.jurisdictions.cn.messages.bonded_writing import LIST, from_parts
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import Declaration, ZonePaper
from customs.services import ListTakenOtherwise, NotToBeListed
from tests.customs.shop import OTHER_BUYER
from warehouse import services as warehouse
from warehouse.models import BookItem

pytestmark = pytest.mark.django_db

NUMBER = "HZQD3105W90001E20250501"
KEEPER_CODE = "3105W90001"


def released(number):
    with tenancy.as_operator("test"):
        declaration = Declaration.objects.get(cop_no=f"DEC-2025-{number:06}")
    at = declaration.declared_at + timedelta(minutes=5)
    invt_no = f"31052025I{number:09}"
    services.receive_answer(declaration, "800", at, invt_no=invt_no)
    with tenancy.as_operator("test"):
        fresh = Declaration.objects.get(pk=declaration.pk)
        warehouse.ship(warehouse.pick(fresh.dispatch_order))
    return fresh


@pytest.fixture
def leaving(take, stocked):
    """Two released parcels, of one and two tins, that have left the shelves."""
    Party.objects.filter(kind__in=[Party.Kind.OPERATOR, Party.Kind.KEEPER]).update(
        customs_code=KEEPER_CODE, uscc="91310000MA1FL0NF3X"
    )
    stocked.refresh_from_db()
    services.declare_batch(stocked, [take(1), take(2, buyer=OTHER_BUYER)], request_key="b1")
    return [released(1), released(2)]


def written(pool, leaving, number=NUMBER):
    return services.write_exit_list(pool, leaving, number=number, sender="DXPENT0000021945")


def counters():
    return [(item.expected_out, item.actual_out) for item in BookItem.objects.order_by("item_no")]


def answer(kind, status, number=NUMBER):
    """A receipt of the list as customs sends it."""
    result = f"<HdeApprResult><businessId>QD1</businessId><manageResult>{status}</manageResult>"
    result += "<manageDate>2025-05-02 10:00:00</manageDate></HdeApprResult>"
    mark = status if kind == "INV211" else ""
    basic = f"<BondInvtBsc><bondInvtNo>QD1</bondInvtNo><etpsInnerInvtNo>{number}</etpsInnerInvtNo>"
    basic += f"<vrfdedMarkcd>{mark}</vrfdedMarkcd></BondInvtBsc>"
    inside = (result if kind == "INV201" else "") + basic
    return (
        f"<Package><DataInfo><BussinessData><{kind}>{inside}</{kind}></BussinessData>"
        "</DataInfo></Package>"
    ).encode()


def laws_broken():
    return [
        finding.name
        for finding in invariants.check_all()
        if not finding.holds and finding.name.startswith(("customs", "warehouse"))
    ]


def test_a_list_sums_the_goods_and_names_every_released_declaration(stocked, leaving):
    content = documents.content(written(stocked, leaving).document)

    verdict = validate(content)
    message = from_parts(LIST, read(content).parts)
    (line,) = message.lines
    assert [each.as_json() for each in verdict.findings if each.level == "schema"] == []
    assert verdict.keeps_the_rules
    assert (line["DclQty"], line["DclUprcAmt"], line["DclTotalAmt"]) == ("3", "250.00", "750.00")
    assert (line["Natcd"], line["LvyrlfModecd"]) == ("609", "1")
    assert [bill["CbecBillNo"] for bill in message.related] == [
        "31052025I000000001",
        "31052025I000000002",
    ]
    assert (message.head["ImpexpMarkcd"], message.head["InvtType"]) == ("E", "8")
    assert message.head["PutrecNo"] == "L3105B25A001"


def test_writing_a_list_moves_nothing_and_approval_takes_the_units_out_once(stocked, leaving):
    written(stocked, leaving)
    before = counters()[0]

    first, again = (services.hear_zone(read(answer("INV201", "1")))[0] for _ in range(2))

    assert before == (3, 0)
    assert counters()[0] == (0, 3)
    assert (first.written_off, again.written_off) == (2, 0)
    assert services.write_off_shipped(stocked) == 0
    assert laws_broken() == []


STEPS = [("INV201", "4"), ("INV201", "3"), ("INV201", "1"), ("INV211", "2")]


FORWARD = [(*STEPS[first:], *STEPS[:first]) for first in range(len(STEPS))]
OFTEN = [*FORWARD, *(tuple(reversed(order)) for order in FORWARD)]
SELDOM = [order for order in itertools.permutations(STEPS) if order not in OFTEN]


@pytest.mark.parametrize(
    "order", [*OFTEN, *(pytest.param(order, marks=pytest.mark.deep) for order in SELDOM)]
)
def test_answers_in_any_order_and_again_end_with_the_same_book(stocked, leaving, order):
    written(stocked, leaving)

    for kind, status in (*order, *order):
        services.hear_zone(read(answer(kind, status)))

    assert counters()[0] == (0, 3)


@pytest.mark.parametrize("status", ["2", "3", "4", "Y", "Z", ""])
def test_a_list_that_is_not_approved_moves_nothing(stocked, leaving, status):
    written(stocked, leaving)

    (listed,) = services.hear_zone(read(answer("INV201", status)))

    assert (listed.is_known, listed.written_off) == (True, 0)
    assert counters()[0] == (3, 0)


def test_an_answer_to_a_list_that_nobody_wrote_is_known_as_such(stocked, leaving):
    (listed,) = services.hear_zone(read(answer("INV201", "1", "OTHER")))

    assert (listed.number, listed.is_known, listed.written_off) == ("OTHER", False, 0)
    assert counters()[0] == (3, 0)


def test_what_was_written_off_before_the_answer_is_not_written_off_again(stocked, leaving):
    written(stocked, leaving)
    services.write_off_shipped(stocked)

    (listed,) = services.hear_zone(read(answer("INV201", "1")))

    assert listed.written_off == 0
    assert counters()[0] == (0, 3)


def test_only_released_declarations_of_the_pool_leave_on_a_list(take, stocked):
    services.declare_batch(stocked, [take(1)], request_key="b1")
    with tenancy.as_operator("test"):
        declared = list(Declaration.objects.all())

    with pytest.raises(NotToBeListed):
        written(stocked, declared)

    assert not ZonePaper.objects.exists()


def test_the_same_list_again_is_the_same_document_and_another_is_refused(stocked, leaving):
    first = written(stocked, leaving)
    with clock.at(clock.now() + timedelta(days=1)):
        again = written(stocked, leaving)

    assert again.pk == first.pk
    with pytest.raises(ListTakenOtherwise):
        written(stocked, leaving[:1])


def test_an_uploaded_receipt_of_a_list_moves_the_book(stocked, leaving, broker):
    written(stocked, leaving)

    first, again = (
        services.receive_file(broker, "list.xml", answer("INV201", "1")) for _ in range(2)
    )

    assert (first.written_off, again.written_off) == (2, 0)
    assert counters()[0] == (0, 3)


def test_the_head_of_a_list_out_is_the_zone_the_way_and_the_parties(stocked, leaving):
    content = documents.content(written(stocked, leaving).document)

    head = from_parts(LIST, read(content).parts).head

    assert {k: v for k, v in head.items() if not k.endswith("Time")} == {
        "PutrecNo": "L3105B25A001",
        "EtpsInnerInvtNo": "HZQD3105W90001E20250501",
        "BizopEtpsSccd": "91310000MA1FL0NF3X",
        "BizopEtpsno": "3105W90001",
        "BizopEtpsNm": "北仑联仓",
        "RcvgdEtpsno": "3105W90001",
        "RvsngdEtpsSccd": "91310000MA1FL0NF3X",
        "RcvgdEtpsNm": "北仑联仓",
        "DclEtpsSccd": "91310000MA1FL0NF3X",
        "DclEtpsno": "3105W90001",
        "DclEtpsNm": "北仑联仓",
        "ImpexpPortcd": "3105",
        "DclPlcCuscd": "3105",
        "ImpexpMarkcd": "E",
        "MtpckEndprdMarkcd": "I",
        "SupvModecd": "1210",
        "TrspModecd": "W",
        "DclcusFlag": "2",
        "InputCode": "3105W90001",
        "InputName": "北仑联仓",
        "StshipTrsarvNatcd": "142",
        "InvtType": "8",
        "DclTypecd": "1",
        "InputCreditCode": "91310000MA1FL0NF3X",
        "GenDecFlag": "2",
    }


def test_a_line_of_a_list_out_is_what_was_declared_summed(stocked, leaving):
    content = documents.content(written(stocked, leaving).document)

    assert from_parts(LIST, read(content).parts).lines == (
        {
            "GdsSeqno": "1",
            "GdsMtno": "1",
            "Gdecd": "1901101000",
            "GdsNm": "婴儿配方奶粉",
            "GdsSpcfModelDesc": "800克/罐",
            "DclUnitcd": "122",
            "LawfUnitcd": "035",
            "Natcd": "609",
            "DclUprcAmt": "250.00",
            "DclTotalAmt": "750.00",
            "DclCurrcd": "142",
            "LawfQty": "2.4",
            "DclQty": "3",
            "GrossWt": "2.850",
            "NetWt": "2.400",
            "LvyrlfModecd": "1",
            "EntryGdsSeqno": "1",
            "DestinationNatcd": "142",
            "ModfMarkcd": "3",
            "ClyMarkcd": "0",
        },
    )
