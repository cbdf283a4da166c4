"""An installation says whether it works, and which part does not."""

import json
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from core import clock, facts, health, jobs, triggers
from core.models import Job

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def roomy(monkeypatch):
    """A disk with two gibibytes left, whatever this machine has."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(4 << 30, 2 << 30, 2 << 30))


@pytest.fixture
def whole(db, roomy):
    """An installation in which nothing is amiss, at noon."""
    with clock.at(NOON):
        yield


def test_a_whole_installation_says_so_with_its_figures(client, whole):
    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json() == {
        "state": "ok",
        "database": {"state": "ok", "kind": connection.vendor},
        "keys": {"state": "ok", "complete": True},
        "disk": {"state": "ok", "free_bytes": 2 << 30},
        "migrations": {"state": "ok", "waiting": 0},
        "triggers": {"state": "ok", "missing": 0},
        "log": {"state": "ok", "waiting": 0, "oldest_seconds": 0},
        "jobs": {"state": "ok", "waiting": 0, "oldest_seconds": 0, "parked": 0},
    }


def test_who_asks_gets_no_cookie_and_is_not_sent_to_tls(client, whole, settings):
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/health/")

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_facts_and_work_that_wait_for_long_tell_of_a_worker_that_does_not_run(whole):
    facts.register("test.waited", fields=set())
    facts.append("test.waited", subject="x", data={})
    jobs.order("test.waits", key="waits")

    with clock.at(NOON + timedelta(seconds=301)):
        found = health.look()

    assert found.looks["log"].figures == {"waiting": 1, "oldest_seconds": 301}
    assert found.looks["jobs"].figures == {"waiting": 1, "oldest_seconds": 301, "parked": 0}
    assert (found.state, found.is_working) == ("warning", True)


def test_facts_that_have_their_place_do_not_wait(whole):
    facts.register("test.waited", fields=set())
    facts.append("test.waited", subject="x", data={})
    facts.sequence()

    assert health.log().figures["waiting"] == 0


def test_parked_work_warns(whole):
    job = jobs.order("test.parked", key="parked")
    Job.objects.filter(pk=job.pk).update(state=Job.State.PARKED)

    found = health.look()

    assert (found.state, found.looks["jobs"].figures["parked"]) == ("warning", 1)


def test_a_missing_trigger_stops_the_installation(client, whole):
    name = min(triggers.registry)
    table = f" ON {triggers.registry[name].table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json()["triggers"] == {"state": "failing", "missing": 1}


def test_a_migration_that_was_not_applied_stops_the_installation(whole):
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")

    assert health.migrations() == health.Look("failing", {"waiting": 1})


def test_an_incomplete_key_ring_stops_the_installation(whole, settings, tmp_path):
    settings.KEY_DIR = tmp_path

    assert health.look().looks["keys"] == health.Look("failing", {"complete": False})


@pytest.mark.parametrize(
    ("free", "state"),
    [(1 << 30, "ok"), ((1 << 30) - 1, "warning"), ((100 << 20) - 1, "failing")],
)
def test_a_disk_warns_below_a_gibibyte_and_fails_below_a_hundred_mebibytes(
    monkeypatch, free, state
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(4 << 30, 0, free))

    assert health.disk() == health.Look(state, {"free_bytes": free})


def test_without_a_database_the_rest_is_still_told(client, monkeypatch, roomy):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", away)

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert list(answer.json()) == ["state", "database", "keys", "disk"]
    assert answer.json()["database"]["fault"] == "OperationalError"


def test_the_command_prints_what_the_page_answers(client, whole, capsys):
    call_command("health")

    assert json.loads(capsys.readouterr().out) == client.get("/health/").json()


def test_the_command_ends_with_one_when_something_fails(whole, settings, tmp_path, capsys):
    settings.KEY_DIR = tmp_path

    with pytest.raises(SystemExit) as ended:
        call_command("health")

    assert ended.value.code == 1


def test_a_look_takes_the_same_few_queries_however_much_waits(whole, django_assert_num_queries):
    health.look()
    for number in range(20):
        jobs.order("test.waits", key=f"waits {number}")

    with django_assert_num_queries(10):
        health.look()
