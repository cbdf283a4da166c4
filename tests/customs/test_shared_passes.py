"""One list on several vehicles: each pass says its part, and the book follows what passed."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core import documents
from customs import services, zone_queries
from customs.domain.zone import share_of_weight
from customs.jurisdictions.cn.messages.bonded_writing import (
    PASS,
    BondedMessage,
    Posting,
    from_parts,
    write_bonded,
)
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import ListedGoods, Load, ZonePaper
from customs.services import (
    ListsNotTogether,
    MoreThanListed,
    NothingLoaded,
    PassedBesidesOthers,
    PassTakenOtherwise,
    Vehicle,
)
from tests.customs.shop import ORDERED_AT
from tests.customs.test_desk_views import post, text
from tests.customs.test_entry_lists import (
    about,
    consignment,
    count,
    counters,
    hear,
    laws_broken,
    listed,
)
from tests.customs.test_exit_lists import answer, leaving, written
from tests.customs.test_views import get
from tests.customs.test_zone_views import pages_of

__all__ = ["consignment", "leaving"]

pytestmark = pytest.mark.django_db
CUSTOMS_NO = "QD310525I000000001"


def lorry(n):
    return Vehicle(f"浙B0000{n}", f"000000000000{n}", Decimal(9000), Decimal(4000))


@pytest.fixture
def approved(consignment):
    """The list of a hundred tins, 95 kg gross and 80 kg net, announced in the book."""
    paper = listed(consignment)
    hear("INV201", "4", paper.number)
    paper.refresh_from_db()
    return paper


def load(paper, n, units, number=""):
    return services.write_shared_pass(paper, lorry(n), {1: units}, number=number)


def message_of(paper):
    return from_parts(PASS, read(documents.content(paper.document)).parts)


def test_each_vehicle_has_a_pass_that_names_the_list_and_its_own_part(approved):
    first, second = load(approved, 1, 33), load(approved, 2, 67)

    assert [validate(documents.content(each.document)).is_valid for each in (first, second)] == [
        True,
        True,
    ]
    one, other = message_of(first), message_of(second)
    assert {
        key: one.head[key]
        for key in ("BindTypecd", "RltTbTypecd", "RltNo", "TotalGrossWt", "TotalNetWt", "TotalWt")
    } == {
        "BindTypecd": "3",
        "RltTbTypecd": "1",
        "RltNo": CUSTOMS_NO,
        "TotalGrossWt": "31.35",
        "TotalNetWt": "26.4",
        "TotalWt": "13031.35",
    }
    assert one.lines == (
        {
            "PassportSeqNo": "1",
            "RltGdsSeqno": "1",
            "GdsMtno": "1",
            "Gdecd": "1901101000",
            "GdsNm": "婴儿配方奶粉",
            "DclUnitcd": "122",
            "DclQty": "33",
            "GrossWt": "31.35",
            "NetWt": "26.4",
        },
    )
    assert one.related == ({"RtlBillTypecd": "1", "RtlBillNo": CUSTOMS_NO},)
    assert (other.lines[0]["DclQty"], other.head["TotalGrossWt"]) == ("67", "63.65")


def test_the_book_takes_in_what_passed_and_nothing_twice(approved, consignment):
    first, second = load(approved, 1, 60), load(approved, 2, 40)
    seen = [counters()]

    for kind, result, paper in (
        ("SAS221", "1", first),
        ("SAS223", "1", second),
        ("SAS223", "1", second),
        ("SAS223", "2", first),
        ("SAS224", "3", first),
        ("SAS223", "1", first),
    ):
        hear(kind, result, paper.number)
        seen.append(counters())

    assert seen == [(100, 0), (100, 0), (60, 40), (60, 40), (60, 40), (0, 100), (0, 100)]
    count(consignment, good=100, short=0)
    assert laws_broken() == []


def test_what_customs_counted_is_in_whatever_passes_later(approved):
    paper = load(approved, 1, 60)
    hear("SAS223", "1", paper.number)
    hear("INV211", "2", approved.number)
    hear("SAS223", "1", load(approved, 2, 40).number)

    assert counters() == (0, 100)


def test_vehicles_never_carry_more_than_the_list(approved):
    load(approved, 1, 60)

    with pytest.raises(MoreThanListed) as caught:
        load(approved, 2, 41)
    assert caught.value.params == {"line": 1, "number": approved.number, "left": 40, "asked": 41}
    for units in ({}, {1: 0}, {2: 1}):
        with pytest.raises(NothingLoaded):
            services.write_shared_pass(approved, lorry(2), units)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListedGoods.objects.update(loaded_units=101)
    assert ZonePaper.objects.filter(kind="pass").count() == 1
    assert ListedGoods.objects.get().loaded_units == 60


def test_a_pass_taken_back_frees_its_part_for_another_vehicle(approved):
    first = load(approved, 1, 60)
    services.cancel_zone_paper(first)
    second = load(approved, 2, 100)

    row = ListedGoods.objects.get()
    assert (row.loaded_units, row.loaded_gross_g, row.loaded_net_g) == (100, 95_000, 80_000)
    assert list(Load.objects.order_by("pk").values_list("units", "is_held")) == [
        (60, False),
        (100, True),
    ]
    hear("SAS223", "1", second.number)
    assert counters() == (0, 100)
    assert laws_broken() == []


def test_a_vehicle_that_passed_after_its_refusal_keeps_its_part_or_the_clash_is_named(approved):
    first = load(approved, 1, 60)
    hear("SAS221", "3", first.number)
    hear("SAS223", "1", first.number)
    assert (counters(), ListedGoods.objects.get().loaded_units) == ((40, 60), 60)

    second = load(approved, 2, 40)
    hear("SAS221", "3", second.number)
    third = load(approved, 3, 30)
    with pytest.raises(PassedBesidesOthers):
        hear("SAS223", "1", second.number)
    services.cancel_zone_paper(third)
    hear("SAS223", "1", second.number)

    assert counters() == (0, 100)
    assert laws_broken() == []


def test_a_shared_list_is_on_no_whole_pass_and_one_on_a_pass_is_not_shared(approved, pool):
    first = load(approved, 1, 60)
    with pytest.raises(ListsNotTogether):
        services.write_gate_pass(pool, [approved.number], lorry(2))
    services.cancel_zone_paper(first)
    services.write_gate_pass(pool, [approved.number], lorry(2))

    with pytest.raises(ListsNotTogether):
        load(approved, 1, 1)


def test_a_list_that_customs_has_not_approved_goes_on_no_vehicle(consignment):
    with pytest.raises(ListsNotTogether):
        load(listed(consignment), 1, 1)


def test_the_same_pass_again_is_the_first_and_another_part_is_refused(approved):
    first = load(approved, 1, 60, number="GP-1")

    assert load(approved, 1, 60, number="GP-1").pk == first.pk
    with pytest.raises(PassTakenOtherwise):
        load(approved, 1, 59, number="GP-1")
    assert ListedGoods.objects.get().loaded_units == 60


def test_a_list_out_is_shared_too_and_only_its_approval_moves_the_book(stocked, leaving):
    paper = written(stocked, leaving)
    services.hear_zone(read(answer("INV201", "5")))
    paper.refresh_from_db()
    after_approval = counters_of(stocked)

    first, second = load(paper, 1, 1), load(paper, 2, 2)
    for each in (first, second):
        services.hear_zone(read(about("SAS223", "1", each.number)))

    assert message_of(second).head["IoTypecd"] == "E"
    assert message_of(second).head["TotalGrossWt"] == "1.9"
    assert counters_of(stocked) == after_approval


def counters_of(pool):
    return list(
        pool.account_books.order_by("pk").values_list("items__actual_in", "items__actual_out")
    )


@given(
    parts=st.lists(st.integers(1, 500), min_size=1, max_size=12),
    grams=st.integers(6_000, 10**9),
)
def test_vehicles_that_carry_a_line_among_them_weigh_what_it_weighs(parts, grams):
    units, loaded_units, loaded = sum(parts), 0, 0
    for part in parts:
        share = share_of_weight(grams, loaded, units, loaded_units, part)
        assert share >= grams * part // units
        loaded_units, loaded = loaded_units + part, loaded + share

    assert loaded == grams


def bound(binding, lists, lines=()):
    head = {**HEAD, "BindTypecd": binding, "RltNo": "\\".join(lists)}
    related = tuple({"RtlBillTypecd": "1", "RtlBillNo": each} for each in lists)
    message = BondedMessage(PASS, head, tuple(lines), related)
    content = write_bonded(message, Posting("GP-1", "DXPENT0000000001", "1", ORDERED_AT))
    return {each.code for each in validate(content).findings}


HEAD = {
    "PassportTypecd": "1", "MasterCuscd": "3105", "DclTypecd": "1", "IoTypecd": "I",
    "RltTbTypecd": "1", "AreainEtpsno": "3105W90001", "AreainEtpsNm": "北仑联仓",
    "VehicleNo": "浙B00000", "VehicleWt": "9000", "TotalWt": "9010", "TotalGrossWt": "10",
    "TotalNetWt": "8", "DclErConc": "x", "DclEtpsno": "3105W90001", "DclEtpsNm": "北仑联仓",
    "InputCode": "3105W90001", "InputName": "北仑联仓", "EtpsPreentNo": "GP-1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("binding", "lists", "is_kept"),
    [
        ("1", ["QD1", "QD2"], True),
        ("1", ["QD1"], False),
        ("2", ["QD1"], True),
        ("2", ["QD1", "QD2"], False),
        ("3", ["QD1"], True),
        ("3", ["QD1", "QD2"], False),
    ],
)
def test_a_pass_names_as_many_lists_as_its_binding_says(binding, lists, is_kept):
    assert ("binding-not-kept" not in bound(binding, lists)) is is_kept


def test_the_parts_on_a_pass_weigh_what_its_head_says():
    part = {
        "PassportSeqNo": "1", "RltGdsSeqno": "1", "GdsMtno": "1", "Gdecd": "1901101000",
        "GdsNm": "奶粉", "DclUnitcd": "122", "DclQty": "1", "GrossWt": "10", "NetWt": "8",
    }  # fmt: skip

    assert "weights-not-together" not in bound("3", ["QD1"], [part])
    assert "weights-not-together" in bound("3", ["QD1"], [part | {"GrossWt": "9"}])


def test_a_broker_shares_a_list_among_vehicles_by_buttons_and_prints_each_pass(
    approved, broker_user
):
    said = {"plate": "浙B00001", "weight_kg": "9000", "frame_kg": "4000"}
    assert "Share among vehicles" in text(get(broker_user, "zone-paper", approved.pk))

    too_many = post(broker_user, "share-list", approved.pk, line_1="101", **said)
    none = post(broker_user, "share-list", approved.pk, **said)
    first = post(broker_user, "share-list", approved.pk, line_1="60", **said)
    assert (too_many.status_code, none.status_code, first.status_code) == (422, 422, 302)
    page = text(get(broker_user, "share-list", approved.pk))
    assert "57,000 g" in page
    post(broker_user, "share-list", approved.pk, line_1="40", **said)
    assert "All goods of the list are on vehicles." in text(
        get(broker_user, "share-list", approved.pk)
    )
    assert "on 2 vehicles" in text(get(broker_user, "zone"))
    gate_pass = ZonePaper.objects.filter(kind="pass").earliest("pk")
    assert "What this vehicle carries" in text(get(broker_user, "zone-paper", gate_pass.pk))
    (printed,) = pages_of(gate_pass)
    for shown in ("一票多车", "60", "57", "750.00"):
        assert shown in printed
    assert get(broker_user, "share-list", gate_pass.pk).status_code == 404


@pytest.mark.parametrize("vehicles", [1, 4])
def test_the_list_of_papers_and_its_vehicles_cost_one_query_each(
    approved, broker, vehicles, django_assert_num_queries
):
    for n in range(vehicles):
        load(approved, n, 10)

    with django_assert_num_queries(2):
        (row,) = zone_queries.rows(broker, "list")
        found = zone_queries.vehicles_of(approved)
    assert (row.vehicles, [each.units for each in found]) == (vehicles, [10] * vehicles)


def test_nobody_else_shares_a_list(approved, importer_user):
    assert get(importer_user, "share-list", approved.pk).status_code == 404
