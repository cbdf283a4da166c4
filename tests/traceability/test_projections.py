"""The event repository follows the fact log and nothing else."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command

from core import facts
from core.invariants import check_all
from tests.shared_data import oracle
from tests.traceability import story
from tests.traceability.draft07 import Schema
from traceability import projections
from traceability.domain.epcis import KINDS_OF_FACT, Issuer
from traceability.models import READER, EpcisEvent, EventSubject, TracedVoyage

pytestmark = pytest.mark.django_db

LOT_KEY = f"https://id.gs1.org/01/{story.GTIN}/10/SP-26-0917"


def everything() -> list[tuple]:
    """All rows that an outsider can see, as bytes and text."""
    events = EpcisEvent.objects.values_list(
        "fact_position", "event_id", "kind", "happened_at", "body"
    )
    subjects = EventSubject.objects.order_by("event__fact_position", "key")
    voyages = TracedVoyage.objects.values_list("consignment_id", "distance_nm", "path")
    return [*events, *voyages, *subjects.values_list("event__event_id", "key")]


def test_each_fact_of_a_lots_way_becomes_its_events():
    story.write()

    read = projections.project()

    assert read == 22
    assert list(EpcisEvent.objects.values_list("fact_position", "kind")) == [
        (0, "departed"),
        (1, "arrived"),
        (2, "received"),
        (3, "owned"),
        (4, "commissioned"),
        (5, "entry_accepted"),
        (6, "entry_released"),
        (7, "picked"),
        (8, "shipped"),
        (8, "sold"),
        (9, "transferred"),
        (10, "counted"),
        (11, "returned"),
        (12, "restocked"),
        (13, "set_aside"),
        (14, "recalled"),
        (15, "withdrawn"),
        (16, "inspected"),
        (17, "held"),
        (18, "loaded"),
        (19, "unloaded"),
        (20, "sampled"),
        (21, "judged"),
    ]


def test_an_event_happened_when_its_fact_did():
    story.write()

    projections.project()

    received = EpcisEvent.objects.get(kind="received")
    assert received.happened_at.isoformat() == "2026-09-26T02:00:00+00:00"
    assert json.loads(received.body)["eventTime"] == "2026-09-26T02:00:00.000Z"


def test_rebuilding_gives_the_same_bytes():
    story.write()
    projections.project()
    before = everything()

    call_command("rebuild_trace", verbosity=0)

    assert everything() == before
    assert len(before) == 23 + 1 + EventSubject.objects.count()


def test_reading_in_many_steps_gives_what_reading_at_once_gives():
    for step in range(len(story.STORY)):
        story.write(step, step + 1)
        projections.project()
    in_steps = everything()

    projections.rebuild()

    assert everything() == in_steps


def test_the_worker_feeds_the_repository(monkeypatch):
    facts.catch_up()  # every reader is known from here on; the goods of the story only to ours
    monkeypatch.setattr(facts, "readers", {READER: facts.readers[READER]})
    story.write(0, 3)

    call_command("worker", once=True)

    assert EpcisEvent.objects.count() == 3


def test_a_fact_delivered_twice_changes_nothing():
    story.write()
    projections.project()
    before = everything()

    projections.write_events(facts.read(names=KINDS_OF_FACT))

    assert everything() == before


def test_facts_of_other_matters_are_passed_by(monkeypatch):
    monkeypatch.setitem(facts.registry, "fx.batch.settled", frozenset({"batch"}))
    facts.append("fx.batch.settled", subject="batch:1", data={"batch": 1})
    facts.sequence()

    assert projections.project() == 0
    assert everything() == []


def test_a_shipped_unit_is_found_by_its_own_number():
    story.write()

    projections.project()

    unit = Issuer(settings.PUBLIC_HOST).unit(11)
    kinds = EpcisEvent.objects.filter(subjects__key=unit).values_list("kind", flat=True)
    assert list(kinds) == ["picked", "shipped", "sold"]


def test_a_lots_events_are_found_by_its_digital_link():
    story.write()

    projections.project()

    kinds = EpcisEvent.objects.filter(subjects__key=LOT_KEY).values_list("kind", flat=True)
    assert list(kinds) == [
        *("received", "owned", "commissioned", "picked", "shipped", "sold"),
        *("counted", "returned", "restocked", "set_aside", "recalled"),
        *("loaded", "unloaded", "sampled", "judged"),
    ]


def test_a_withdrawn_entry_is_the_accepted_one_again_with_its_error_declared():
    story.write()

    projections.project()

    accepted, withdrawn = (
        json.loads(EpcisEvent.objects.get(kind=kind).body)
        for kind in ("entry_accepted", "withdrawn")
    )
    declared = withdrawn.pop("errorDeclaration")
    assert withdrawn == accepted
    assert declared == {"declarationTime": "2026-10-09T02:00:00.000Z", "reason": "incorrect_data"}


def test_a_correction_that_withdraws_nothing_is_no_event():
    data = {"declaration": 8, "kind": "return"}
    story.write(0, 6)
    facts.append("customs.correction.granted", subject="declaration:8", data=data)
    facts.sequence()

    assert projections.project() == 7
    assert EpcisEvent.objects.count() == 6


def test_an_event_happened_to_the_millisecond_that_its_bytes_say():
    name, subject, data = story.STORY[2]
    at = story.START.replace(microsecond=123_456)
    facts.append(name, subject=subject, data=data, at=at)
    facts.sequence()

    projections.project()

    assert EpcisEvent.objects.get().happened_at == at.replace(microsecond=123_000)
    assert [law.name for law in check_all("traceability.") if not law.holds] == []


def test_a_ships_route_is_reckoned_once_when_it_arrives(places):
    story.write(0, 1)
    projections.project()
    assert TracedVoyage.objects.get().distance_nm is None

    story.write(1, 2)
    projections.project()

    assert TracedVoyage.objects.get().distance_nm == 5239


def test_no_event_names_a_person_or_a_price():
    story.write()

    projections.project()

    words = " ".join(EpcisEvent.objects.values_list("body", flat=True))
    assert not [word for word in ("price", "buyer", "name", "phone", "minor") if word in words]


def test_every_stored_event_satisfies_the_schema_of_gs1():
    schema = Schema(
        json.loads(oracle("trace/gs1-EPCIS/EPCIS-JSON-Schema.patched-2.0.1.json").read_text())
    )
    story.write()

    projections.project()

    bodies = [json.loads(body) for body in EpcisEvent.objects.values_list("body", flat=True)]
    assert [fault for body in bodies for fault in schema.faults(body)] == []


@pytest.mark.parametrize("copies", [1, 12])
def test_reading_costs_the_same_number_of_queries_however_many_facts(
    copies, django_assert_max_num_queries
):
    story.write()
    for _ in range(copies):
        story.write(7, 9)
    new = facts.read(names=KINDS_OF_FACT)

    with django_assert_max_num_queries(22):
        projections.write_events(new)
