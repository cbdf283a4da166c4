"""A recall: stock off the shelves, pages switched, importers told, the effect counted."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock, facts, tenancy
from core.models import Fact, Membership, User
from core.models.notice import Notice
from tests.intruder import change_by_sql
from tests.traceability.conftest import ZONE
from traceability import recalls, services
from traceability.domain import codes
from traceability.domain.verdict import Verdict
from traceability.models import Recall, RecallNotice, RecallUnit
from warehouse import services as warehouse
from warehouse.domain.fefo import NotEnoughStock
from warehouse.domain.stock import Place
from warehouse.models import Holding, Reservation, UnitIdentity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

AT = datetime(2025, 11, 9, 20, 15, tzinfo=ZONE)


def open_recall(way, **more: object) -> Recall:
    asked = {"number": "RC-1", "lot_number": way.lot.number, **more}
    return recalls.open_recall(way.pool, way.product.gtin, "Too much vitamin D", **asked)


def verdict(code: str) -> Verdict:
    return services.look_up(code, at=AT, address="203.0.113.7", counts=True).verdict


def units_at(place: Place) -> int:
    with tenancy.as_operator("test"):
        rows = Holding.objects.filter(place=place).values_list("units", flat=True)
        return sum(rows)


@pytest.fixture
def sold(way):
    way.sell(way.codes[0], way.codes[1])
    return way


def test_the_stock_of_a_recalled_lot_is_blocked_at_once(sold, importer):
    recall = open_recall(sold)

    assert (recall.blocked_units, recall.stopped_codes) == (98, 4)
    assert (units_at(Place.BONDED), units_at(Place.QUARANTINE)) == (0, 98)
    with tenancy.as_operator("test"), pytest.raises(NotEnoughStock):
        warehouse.reserve(importer, sold.product, 1, "after")


def test_promises_without_a_dispatch_are_taken_back_and_blocked(sold, importer):
    with tenancy.as_operator("test"):
        warehouse.reserve(importer, sold.product, 5, "promised")

    recall = open_recall(sold)

    assert recall.blocked_units == 98
    with tenancy.as_operator("test"):
        states = set(Reservation.objects.filter(request_key="promised").values_list("state"))
    assert states == {("released",)}


def test_a_coded_unit_in_an_open_dispatch_cannot_be_picked_any_more(sold, importer):
    with tenancy.as_operator("test"):
        promised = warehouse.reserve(importer, sold.product, 1, "open")
        order = warehouse.dispatch(importer, "open", promised)
    open_recall(sold)

    with tenancy.as_operator("test"), pytest.raises(warehouse.CodeUsed):
        warehouse.pick(order, [services.code_hmac(sold.codes[2])])


def test_every_page_of_the_lot_switches(sold):
    assert verdict(sold.codes[0]) is Verdict.GENUINE_FIRST

    open_recall(sold)

    assert {verdict(code) for code in sold.codes} == {Verdict.RECALLED}


def test_single_units_are_recalled_by_their_codes(sold):
    recall = open_recall(sold, lot_number="", unit_codes=[codes.shown(sold.codes[0])])

    assert recall.scope == Recall.Scope.UNITS
    assert recall.blocked_units == 0
    assert verdict(sold.codes[0]) is Verdict.RECALLED
    assert verdict(sold.codes[1]) is Verdict.GENUINE_FIRST
    with tenancy.as_operator("test"):
        assert RecallNotice.objects.get().sold_units == 1


def test_a_product_is_recalled_with_all_its_lots(sold):
    recall = open_recall(sold, lot_number="")

    assert (recall.scope, recall.lot) == (Recall.Scope.PRODUCT, None)
    assert recall.blocked_units == 98


def test_the_same_number_again_recalls_nothing_twice(sold):
    first = open_recall(sold)

    assert open_recall(sold) == first
    assert Recall.objects.count() == 1
    assert Notice.objects.filter(kind=recalls.TOLD).count() == 1


@pytest.mark.parametrize("more", [{"lot_number": "NO-SUCH-LOT"}, {"lot_number": "nothing"}])
def test_goods_that_are_not_there_cannot_be_recalled(sold, more):
    with pytest.raises(recalls.NothingToRecall):
        open_recall(sold, **more)

    assert units_at(Place.QUARANTINE) == 0


def test_a_list_with_a_foreign_code_recalls_nothing(sold):
    foreign = "000000000000000" + codes.check_character("0" * 15)

    with pytest.raises(recalls.ForeignCodes) as refusal:
        open_recall(sold, unit_codes=[sold.codes[0], foreign])

    assert refusal.value.params == {"foreign": 1, "given": 2}
    assert not UnitIdentity.objects.filter(state="recalled").exists()


def test_each_importer_is_told_what_it_holds_and_sold(sold, importer):
    open_recall(sold)

    notice = Notice.objects.get(kind=recalls.TOLD)
    assert notice.party_id == importer.pk
    assert (notice.params["held"], notice.params["sold"]) == (98, 2)


def test_the_effect_counts_confirmations_and_pages_read_since(sold):
    recall = open_recall(sold)
    verdict(sold.codes[0])
    verdict(sold.codes[0])
    with tenancy.as_operator("test"):
        before = recalls.effect(recall)
        assert recalls.acknowledge(RecallNotice.objects.get(), by="user:1")
        assert not recalls.acknowledge(RecallNotice.objects.get(), by="user:2")
        after = recalls.effect(recall)

    assert (before.sold_units, before.blocked_units, before.told) == (2, 98, 1)
    assert (before.acknowledged_percent, after.acknowledged_percent) == (0, 100)
    assert after.pages_read == 1
    names = Fact.objects.filter(name__startswith="traceability.recall").values_list("name")
    assert sorted(names) == [
        ("traceability.recall.acknowledged",),
        ("traceability.recall.opened",),
    ]


def test_a_recall_is_never_changed_nor_removed(sold):
    open_recall(sold)

    for rows in (Recall.objects.all(), RecallUnit.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()


def test_an_importer_is_told_once_and_a_unit_is_covered_once(sold, importer):
    recall = open_recall(sold)
    unit = RecallUnit.objects.first().identity

    with pytest.raises(IntegrityError), transaction.atomic():
        RecallUnit.objects.create(recall=recall, identity=unit)
    with tenancy.as_operator("t"), pytest.raises(IntegrityError), transaction.atomic():
        RecallNotice.objects.create(
            recall=recall, importer_id=importer.pk, held_units=0, sold_units=0
        )


def test_a_recall_of_a_lot_names_the_lot(sold):
    open_recall(sold)

    with pytest.raises(IntegrityError), transaction.atomic():
        change_by_sql("UPDATE traceability_recall SET lot_id = NULL")


@pytest.fixture
def desk(client, pool):
    user = User.objects.create_user(username="op", password="x")
    Membership.objects.create(user=user, party=pool.operator, role="operator")
    client.force_login(user)
    return client


def test_an_operator_opens_a_recall_on_its_page_and_takes_the_report(desk, sold):
    form = {"gtin": sold.product.gtin, "lot": sold.lot.number, "reason": "glass", "number": "RC-9"}

    answer = desk.post(reverse("recalls"), form)

    recall = Recall.objects.get()
    assert answer.headers["Location"] == reverse("recall", args=[recall.pk])
    assert "98" in desk.get(reverse("recall", args=[recall.pk])).content.decode()
    lines = desk.get(reverse("recall-report", args=[recall.pk])).content.decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("RC-9,")
    assert ",98,2," in lines[1]


def test_a_refused_recall_says_why_and_changes_nothing(desk, sold):
    form = {"gtin": "0" * 14, "lot": "", "reason": "glass"}

    answer = desk.post(reverse("recalls"), form)

    assert answer.status_code == 422
    assert "No goods of this pool fall under the recall." in answer.content.decode()
    assert not Recall.objects.exists()


def test_the_recall_is_in_the_log(sold):
    recall = open_recall(sold)
    with clock.at(AT):
        facts.sequence()

    fact = Fact.objects.get(name="traceability.recall.opened")
    assert fact.data == {
        "recall": recall.pk, "scope": "lot", "product": sold.product.pk, "lots": [sold.lot.pk],
        "units": 98, "sold": 2,
    }  # fmt: skip
