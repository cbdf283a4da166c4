"""Where goods came from and where they went."""

import pytest
from defusedxml import ElementTree

from core.models import Membership, User
from traceability import graph_picture
from traceability.graph import Direction, graph
from traceability.models import EpcisEvent, EventSubject, TracedLot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]


@pytest.fixture
def key(way) -> str:
    way.sell(way.codes[0])
    way.sell(way.codes[1])
    return TracedLot.objects.get().as_lot().key


def kinds(found) -> list[str]:
    return [edge.kind for edge in found.edges]


def test_a_lot_leads_to_its_voyage_its_dispatches_and_their_entries(key):
    found = graph(key)

    assert kinds(found).count("shipped") == 2
    assert {"departed", "arrived", "received", "commissioned", "picked"} <= set(kinds(found))
    assert not found.is_cut
    assert [edge.position for edge in found.edges] == sorted(e.position for e in found.edges)


def test_one_hop_stops_at_the_events_of_the_lot_itself(key):
    found = graph(key, hops=1)

    voyage = {"departed", "arrived"}
    assert all(key in edge.subjects or edge.kind in voyage for edge in found.edges)
    assert found.hops == 1
    assert found.is_cut


def test_upstream_of_a_dispatch_lies_its_lot_and_not_its_neighbour(way, key):
    order = way.sold[0].pk
    root = next(node for node in graph(key).nodes if node.endswith(f"bt/dispatch/{order}"))

    found = graph(root, direction=Direction.UPSTREAM)

    assert {"received", "picked"} <= set(kinds(found))
    neighbour = f"bt/dispatch/{way.sold[1].pk}"
    assert not [node for node in found.nodes if node.endswith(neighbour)]


@pytest.mark.parametrize("sales", [1, 3])
def test_a_hop_costs_two_queries_however_many_events(way, sales, django_assert_num_queries):
    for code in way.codes[:sales]:
        way.sell(code)
    root = TracedLot.objects.get().as_lot().key

    with django_assert_num_queries(2):
        graph(root, hops=1)


def test_an_operator_asks_for_the_graph_of_its_lot_only(client, pool, way, key):
    user = User.objects.create_user(username="op", password="x")
    Membership.objects.create(user=user, party=pool.operator, role="operator")
    client.force_login(user)

    answer = client.get("/api/trace/graph", {"epc": key, "direction": "downstream"})

    assert answer.json()["root"] == key
    assert client.get("/api/trace/graph", {"epc": key + "9"}).status_code == 404
    assert client.get("/api/trace/graph", {"epc": key, "direction": "up"}).status_code == 404
    assert client.get("/api/trace/graph", {"epc": "no link"}).status_code == 404


def test_the_picture_has_a_lane_for_each_thing_and_a_column_for_each_event(key):
    found = graph(key)

    drawn = graph_picture.picture(found, "The way", str, {})

    root = ElementTree.fromstring(drawn)
    titles = [each.text for each in root.iter("title")]
    assert len(titles) == 1 + len(found.edges)
    assert titles[1] == f"{found.edges[0].kind} · {found.edges[0].at[:10]}"
    touched = {subject for edge in found.edges for subject in edge.subjects} | {key}
    assert {each.text for each in root.iter("text")} >= touched
    assert graph_picture.is_whole(found)


def test_the_operator_sees_the_way_of_a_lot_as_page_and_as_picture(client, key, way, operator_user):
    client.force_login(operator_user)

    page = client.get(f"/graph/?lot={way.lot.pk}&direction=downstream").content.decode()
    file = client.get(f"/api/trace/graph?epc={key}&format=svg")

    assert "Handed over for delivery" in page
    assert "<svg" in page
    assert client.get("/graph/?lot=999&direction=both").status_code == 422
    assert file["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(file.content).tag == "{http://www.w3.org/2000/svg}svg"


def test_upstream_of_a_lot_is_its_voyage_and_downstream_what_became_of_it(key):
    up = graph(key, direction=Direction.UPSTREAM)
    down = graph(key, direction=Direction.DOWNSTREAM)

    assert {"departed", "arrived", "received"} <= set(kinds(up))
    assert not {"picked", "shipped", "entry_released"} & set(kinds(up))
    assert {"picked", "shipped", "sold", "entry_released"} <= set(kinds(down))
    assert not {"departed", "arrived"} & set(kinds(down))


def test_a_lot_in_the_same_parcel_is_no_part_of_the_way_of_its_neighbour(key):
    other = f"https://id.gs1.org/01/{key.split('/')[4]}/10/OTHER"
    shipped = EpcisEvent.objects.filter(kind="shipped").order_by("pk").first()
    received = EpcisEvent.objects.get(kind="received")
    for event in (shipped, received):
        EventSubject.objects.create(event=event, key=other)
    EventSubject.objects.filter(event=received, key=key).delete()

    found = graph(key)

    assert other in {each for edge in found.edges for each in edge.subjects}
    assert "received" not in kinds(found)
