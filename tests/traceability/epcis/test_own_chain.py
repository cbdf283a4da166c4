"""Importers see their own chain: lots they hold, their orders, what they captured; nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.traceability import story
from tests.traceability.epcis.conftest import event
from traceability import projections
from traceability.domain.epcis import Kind
from traceability.domain.repository.asking import Query
from traceability.epcis import repository
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


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize(
    ("order", "column"), [("eventTime", "happened_at"), ("recordTime", "record_time")]
)
def test_pages_mix_the_pools_events_and_the_importers_own_in_their_order(
    way, program, order, column, direction
):
    way.sell(way.codes[0])
    for number, month in enumerate(range(1, 13)):
        at = f"20{23 + month % 4}-{month:02d}-03T00:00:00Z"
        program.post("events", event(eventID=f"urn:uuid:own-{number}", eventTime=at))
    sign = "-" if direction == "DESC" else ""
    whole = repository.visible(way.importer.pk).order_by(f"{sign}{column}", f"{sign}pk")

    asked, after, pages = Query((), order_by=order, descending=direction == "DESC"), None, []
    while after is not None or not pages:
        page = repository.page(way.importer.pk, asked, size=3, after=after)
        pages.append([each.pk for each in page.events])
        after = page.next

    assert {bool(each.viewer) for each in whole} == {True, False}
    assert [pk for page in pages for pk in page] == [each.pk for each in whole]
    assert {len(page) for page in pages[:-1]} == {3}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans tables that are small")
@pytest.mark.parametrize("order", ["eventTime", "recordTime"])
def test_a_page_is_read_along_an_index_and_nothing_is_sorted(program, importer, order):
    program.post("events", event())

    with CaptureQueriesContext(connection) as told:
        repository.page(importer.pk, Query((), order_by=order), size=30, after=None)

    plans = []
    for each in told.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {each['sql']}")
            plans.append(" ".join(row[3] for row in cursor.fetchall()))
    assert len(plans) == 2
    assert [plan for plan in plans if "TEMP B-TREE FOR ORDER BY" in plan] == []
