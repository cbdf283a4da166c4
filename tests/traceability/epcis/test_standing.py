"""Queries kept under a name, and subscribers who are told of new events once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from core import clock, facts, webhooks
from core.scope import as_operator
from core.webhooks import signature
from tests.traceability import story
from tests.traceability.epcis.conftest import event
from traceability import projections
from traceability.epcis import telling
from traceability.models import NamedQuery, QuerySubscription

pytestmark = pytest.mark.django_db

SHIPPED = {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}}
STREAM = {"dest": "https://shop.example.com/told", "signatureToken": "s3cret", "stream": True}


@pytest.fixture
def subscribed(program):
    """A program that keeps a query and is told of its events."""
    program.post("queries", SHIPPED)
    answer = program.post("queries/shipped/subscriptions", STREAM)
    assert answer.status_code == 201
    program.subscription = answer.json()
    program.where = answer["Location"]
    return program


@pytest.fixture
def calls(monkeypatch):
    """What subscribers were told; each answers as the last item of ``answers`` says."""
    made, answers = [], [200]

    def call(told):
        made.append(told)
        return answers[-1]

    monkeypatch.setattr(webhooks, "call", call)
    return made, answers


def told(call):
    body = json.loads(call.body)
    return [e["bizStep"] for e in body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]


def later(seconds=3600):
    return clock.at(clock.now() + timedelta(seconds=seconds))


def test_a_kept_query_is_found_by_its_name_and_finds_its_events(program):
    program.post("events", event())
    program.post("events", event(bizStep="shipping"))

    made = program.post("queries", SHIPPED)

    assert (made.status_code, made["Location"]) == (201, "/epcis/queries/shipped")
    assert program.get("queries").json() == [SHIPPED]
    assert program.get("queries/shipped").json() == SHIPPED
    assert [e["bizStep"] for e in program.found(path="queries/shipped/events")] == ["shipping"]


def test_a_name_is_used_once_until_its_query_is_ended(program):
    first = program.post("queries", SHIPPED).status_code
    second = program.post("queries", SHIPPED)
    ended = program.delete("queries/shipped").status_code
    third = program.post("queries", SHIPPED).status_code

    assert (first, second.status_code, ended, third) == (201, 409, 204, 201)
    assert second.json()["type"] == "epcisException:ResourceAlreadyExistsException"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"name": "x"},
        {"name": "", "query": {}},
        {"name": "a/b", "query": {}},
        {"name": "x", "query": []},
        {"name": "x", "query": {"GE_eventTime": "soon"}},
        {"name": "x", "query": {"EQ_action": [3]}},
        {"name": "x", "query": {}, "more": 1},
        {"name": "x" * 121, "query": {}},
    ],
)
def test_a_query_that_cannot_be_asked_is_not_kept(program, body):
    answer = program.post("queries", body)

    assert answer.status_code == 415
    assert answer.json()["cause"] == "epcisException:QueryValidationException"
    assert NamedQuery._base_manager.count() == 0


def test_a_query_of_gs1_s_form_with_values_of_no_word_is_not_kept(program):
    wrong = {
        "eventType": ["ObjectEvent"],
        "GE_eventTime": "not-a-date",
        "EQ_action": ["SHIPPED"],
        "orderDirection": "SIDEWAYS",
    }

    assert program.post("queries", {"name": "x", "query": wrong}).status_code == 415


def test_a_stranger_finds_neither_query_nor_subscription(subscribed, rival):
    for path in ("queries/shipped", "queries/shipped/events", "queries/shipped/subscriptions"):
        assert rival.get(path).status_code == 404
    assert rival.client.get(subscribed.where).status_code == 404
    assert rival.client.delete(subscribed.where).status_code == 404
    assert rival.get("queries").json() == []


def test_a_stream_is_told_of_each_new_event_once_under_its_signature(subscribed, calls):
    made, _ = calls
    subscribed.post("events", event(bizStep="shipping"))
    subscribed.post("events", event())

    with later():
        telling.tell_due(10)
    with later(7200):
        telling.tell_due(10)

    assert [told(call) for call in made] == [["shipping"]]
    moment, _, sent = made[0].headers["GS1-Signature"].removeprefix("t=").partition(",v1=")
    assert sent == signature(b"s3cret", moment, made[0].body)
    assert made[0].address == "https://shop.example.com/told"
    assert subscribed.client.get(subscribed.where).json()["lastNotifiedAt"]


def test_events_of_the_pool_are_told_too_and_not_again_after_a_rebuild(
    program, importer, calls, monkeypatch
):
    made, _ = calls
    for name, _fact, data in story.STORY:
        monkeypatch.setitem(facts.registry, name, frozenset({*data, "importer"}))
    program.post("queries", {"name": "all", "query": {}})
    program.post("queries/all/subscriptions", STREAM)
    story.write(importer=importer.pk)
    projections.project()
    with later():
        telling.tell_due(10)
    projections.rebuild()
    with later(7200):
        telling.tell_due(10)

    assert len(made) == 1
    kinds = json.loads(made[0].body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert len(kinds) == len(story.STORY)


def test_events_before_the_subscription_are_told_only_when_asked_for(program, calls):
    made, _ = calls
    program.post("events", event(bizStep="shipping"))
    program.post("queries", SHIPPED)
    program.post("queries/shipped/subscriptions", STREAM)
    since = {**STREAM, "initialRecordTime": "2020-01-01T00:00:00Z"}
    program.post("queries/shipped/subscriptions", since)

    with later():
        telling.tell_due(10)

    assert [told(call) for call in made] == [["shipping"]]


def test_who_does_not_answer_is_asked_again_after_longer_pauses_and_then_no_more(
    subscribed, calls, monkeypatch
):
    made, answers = calls
    answers.append(None)
    monkeypatch.setattr(telling, "MOST_FAILURES", 3)
    subscribed.post("events", event(bizStep="shipping"))

    for step in range(1, 6):
        with later(step * 86_400):
            telling.tell_due(10)

    with as_operator("test"):
        row = QuerySubscription.objects.get()
    assert len(made) == 3
    assert row.ended_at is not None
    assert subscribed.client.get(subscribed.where).status_code == 404


def test_after_a_failure_the_same_events_are_told(subscribed, calls):
    made, answers = calls
    answers.append(500)
    subscribed.post("events", event(bizStep="shipping"))
    with later():
        telling.tell_due(10)
    answers.append(204)
    with later(7200):
        telling.tell_due(10)

    assert [told(call) for call in made] == [["shipping"], ["shipping"]]


def test_a_schedule_tells_at_its_times_also_that_there_is_nothing(program, calls):
    made, _ = calls
    six = datetime(2025, 5, 2, 6, tzinfo=UTC)
    at_six = {"dest": STREAM["dest"], "reportIfEmpty": True, "schedule": {"hour": "6"}}
    program.post("queries", SHIPPED)
    with clock.at(six - timedelta(hours=3)):
        answer = program.post("queries/shipped/subscriptions", at_six)
        key = QuerySubscription._base_manager.get()

    counts = []
    for hours in (-1, 0, 1, 24):
        with clock.at(six + timedelta(hours=hours)):
            telling.tell_due(10)
        counts.append(len(made))

    assert answer.json()["schedule"] == {"hour": "6"}
    assert key.next_at == six
    assert counts == [0, 1, 1, 2]
    assert told(made[-1]) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"dest": "https://shop.example.com/x"},
        {**STREAM, "schedule": {"hour": "6"}},
        {**STREAM, "dest": "http://shop.example.com/x"},
        {**STREAM, "dest": "https://127.0.0.1/x"},
        {**STREAM, "dest": "https://localhost/x"},
        {**STREAM, "dest": 3},
        {"dest": STREAM["dest"], "schedule": {"hour": "25"}},
        {"dest": STREAM["dest"], "schedule": {"dayOfMonth": "30", "month": "2"}},
        {"dest": STREAM["dest"], "schedule": {}},
        {**STREAM, "initialRecordTime": "soon"},
        {**STREAM, "signatureToken": 5},
    ],
)
def test_a_subscription_that_could_never_be_told_is_not_kept(program, body):
    program.post("queries", SHIPPED)

    answer = program.post("queries/shipped/subscriptions", body)

    assert answer.status_code == 415
    assert answer.json()["cause"] == "epcisException:SubscriptionControlsException"
    assert QuerySubscription._base_manager.count() == 0


def test_the_token_is_never_shown(subscribed):
    shown = subscribed.client.get(subscribed.where).content

    assert b"s3cret" not in shown
    with as_operator("test"):
        assert b"s3cret" not in bytes(QuerySubscription.objects.get().sealed_token)


def test_ending_a_query_ends_its_subscriptions(subscribed, calls):
    made, _ = calls
    subscribed.post("events", event(bizStep="shipping"))

    subscribed.delete("queries/shipped")
    with later():
        telling.tell_due(10)

    assert made == []
    assert subscribed.client.get(subscribed.where).status_code == 404


def test_a_web_socket_is_not_offered(subscribed):
    answer = subscribed.get(
        "queries/shipped/events?stream=true",
        headers={"Upgrade": "websocket", "Connection": "Upgrade"},
    )

    assert (answer.status_code, answer.json()["title"]) == (406, "NotAcceptableException")
    assert subscribed.get("queries/shipped/events?minute=5").status_code == 400
