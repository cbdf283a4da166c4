"""Taking in events: all or nothing, as many as are sound, and never twice."""

import json
from urllib.parse import quote

import pytest

from core import tenancy
from core.models.fact import Fact
from tests.shared_data import oracle
from tests.traceability.epcis.conftest import SGTIN, document, event, program_of
from traceability.domain.cbv.hashing import event_hash
from traceability.domain.repository import reading
from traceability.epcis import capture
from traceability.models import Capture, EpcisEvent, EventTerm

pytestmark = pytest.mark.django_db

BAD = event(bizStep="no-such-step", epcList=[f"{SGTIN}9"])
OPENEPCIS = "trace/openepcis-test-resources/core/src/main/resources/2.0/EPCIS/JSON"


def outcome(program, answer):
    """What the job of an accepted capture says."""
    assert answer.status_code == 202, answer.content
    return program.client.get(answer["Location"]).json()


def test_a_document_is_kept_whole_and_its_job_says_so(program):
    answer = program.post("capture", document(event(), event(bizStep="shipping")))

    job = outcome(program, answer)

    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert job["captureErrorBehaviour"] == "rollback"
    assert program.steps() == ["receiving", "shipping"]


def test_one_faulty_event_refuses_the_whole_document_with_its_place(program):
    answer = program.post("capture", document(event(), BAD))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == "epcisException:ValidationException"
    assert {each["place"] for each in told["errors"]} == {"/epcisBody/eventList/1/bizStep"}
    assert (Capture._base_manager.count(), EpcisEvent.objects.count()) == (0, 0)


def test_to_proceed_keeps_the_sound_events_and_names_the_others(program):
    answer = program.post(
        "capture", document(event(), BAD), **{"GS1-Capture-Error-Behaviour": "proceed"}
    )

    job = outcome(program, answer)

    assert (job["success"], [e["event"] for e in job["errors"]]) == (False, [1])
    assert job["errors"][0]["type"] == "epcisException:ValidationException"
    assert "no-such-step" in job["errors"][0]["detail"]
    assert program.steps() == ["receiving"]


def test_to_proceed_needs_a_sound_envelope(program):
    broken = {**document(event()), "schemaVersion": 2}

    answer = program.post("capture", broken, **{"GS1-Capture-Error-Behaviour": "proceed"})

    assert answer.status_code == 400


def test_sending_a_document_again_keeps_nothing_twice_and_succeeds(program):
    sent = document(event(), event(bizStep="shipping"))
    program.post("capture", sent)

    again = outcome(program, program.post("capture", sent))

    assert again["success"] is True
    assert EpcisEvent.objects.count() == 2


def test_a_bare_event_is_the_same_event_as_the_one_in_a_document(program):
    program.post("capture", document(event()))

    again = outcome(program, program.post("capture", event()))

    assert again["success"] is True
    assert EpcisEvent.objects.count() == 1


def test_another_event_under_a_name_in_use_rolls_the_document_back(program):
    program.post("capture", event(eventID="urn:uuid:1"))
    other = document(event(epcList=[f"{SGTIN}5"]), event(eventID="urn:uuid:1", action="DELETE"))

    job = outcome(program, program.post("capture", other))

    assert job["success"] is False
    assert [(e["type"], e["event"], e["eventID"]) for e in job["errors"]] == [
        ("epcisException:ResourceAlreadyExistsException", 1, "urn:uuid:1")
    ]
    assert EpcisEvent.objects.count() == 1


def test_an_error_declaration_stands_beside_the_event_that_it_declares(program):
    named = event(eventID="urn:uuid:1")
    declared = {**named, "errorDeclaration": {"declarationTime": "2025-02-01T00:00:00Z"}}

    program.post("capture", named)
    program.post("capture", declared)
    again = program.post("events", declared)

    assert [("errorDeclaration" in e) for e in program.found(path="events/urn:uuid:1")] == [
        False,
        True,
    ]
    assert again.status_code == 409


def test_an_event_without_a_name_is_named_by_its_hash(program):
    made = program.post("events", event())

    assert made.status_code == 201
    assert made.json()["eventID"] == event_hash(event())
    assert program.client.get(made["Location"]).status_code == 200


def test_the_record_time_is_ours_and_never_the_sender_s(program):
    made = program.post("events", event(recordTime="1999-01-01T00:00:00Z")).json()

    stored = EpcisEvent.objects.get()
    assert "recordTime" not in json.loads(stored.body)
    assert not made["recordTime"].startswith("1999")


def test_a_document_is_not_taken_as_one_event(program):
    assert program.post("events", document(event())).status_code == 400


def test_more_events_than_the_limit_are_declined_and_the_limit_is_told(program, monkeypatch):
    monkeypatch.setattr(capture, "MOST_EVENTS", 1)

    answer = program.post("capture", document(event(), event(bizStep="shipping")))

    assert answer.status_code == 413
    assert answer.json()["type"] == "epcisException:CaptureLimitExceededException"
    assert answer["GS1-EPCIS-Capture-Limit"] == "500"
    assert EpcisEvent.objects.count() == 0


def test_more_bytes_than_the_limit_are_declined(program, monkeypatch):
    monkeypatch.setattr(capture, "MOST_BYTES", 100)

    assert program.post("capture", document(event())).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"type": 1e999}',
        b'{"type": "\\u0000"}',
        b'{"type": "\\ud800"}',
        b"[" * 100_000,
        b"[" * 70 + b"]" * 70,
        b"1" * 5000,
        b"null",
        b"[]",
        b'{"type": "EPCISDocument"}',
        b'{"type": "EPCISDocument", "epcisBody": {"eventList": 3}}',
        b'{"type": ["EPCISDocument"]}',
    ],
    ids=range(14),
)
@pytest.mark.parametrize("behaviour", ["rollback", "proceed"])
def test_what_is_no_epcis_is_declined_and_nothing_is_kept(program, body, behaviour):
    for path in ("capture", "events"):
        answer = program.post(path, body, **{"GS1-Capture-Error-Behaviour": behaviour})

        assert answer.status_code == 400
        assert answer.json()["type"] == "epcisException:ValidationException"
    assert Capture._base_manager.count() == 0


@pytest.mark.parametrize(
    "time", ["2025-01-01T23:59:60Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_an_instant_that_cannot_be_kept_is_named(program, time):
    answer = program.post("capture", document(event(eventTime=time)))

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "place": "event 0 /eventTime",
            "value": time,
            "reason": "This instant does not exist in UTC.",
        }
    ]


def test_an_event_of_a_type_of_its_own_is_kept_whatever_stands_in_its_fields(program):
    own = event(
        type="https://ns.example.com/Tasting",
        eventID="urn:uuid:7",
        epcList="none",
        bizStep=5,
        sensorElementList=7,
        readPoint={"id": "urn:epc:id:sgln:0614141.00777.0"},
        quantityList=[1],
    )

    assert program.post("events", own).status_code == 201
    assert [e["eventID"] for e in program.found("eventType=https://ns.example.com/Tasting")] == [
        "urn:uuid:7"
    ]
    assert len(program.found("EQ_readPoint=urn:epc:id:sgln:0614141.00777.0")) == 1


def test_a_capture_is_a_fact_that_commits_to_every_byte(program, importer):
    program.post("capture", document(event()))

    told = Fact.objects.get(name="traceability.events.captured")
    made = Capture._base_manager.get()
    bodies = [body.encode() for body in EpcisEvent.objects.values_list("body", flat=True)]
    assert told.data == {
        "importer": importer.pk,
        "capture": made.pk,
        "events": 1,
        "digest": capture.commitment(made, bodies),
    }
    assert "epcList" not in json.dumps(told.data)


def test_writing_costs_the_same_number_of_queries_however_many_events(
    importer, django_assert_max_num_queries
):
    for count in (1, 60):
        many = [event(epcList=[f"{SGTIN}{count}{n}"]) for n in range(count)]
        data = json.dumps(document(*many)).encode()
        with tenancy.acting_for(importer), django_assert_max_num_queries(16):
            capture.capture(importer, data)
    assert EventTerm.objects.count() == 61


def test_two_importers_may_use_one_name_each_for_its_own_event(program, rival):
    program.post("capture", event(eventID="urn:uuid:1"))
    rival.post("capture", event(eventID="urn:uuid:1", bizStep="shipping"))

    assert (program.steps(), rival.steps()) == (["receiving"], ["shipping"])


def test_only_a_key_that_may_write_captures(importer):
    reader = program_of(importer, "events:read")

    assert reader.post("capture", event()).status_code == 403
    assert reader.get("events").status_code == 200


def _files(*parts):
    return sorted(oracle(OPENEPCIS, *parts).glob("*.json"))


def _judged(program, folder):
    """What the repository says of each file of a folder, as it lies there."""
    return {file.name: program.post("capture", file.read_bytes()) for file in _files(*folder)}


@pytest.mark.parametrize("folder", [("Capture", "Documents"), ("Capture", "Events"), ("Query",)])
def test_the_valid_documents_of_openepcis_are_taken_in(program, folder):
    jobs = {name: outcome(program, a) for name, a in _judged(program, folder).items()}

    assert {name: job["errors"] for name, job in jobs.items() if not job["success"]} == {}
    assert jobs


@pytest.mark.parametrize("folder", [("Capture", "Invalid"), ("Query", "Invalid")])
def test_the_invalid_documents_of_openepcis_are_refused_with_the_reason(program, folder):
    answers = _judged(program, folder)

    assert {name: a.status_code for name, a in answers.items()} == dict.fromkeys(answers, 400)
    for answer in answers.values():
        assert answer.json()["errors"][0]["reason"]
    assert (len(answers) > 0, EpcisEvent.objects.count()) == (True, 0)


def test_every_event_of_gs1_s_examples_comes_back_as_it_was_sent(program):
    for file in sorted(oracle("trace/gs1-EPCIS/JSON").rglob("*.jsonld")):
        text = file.read_bytes()
        job = outcome(program, program.post("capture", text))
        taken = {e["eventID"] for e in job["errors"]}  # examples share names: the first one stays
        for read in reading.events_of(json.loads(text)):
            sent = {k: v for k, v in read.event.items() if k not in ("@context", "recordTime")}
            name = reading.named(read.event)["eventID"]
            answer = program.get(
                f"events/{quote(name, safe='')}", headers={"GS1-EPC-Format": "Never_Translates"}
            )
            found = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            kept = [{k: e[k] for k in sent} for e in found if set(sent) <= set(e)]
            assert sent in kept or name in taken, file
