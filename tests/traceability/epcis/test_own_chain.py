"""Importers see their own chain: lots they hold, their orders, what they captured; nothing else."""

import pytest

from tests.traceability import story
from tests.traceability.epcis.conftest import event
from traceability import projections
from traceability.domain.epcis import Kind
from traceability.models import EpcisEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]


def kinds(program):
    """What an importer sees, by the kinds of the pool's events."""
    names = [each["eventID"] for each in program.found("perPage=1000")]
    rows = EpcisEvent.objects.filter(event_id__in=names, capture__isnull=True)
    return {Kind(kind) for kind in rows.values_list("kind", flat=True)}


def test_who_holds_units_of_a_lot_sees_its_way_and_its_own_orders(way, program):
    way.sell(way.codes[0])

    assert kinds(program) == {
        Kind.DEPARTED, Kind.ARRIVED, Kind.RECEIVED, Kind.COMMISSIONED, Kind.OWNED,
        Kind.PICKED, Kind.SHIPPED, Kind.SOLD,
    }  # fmt: skip


def test_who_holds_nothing_sees_nothing(way, program, rival):
    way.sell(way.codes[0])

    assert rival.found() == []
    assert rival.get("epcs").json()["member"] == []
    for each in program.found():
        assert rival.get(f"events/{each['eventID']}").status_code == 404


def test_a_buyer_of_units_sees_the_lot_and_the_transfer_but_not_the_seller_s_orders(
    importer, stranger, program, rival, monkeypatch
):
    for name, subject, data in story.STORY:
        owner = {"importer": importer.pk} if name != "warehouse.ownership.transferred" else {}
        parties = {"seller": importer.pk, "buyer": stranger.pk} if "seller" in data else {}
        whole = {**data, **owner, **parties}
        monkeypatch.setitem(story.facts.registry, name, frozenset(whole))
        story.facts.append(name, subject=subject, data=whole, at=story.START)
    story.facts.sequence()
    projections.project()

    lots = {Kind.DEPARTED, Kind.ARRIVED, Kind.RECEIVED, Kind.COMMISSIONED, Kind.COUNTED}
    lots |= {Kind.LOADED, Kind.UNLOADED, Kind.SAMPLED, Kind.JUDGED}
    assert kinds(rival) == {*lots, Kind.RECALLED, Kind.TRANSFERRED}
    assert kinds(program) == set(Kind)


def test_what_an_importer_captures_never_reaches_a_consumer_s_page(way, program, client):
    way.sell(way.codes[0])
    lot = way.lot
    key = f"https://id.gs1.org/01/{lot.product.gtin}/10/{lot.number}"
    before = client.get(f"/api/trace/{way.codes[0]}").json()["steps"]

    program.post("events", event(quantityList=[{"epcClass": key}], bizStep="destroying"))

    assert client.get(f"/api/trace/{way.codes[0]}").json()["steps"] == before
    assert len(program.found(f"MATCH_anyEPCClass={key}&EQ_bizStep=destroying")) == 1


def test_every_event_that_is_shown_has_the_shape_of_epcis(way, program):
    way.sell(way.codes[0])
    answer = program.get("events?perPage=1000").content

    job = program.client.get(program.post("capture", answer)["Location"]).json()

    assert (job["success"], job["errors"]) == (True, [])
