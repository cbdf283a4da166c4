"""People see what programs sent and watch: importers their own, operators that of their pools."""

import pytest

from tests.conftest import user_of
from tests.traceability.epcis.conftest import SGTIN, document, event

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(program):
    bad = event(bizStep="no-such-step", epcList=[f"{SGTIN}9"])
    program.post("capture", document(event()))
    program.post("capture", document(event(), bad), **{"GS1-Capture-Error-Behaviour": "proceed"})
    program.post("events", event(eventID="urn:uuid:1"))
    program.post("capture", event(eventID="urn:uuid:1", action="DELETE"))
    for name in ("watched", "kept"):
        program.post("queries", {"name": name, "query": {}})
    told = {"dest": "https://shop.example.com/told", "schedule": {"hour": "6"}}
    program.post("queries/watched/subscriptions", told)
    return program


def page(client, party, role):
    client.force_login(user_of(party, role, name=f"reader-{party.pk}"))
    return client.get("/captures/")


def test_an_importer_reads_its_captures_with_their_faults(client, sent, importer):
    found = page(client, importer, "importer").context["found"]

    assert [(row.state, row.sent, row.kept) for row in found.captures] == [
        ("failed", 1, 0),
        ("done", 1, 1),
        ("failed", 2, 0),
        ("done", 1, 1),
    ]
    assert found.captures[2].faults[0].startswith("2: This is no valid EPCIS 2.0")
    assert found.queries == ["kept"]
    assert [(row.query, row.schedule) for row in found.subscriptions] == [("watched", "hour 6")]


def test_another_importer_reads_nothing_of_it(client, sent, stranger):
    found = page(client, stranger, "importer").context["found"]

    assert (found.captures, found.queries, found.subscriptions) == ([], [], [])


def test_an_operator_reads_what_owners_in_its_pools_sent(
    client, way, on_scan_day, sent, importer, stranger, operator, rival
):
    rival.post("events", event())

    found = page(client, operator, "operator").context["found"]

    assert {row.importer for row in found.captures} == {importer.name}
    assert len(found.captures) == 4


@pytest.mark.parametrize("copies", [1, 12])
def test_the_page_costs_the_same_number_of_queries_however_much_was_sent(
    client, program, importer, copies, django_assert_max_num_queries
):
    for number in range(copies):
        program.post("events", event(epcList=[f"{SGTIN}{number}"]))
    client.force_login(user_of(importer, "importer", name="reader"))

    with django_assert_max_num_queries(12):
        assert client.get("/captures/").status_code == 200
