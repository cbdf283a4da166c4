"""Lists into the zone: written from a consignment, answered in any order, booked once."""

import itertools
from datetime import date
from decimal import Decimal

import pytest

from core import documents, invariants, tenancy
from core.models import Fact, Party
from customs import services
from customs.jurisdictions.cn.messages.bonded_writing import LIST, PASS, from_parts
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import ZonePaper
from customs.services import NothingToList, Vehicle
from customs.services.entries import accept_entry
from fx_settlement.models import EntryNumber
from tests.conftest import party
from tests.customs import shop
from tests.customs.test_exit_lists import KEEPER_CODE
from tests.customs.test_views import get
from tests.shared_data import oracle
from tests.warehouse import goods
from warehouse import services as warehouse
from warehouse.domain.book import NotEnoughInBook
from warehouse.models import BookItem
from warehouse.reconciling import reconciled

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 10)
ENVELOPE = {"sender_id", "Ic_Card", "pocket_id", "total_pocket_qty", "cur_pocket_no"}
"""What the client fills in."""

TRUCK = Vehicle("浙B00000", "0000000000000", Decimal(12000), Decimal(4000))


@pytest.fixture
def consignment(pool, importer):
    """A hundred tins on their way into a zone whose keeper customs knows; no book has them yet."""
    Party.objects.filter(kind__in=[Party.Kind.OPERATOR, Party.Kind.KEEPER]).update(
        customs_code=KEEPER_CODE, uscc="91310000MA1FL0NF3X"
    )
    pool.refresh_from_db()
    warehouse.open_book(
        pool=pool, number="L3105B25A001", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    supplier = party(Party.Kind.SUPPLIER, "waikato", country="NZ")
    with tenancy.as_operator("test"):
        line = goods.ordered(pool, supplier, {shop.formula(): {importer: 100}})[0]
        return goods.consigned(pool, [line])


def count(consignment, good=94, short=6):
    line = consignment.lines.get().order_line
    with tenancy.as_operator("test"):
        return warehouse.receive(consignment, [goods.counted(line, good=good, short=short)], on=DAY)


def listed(consignment):
    (paper,) = services.write_entry_lists(consignment)
    return paper


def about(kind, result, number, more=""):
    """A receipt of a list or pass as customs sends it."""
    mark = f"<vrfdedMarkcd>{result}</vrfdedMarkcd>" if kind == "INV211" else ""
    result = (
        ""
        if kind == "INV211"
        else f"<HdeApprResult><etpsPreentNo>{number}</etpsPreentNo><businessId>Z1</businessId>"
        f"<manageResult>{result}</manageResult></HdeApprResult>"
    )
    basic = (
        f"<BondInvtBsc><bondInvtNo>QD310525I000000001</bondInvtNo>"
        f"<etpsInnerInvtNo>{number}</etpsInnerInvtNo>{mark}{more}</BondInvtBsc>"
    )
    inside = result + (basic if kind.startswith("INV") else "")
    return (
        f"<Package><EnvelopInfo><message_type>{kind}</message_type></EnvelopInfo><DataInfo>"
        f"<BussinessData><{kind}>{inside}</{kind}></BussinessData></DataInfo></Package>"
    ).encode()


def hear(*args, **more):
    return services.hear_zone(read(about(*args, **more)), DAY)


def counters():
    row = BookItem.objects.get()
    return row.expected_in, row.actual_in


def between():
    with tenancy.as_operator("test"):
        ((_, row),) = reconciled(BookItem.objects.all())
    return row.arrived_not_approved, row.approved_not_arrived, row.drift_units


def laws_broken():
    return [
        finding.name
        for finding in invariants.check_all()
        if not finding.holds and finding.name.startswith(("customs", "warehouse"))
    ]


def test_a_list_declares_what_came_and_has_every_field_of_a_real_one(consignment):
    count(consignment)

    content = documents.content(listed(consignment).document)

    verdict = validate(content)
    strays = {each.path.rpartition("/")[2] for each in verdict.findings}
    assert (verdict.is_valid, strays) == (True, ENVELOPE)
    ours = from_parts(LIST, read(content).parts)
    (line,) = ours.lines
    assert (line["DclQty"], line["DclUprcAmt"], line["DclTotalAmt"]) == ("94", "12.50", "1175.00")
    assert (line["DclCurrcd"], line["Natcd"], line["LvyrlfModecd"]) == ("502", "609", "3")
    assert (line["LawfQty"], line["NetWt"], line["GrossWt"]) == ("75.2", "75.200", "89.300")
    assert {
        "ImpexpMarkcd": "I",
        "DecType": "3",
        "TrspModecd": "2",
        "PutrecNo": "L3105B25A001",
    }.items() <= ours.head.items()
    (path,) = oracle("customs", "china", "bonded_samples").glob("*Ibondinvt*")
    real = from_parts(LIST, read(path.read_bytes()).parts)
    filled = {name for name, text in real.head.items() if text}
    assert filled - {name for name, text in ours.head.items() if text} <= {"AddTime"}
    assert {k for k, v in real.lines[0].items() if v} <= {k for k, v in line.items() if v}


def test_a_list_may_be_written_before_the_count_and_the_same_again(consignment):
    first, again = listed(consignment), listed(consignment)

    (line,) = from_parts(LIST, read(documents.content(first.document)).parts).lines
    assert (line["DclQty"], again.pk) == ("100", first.pk)


def test_nothing_is_listed_of_a_consignment_that_is_wholly_short(consignment):
    count(consignment, good=0, short=100)

    with pytest.raises(NothingToList):
        services.write_entry_lists(consignment)


def test_the_book_announces_at_pre_approval_and_enters_when_customs_counts(consignment):
    count(consignment)
    paper = listed(consignment)
    seen = [(counters(), between())]

    for kind, result in (("INV201", "4"), ("INV211", "2"), ("INV201", "4"), ("INV201", "1")):
        hear(kind, result, paper.number)
        seen.append((counters(), between()))

    assert seen == [
        ((0, 0), (94, 0, 0)),
        ((94, 0), (94, 0, 0)),
        ((0, 94), (0, 0, 0)),
        ((0, 94), (0, 0, 0)),
        ((0, 94), (0, 0, 0)),
    ]
    assert ZonePaper.objects.get().customs_no == "QD310525I000000001"
    assert laws_broken() == []


ENTRY = "310120251012345678"
IN_BEIJING = f"<entryDclTime>2025-03-09 23:30:00</entryDclTime><entryNo>{ENTRY}</entryNo>"


def drafted(number):
    """The receipt of the draft that customs made of a list (INV202)."""
    return (
        "<Package><EnvelopInfo><message_type>INV202</message_type></EnvelopInfo><DataInfo>"
        "<BussinessData><INV202><InvApprResult><businessId>QD310525I000000001</businessId>"
        f"<entrySeqNo>{number}</entrySeqNo><manageResult>1</manageResult>"
        "<createDate>2025-03-11T09:00:00</createDate></InvApprResult></INV202></BussinessData>"
        "</DataInfo></Package>"
    ).encode()


def entries_noted():
    return list(EntryNumber.objects.values_list("number", "accepted_on"))


def test_the_entry_that_an_answer_brings_is_noted_by_itself_and_the_first_stands(
    consignment, broker_user
):
    paper = listed(consignment)
    consignment.state = "arrived"
    consignment.save()
    waiting = get(broker_user, "entries").content.decode()

    hear("INV201", "4", paper.number)
    services.hear_zone(read(drafted("I2025123456789")), DAY)
    assert (entries_noted(), ZonePaper.objects.get().entry_no) == ([], "I2025123456789")
    for _ in range(2):
        hear("INV211", "1", paper.number, more=IN_BEIJING)
    services.hear_zone(read(drafted("310120251087654321")), DAY)

    assert f"Customs brings it with its answer to list {paper.number}." in waiting
    assert entries_noted() == [(ENTRY, date(2025, 3, 9))]
    assert ZonePaper.objects.get().entry_no == ENTRY
    assert Fact.objects.filter(name="customs.entry.accepted").count() == 1
    assert ENTRY in get(broker_user, "entries").content.decode()


def test_an_entry_noted_by_hand_stands_and_what_is_refused_or_of_another_year_notes_none(
    consignment,
):
    paper = listed(consignment)
    hear("INV201", "3", paper.number, more=IN_BEIJING)
    assert entries_noted() == []
    other_year = IN_BEIJING.replace("2025-03-09", "2024-03-09")
    hear("INV211", "1", paper.number, more=other_year)
    assert entries_noted() == []

    with tenancy.as_operator("test"):
        accept_entry(consignment, "310120251000000001", on=DAY)
    hear("INV211", "1", paper.number, more=IN_BEIJING)

    assert entries_noted() == [("310120251000000001", DAY)]


ANSWERS = [("INV201", "3"), ("INV201", "4"), ("INV201", "2"), ("INV211", "2")]


def heard_twice(consignment, order):
    """The book and the list's state once all answers came, and came again."""
    count(consignment)
    paper = listed(consignment)
    for kind, result in (*order, *order):
        hear(kind, result, paper.number)
    return counters(), ZonePaper.objects.get().state


@pytest.mark.parametrize("order", [ANSWERS, ANSWERS[::-1]])
def test_answers_in_any_order_end_with_the_same_book(consignment, order):
    assert heard_twice(consignment, order) == ((0, 94), "counted")


@pytest.mark.deep
@pytest.mark.parametrize("order", list(itertools.permutations(ANSWERS)))
def test_answers_in_every_order_end_with_the_same_book(consignment, order):
    assert heard_twice(consignment, order) == ((0, 94), "counted")


def test_goods_enter_the_book_when_the_vehicle_with_their_list_passes_the_gate(consignment, pool):
    paper = listed(consignment)
    hear("INV201", "4", paper.number)
    gate_pass = services.write_gate_pass(pool, [paper.number], TRUCK)
    content = documents.content(gate_pass.document)
    seen = [counters()]

    for kind, result in (("SAS221", "1"), ("SAS223", "2"), ("SAS223", "1"), ("SAS223", "1")):
        hear(kind, result, gate_pass.number)
        seen.append(counters())

    assert validate(content).is_valid
    head = from_parts(PASS, read(content).parts).head
    assert (head["IoTypecd"], head["PassportTypecd"], head["TotalWt"]) == ("I", "1", "16095")
    assert seen == [(100, 0)] * 3 + [(0, 100)] * 2
    assert between() == (0, 100, 0)
    count(consignment)
    assert between() == (0, 6, 0)
    assert laws_broken() == []


def test_a_list_that_customs_deletes_is_taken_back_and_written_anew(consignment):
    first = listed(consignment)
    hear("INV201", "4", first.number)
    services.cancel_zone_paper(first)
    still = counters()
    hear("INV201", "1", first.number, more="<dclTypecd>3</dclTypecd>")
    freed = counters()
    count(consignment)
    second = listed(consignment)
    hear("INV201", "1", second.number)

    assert (still, freed, counters()) == ((100, 0), (0, 0), (0, 94))
    assert second.number != first.number
    assert between() == (0, 0, 0)
    assert laws_broken() == []


def test_goods_that_customs_has_not_accepted_are_not_declared_out(consignment, importer, pool):
    with tenancy.as_operator("test"):
        warehouse.allocate(count(consignment, good=100, short=0))
    product = BookItem.objects.get().product

    with pytest.raises(NotEnoughInBook):
        warehouse.book_expect_out(product, 1, "DEC-1")
    hear("INV201", "1", listed(consignment).number)

    assert len(warehouse.book_expect_out(product, 1, "DEC-1")) == 1


def test_a_receipt_moves_only_the_books_of_pools_in_view(consignment, broker):
    count(consignment)
    paper = listed(consignment)
    stranger = party(Party.Kind.BROKER, "elsewhere")

    foreign = services.receive_file(stranger, "r.xml", about("INV201", "1", paper.number))
    own = services.receive_file(broker, "r.xml", about("INV201", "1", paper.number))

    assert (foreign.entered, foreign.zone) == (0, 0)
    assert (own.entered, own.zone) == (94, 1)


def test_the_head_of_a_list_in_is_the_zone_the_way_and_the_parties(consignment):
    count(consignment)

    message = from_parts(LIST, read(documents.content(listed(consignment).document)).parts)

    with_number = {k: v for k, v in message.head.items() if not k.endswith("Time")}
    assert with_number == {
        "PutrecNo": "L3105B25A001",
        "EtpsInnerInvtNo": "EL-2025-000001",
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
        "DclcusTypecd": "2",
        "DecType": "3",
        "ImpexpMarkcd": "I",
        "MtpckEndprdMarkcd": "I",
        "SupvModecd": "1210",
        "TrspModecd": "2",
        "DclcusFlag": "1",
        "InputCode": "3105W90001",
        "InputName": "北仑联仓",
        "StshipTrsarvNatcd": "609",
        "CorrEntryDclEtpsSccd": "91310000MA1FL0NF3X",
        "CorrEntryDclEtpsNo": "3105W90001",
        "CorrEntryDclEtpsNm": "北仑联仓",
        "InvtType": "0",
        "DclTypecd": "1",
        "InputCreditCode": "91310000MA1FL0NF3X",
        "GenDecFlag": "1",
    }


def test_a_line_of_a_list_in_is_an_item_of_the_book_with_price_weight_and_origin(consignment):
    count(consignment)

    message = from_parts(LIST, read(documents.content(listed(consignment).document)).parts)

    assert message.lines == (
        {
            "PutrecSeqno": "1",
            "GdsSeqno": "1",
            "GdsMtno": "1",
            "Gdecd": "1901101000",
            "GdsNm": "婴儿配方奶粉",
            "GdsSpcfModelDesc": "800克/罐",
            "DclUnitcd": "122",
            "LawfUnitcd": "035",
            "Natcd": "609",
            "DclUprcAmt": "12.50",
            "DclTotalAmt": "1175.00",
            "DclCurrcd": "502",
            "LawfQty": "75.2",
            "DclQty": "94",
            "GrossWt": "89.300",
            "NetWt": "75.200",
            "LvyrlfModecd": "3",
            "EntryGdsSeqno": "1",
            "DestinationNatcd": "142",
            "ModfMarkcd": "3",
            "ClyMarkcd": "0",
        },
    )


def test_the_pass_of_a_lorry_that_comes_in_says_what_it_weighs_and_carries(consignment, pool):
    count(consignment)
    paper = listed(consignment)
    hear("INV201", "4", paper.number)

    gate_pass = services.write_gate_pass(pool, [paper.number], TRUCK)

    head = from_parts(PASS, read(documents.content(gate_pass.document)).parts).head
    assert {k: v for k, v in head.items() if k != "DclTime"} == {
        "PassportTypecd": "1",
        "MasterCuscd": "3105",
        "DclTypecd": "1",
        "IoTypecd": "I",
        "BindTypecd": "2",
        "RltTbTypecd": "1",
        "RltNo": "QD310525I000000001",
        "AreainEtpsno": "3105W90001",
        "AreainEtpsNm": "北仑联仓",
        "VehicleNo": "浙B00000",
        "VehicleIcNo": "0000000000000",
        "VehicleWt": "12000",
        "VehicleFrameWt": "4000",
        "ContainerWt": "0",
        "TotalWt": "16089.3",
        "TotalGrossWt": "89.3",
        "TotalNetWt": "75.2",
        "DclErConc": "北仑联仓",
        "DclEtpsno": "3105W90001",
        "DclEtpsNm": "北仑联仓",
        "InputCode": "3105W90001",
        "InputName": "北仑联仓",
        "EtpsPreentNo": "GP-2025-000001",
        "AreainEtpsSccd": "91310000MA1FL0NF3X",
        "DclEtpsSccd": "91310000MA1FL0NF3X",
        "InputSccd": "91310000MA1FL0NF3X",
    }
