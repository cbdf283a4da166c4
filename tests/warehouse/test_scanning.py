"""Scans from phones: done once, answered always, refused without a trace in the stock."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import invariants
from core.idempotency import KeyUsedForOther
from tests.warehouse import goods
from tests.warehouse.shelves import lies, location, waits, zone
from warehouse import queries, scan_views, services
from warehouse.domain.scanning import Sent, Task
from warehouse.models import DoorScan, Movement, Scan, StowMove, UnitIdentity
from warehouse.services import scanning

pytestmark = pytest.mark.django_db

CARTON = "(01)09421902960017(17)260930(10)L-1(37)12"


def words(refusal):
    return {"code": refusal.code}


@pytest.fixture
def take(operator, as_operator):
    def take(task, key=None, **texts):
        sent = Sent(key=key or uuid4().hex, task=Task(task), texts=texts)
        return scanning.take(operator, sent, words)

    return take


def told(answer):
    return answer.told.get("code", answer.told["state"])


def test_a_carton_scanned_onto_a_shelf_lies_there(take, lot, house):
    location(house, "A-01")

    assert told(take("put_away", item=CARTON, target="a-01", units="")) == "done"
    assert told(take("put_away", item=CARTON, target="A-01", units="30")) == "done"

    assert (lies(lot), waits(lot)) == ({"A-01": 42}, 58)


def test_a_scan_that_comes_twice_is_done_once_and_answered_alike(take, lot, house):
    location(house, "A-01")

    answers = [take("put_away", key="k1", item=CARTON, target="A-01", units="5") for _ in range(3)]

    assert [answer.is_replayed for answer in answers] == [False, True, True]
    assert len({json.dumps(answer.told) for answer in answers}) == 1
    assert lies(lot) == {"A-01": 5}
    with pytest.raises(KeyUsedForOther):
        take("put_away", key="k1", item=CARTON, target="A-01", units="6")


def test_a_refused_scan_is_kept_with_its_reason_and_moves_nothing(take, lot, house):
    location(house, "A-01")

    answers = {
        told(take("put_away", item=CARTON, target="A-01", units="101")),
        told(take("put_away", item=CARTON, target="Z-99", units="1")),
        told(take("put_away", item="(01)09400569000019", target="A-01", units="1")),
        told(take("put_away", item="rubbish", target="A-01", units="1")),
        told(take("put_away", item=CARTON, target="A-01", units="-1")),
        told(take("put_away", item="", target="A-01", units="1")),
        told(take("ship", parcel="DO-1999-000001")),
    }

    assert answers == {
        "not-on-the-floor",
        "nothing-so-named",
        "label-unreadable",
        "units-not-whole",
        "scan-incomplete",
    }
    assert (StowMove.objects.count(), Scan.objects.count()) == (0, 7)


def test_scans_at_the_door_fill_in_the_count(take, account_book, consignment, operator):
    for number, units in ((consignment.number, "90"), (consignment.number, "")):
        assert told(take("receive", consignment=number, item=CARTON, units=units)) == "done"
    take("receive", consignment=consignment.number, item=CARTON, units="3", condition="damaged")

    start = queries.counted_at_the_door(consignment, queries.announced(consignment))

    assert start == [
        {
            "order_line": consignment.lines.get().order_line_id,
            "good": 97,
            "damaged": 3,
            "quarantined": 0,
            "short": 0,
            "over": 5,
            "lot_no": "L-1",
            "produced_on": None,
            "expires_on": date(2026, 9, 30),
        }
    ]
    bad = take("receive", consignment=consignment.number, item=CARTON, condition="lovely")
    assert told(bad) == "not-at-the-door"
    assert DoorScan.objects.count() == 3


def test_a_parcel_is_picked_packed_with_its_serials_and_shipped(take, lot, house, shelf):
    location(house, "A-01")
    take("put_away", item=CARTON, target="A-01", units="50")
    services.commission_units(lot, [services.code_hmac(code) for code in ("AA11", "BB22")])
    held = services.reserve(shelf.importer, shelf.product, 2, "order-1")
    order = services.dispatch(shelf.importer, "order-1", held)

    steps = [
        take("pick", parcel=order.number, source="A-01", item=CARTON, units="2"),
        take("pick", parcel=order.number, source="A-01", item=CARTON, units="1"),
        take("pack", parcel="order-1", codes="https://x.example/t/aa11"),
        take("pack", parcel="order-1", codes="https://x.example/t/aa11\nBB-22"),
        take("ship", parcel=order.number),
        take("ship", parcel=order.number),
    ]

    assert [told(step) for step in steps] == [
        "done",
        "not-in-this-parcel",
        "codes-do-not-match",
        "done",
        "done",
        "step-not-allowed",
    ]
    assert set(UnitIdentity.objects.values_list("state", flat=True)) == {"released"}
    assert Movement.objects.filter(kind="ship").count() == 1
    assert [law.name for law in invariants.check_all("warehouse.") if not law.holds] == []


def test_a_pallet_s_own_label_moves_all_of_it(take, lot, house):
    a, b = location(house, "A-01"), location(house, "B-01")
    pallet = services.new_pallet(zone(house, "bonded"), company_prefix="9421902", stands_in=a)
    take("put_away", item=CARTON, target=f"(00){pallet.code}", units="48")

    take("move", source=pallet.code, item=pallet.code, target="B-01")
    take("move", source=pallet.code, item=CARTON, target="A-01", units="8")

    pallet.refresh_from_db()
    assert (pallet.stands_in, lies(lot)) == (b, {"A-01": 8, pallet.code: 40})


def test_another_operator_s_shelves_and_parcels_are_not_found(take, lot, house, stranger):
    location(house, "A-01")
    sent = Sent("k9", Task.PUT_AWAY, {"item": CARTON, "target": "A-01", "units": "1"})

    assert told(scanning.take(stranger, sent, words)) == "nothing-so-named"


def test_scans_are_never_changed(take):
    take("ship", parcel="none")

    with pytest.raises(IntegrityError), transaction.atomic():
        Scan.objects.update(answer={"state": "done"})


def sends(client, user, scans):
    client.force_login(user)
    return client.post(reverse("warehouse:scan-send"), {"scans": scans})


def test_the_phone_sends_many_at_once_and_gets_an_answer_for_each(
    client, operator_user, lot, house
):
    location(house, "A-01")
    good = {"key": "g", "task": "put_away", "texts": {"item": CARTON, "target": "A-01"}}
    bad = {"key": "b", "task": "ship", "texts": {"parcel": "none"}, "at": "2025-03-10T01:02:03Z"}

    answers = sends(client, operator_user, json.dumps([good, bad])).json()["answers"]
    again = sends(client, operator_user, json.dumps([good, bad])).json()["answers"]

    assert answers[0] == {"key": "g", "state": "done"}
    assert answers[1]["reason"] == "There is no parcel “none” here."
    assert (again, lies(lot)) == (answers, {"A-01": 12})
    other = {**good, "texts": {"item": CARTON, "target": "A-01", "units": "2"}}
    clash = sends(client, operator_user, json.dumps([other])).json()["answers"][0]
    assert (clash["state"], clash["code"]) == ("refused", "key-used-for-other")


@pytest.mark.parametrize(
    "scans",
    ["", "{}", "[1]", '[{"key": "", "task": "ship", "texts": {}}]', json.dumps([{}] * 101),
     '[{"key": "k", "task": "fly", "texts": {}}]'],
)  # fmt: skip
def test_what_is_no_list_of_scans_is_refused(client, operator_user, scans):
    assert sends(client, operator_user, scans).status_code == 422
    assert not Scan.objects.exists()


def test_the_scan_page_offers_every_task_and_names_every_field(client, operator_user):
    client.force_login(operator_user)

    page = client.get(reverse("warehouse:scan"))

    assert page.text.count('<form class="card" data-task=') == 6
    assert page.text.count("<label for=") == 18


def test_the_receipt_s_page_keeps_photos_and_makes_claims(
    client, operator_user, as_operator, account_book, consignment, order_line
):
    from_door = services.ReceivedLine(order_line.pk, 90, 4, 6, "L-1")
    receipt = goods.received(consignment, [from_door], on=date(2025, 3, 10))
    line = receipt.lines.get()
    client.force_login(operator_user)

    client.post(reverse("warehouse:make-claim", args=[line.pk, "short"]))
    assert client.post(reverse("warehouse:make-claim", args=[line.pk, "lost"])).status_code == 404
    page = client.get(reverse("warehouse:receipt", args=[receipt.pk]))

    found = page.context["findings"][0]
    assert (found.claims[0].units, found.open_causes) == (6, ("damaged",))
    claim = found.claims[0].claim_id
    assert (
        client.post(reverse("warehouse:answer-claim", args=[claim]), {"accepted": "x"}).status_code
        == 422
    )
    client.post(reverse("warehouse:answer-claim", args=[claim]), {"accepted": "12.50"})
    rows = client.get(reverse("warehouse:claims")).context["rows"]
    assert [(row.state, row.accepted_minor) for row in rows] == [("accepted", 1250)]
    wrong = client.post(reverse("warehouse:add-photo", args=[line.pk]), {})
    assert wrong.status_code == 422


def test_the_page_that_a_phone_keeps_names_nobody_and_its_script_changes_with_it(
    client, operator_user, monkeypatch
):
    client.force_login(operator_user)
    kept = client.get(reverse("warehouse:scan-away"))
    script = client.get(reverse("warehouse:scan-worker"))

    assert "csrf" not in kept.text
    assert operator_user.username not in kept.text
    assert script["Content-Type"] == "text/javascript"
    assert '"/static/warehouse/scan.js"' in script.text
    assert client.get(reverse("warehouse:scan-worker")).text == script.text
    monkeypatch.setattr(scan_views, "_content", lambda name: b"newer")
    assert client.get(reverse("warehouse:scan-worker")).text != script.text
