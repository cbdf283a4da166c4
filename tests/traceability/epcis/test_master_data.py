"""Master data in the header of captured documents: kept, asked for, and shown beside events."""

import json

import pytest
from django.db import transaction

from core import tenancy
from core.invariants import check_all
from core.models import Fact
from tests.conftest import party
from tests.intruder import change_by_sql
from tests.shared_data import oracle
from tests.traceability.draft07 import Schema
from tests.traceability.epcis.conftest import document, event, program_of
from traceability.epcis import capture
from traceability.models import MasterEntry

pytestmark = pytest.mark.django_db

SITE, DOCK = "urn:epc:id:sgln:0614141.07346.0", "urn:epc:id:sgln:0614141.07346.1234"
LOCATIONS = "urn:epcglobal:epcis:vtype:BusinessLocation"
CLASSES = "urn:epcglobal:epcis:vtype:EPCClass"
NAME = "https://ns.example.com/name"
GOODS = "urn:epc:class:lgtin:0614141.107346.L1"


def described(*events, name="Ningbo", **more):
    """A document whose header says what a site, its dock and a class of goods are."""
    site = {"id": SITE, "attributes": [{"id": "ex:name", "attribute": name}], "children": [DOCK]}
    goods = {"id": GOODS, "attributes": [{"id": NAME, "attribute": "Formula"}]}
    listed = [
        {"type": LOCATIONS, "vocabularyElementList": [site, {"id": DOCK, **more}]},
        {"type": CLASSES, "vocabularyElementList": [goods]},
    ]
    header = {"epcisMasterData": {"vocabularyList": listed}}
    return {**document(*events), "epcisHeader": header}


@pytest.fixture
def sent(program):
    at = [
        event(eventID="urn:uuid:1", bizLocation={"id": DOCK}),
        event(eventID="urn:uuid:2", bizLocation={"id": SITE}),
        event(eventID="urn:uuid:3", quantityList=[{"epcClass": GOODS, "quantity": 2}]),
    ]
    assert program.post("capture", described(*at)).status_code == 202
    return program


def found(program, query):
    answer = program.get(f"events?{query}")
    listed = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return sorted(each["eventID"] for each in listed)


ASKED = {
    f"EQ_bizLocation={SITE}": ["urn:uuid:2"],
    f"WD_bizLocation={SITE}": ["urn:uuid:1", "urn:uuid:2"],
    f"WD_bizLocation={DOCK}": ["urn:uuid:1"],
    f"HASATTR_bizLocation={NAME}": ["urn:uuid:2"],
    f"EQATTR_bizLocation_{NAME}=Ningbo": ["urn:uuid:2"],
    f"EQATTR_bizLocation_{NAME}=Shanghai": [],
    f"EQATTR_epcClass_{NAME}=Formula": ["urn:uuid:3"],
    f"HASATTR_readPoint={NAME}": [],
}


def test_queries_ask_what_master_data_says_of_places_and_classes(sent):
    assert {query: found(sent, query) for query in ASKED} == ASKED
    unknown = sent.get("events?FUN=1").status_code
    assert sent.get(f"events?HASATTR_action={NAME}").status_code == unknown


def test_events_are_shown_with_what_was_said_of_their_places_and_the_shape_holds(sent):
    told = sent.get(f"events?EQ_bizLocation={SITE}").json()

    listed = told["epcisBody"]["queryResults"]["resultsBody"]["vocabularyList"]
    assert listed == [
        {
            "type": LOCATIONS,
            "vocabularyElementList": [
                {
                    "id": SITE,
                    "attributes": [{"id": NAME, "attribute": "Ningbo"}],
                    "children": [DOCK],
                }
            ],
        }
    ]
    file = oracle("trace", "gs1-EPCIS", "EPCIS-JSON-Schema.patched-2.0.1.json")
    assert Schema(json.loads(file.read_text(encoding="utf-8"))).accepts(told)


def test_the_newest_word_counts_the_same_again_is_kept_once_and_all_stays(sent):
    with tenancy.as_operator("test"):
        before = MasterEntry.objects.count()
    sent.post("capture", described())
    with tenancy.as_operator("test"):
        again = MasterEntry.objects.count()
    sent.post("capture", described(name="Shanghai"))

    assert (before, again) == (3, 3)
    assert found(sent, f"EQATTR_bizLocation_{NAME}=Ningbo") == []
    assert found(sent, f"EQATTR_bizLocation_{NAME}=Shanghai") == ["urn:uuid:2"]
    with tenancy.as_operator("test"):
        assert MasterEntry.objects.count() == 4


def test_what_one_importer_says_tells_another_nothing(sent):
    rival = program_of(party("importer", "rival"))
    rival.post("capture", document(event(eventID="urn:uuid:9", bizLocation={"id": DOCK})))

    assert found(rival, f"WD_bizLocation={SITE}") == []
    assert "vocabularyList" not in rival.get("events").content.decode()


def test_a_document_that_is_refused_leaves_no_master_data(program):
    program.post("capture", event(eventID="urn:uuid:1"))

    program.post("capture", described(event(eventID="urn:uuid:1", action="DELETE")))

    with tenancy.as_operator("test"):
        assert not MasterEntry.objects.exists()


CHANGES = (
    "UPDATE traceability_masterentry SET body = replace(body, 'Ningbo', 'Osaka')",
    "UPDATE traceability_masterentry SET element = 'x' WHERE element LIKE '%1234%'",
    "UPDATE traceability_masterterm SET text = 'x'",
    "DELETE FROM traceability_masterterm; DELETE FROM traceability_masterentry",
)


def test_each_change_by_sql_is_found(sent):
    def broken():
        return [law.name for law in check_all("traceability.") if not law.holds]

    before, missed = broken(), []
    for sql in CHANGES:
        mark = transaction.savepoint()
        change_by_sql(sql)
        missed += [] if broken() else [sql]
        transaction.savepoint_rollback(mark)

    assert (before, missed) == ([], [])


def test_the_log_commits_to_master_data_beside_the_events(sent):
    fact = Fact.objects.get(name=capture.CAPTURED)

    with tenancy.as_operator("test"):
        made = MasterEntry.objects.first().capture
        bodies = [each.body.encode() for each in made.events.order_by("pk")]
        master = [each.body.encode() for each in made.master.all()]
    assert fact.data["digest"] == capture.commitment(made, bodies, master)
    assert fact.data["digest"] != capture.commitment(made, bodies)
