"""Log lines hold ids only, and a failure can be found by the reference its reader was told."""

import io
import json
import logging
import re

import pytest
from django.db import OperationalError
from django.http import Http404
from django.test import Client, override_settings
from django.urls import path

from config.urls import handler500
from core import access, jobs, logs
from core.domain.errors import Refusal
from core.models import Job

PASSED_ON = "330106199001012318"


def fail(_request, token: str):
    raise ZeroDivisionError(token)


def miss(_request, token: str):
    raise Http404(token)


def find_no_database(_request, token: str):
    raise OperationalError(token)


urlpatterns = [
    path("fail/<str:token>/", access.public(fail)),
    path("miss/<str:token>/", access.public(miss)),
    path("away/<str:token>/", access.public(find_no_database)),
]
__all__ = ["handler500"]


@pytest.fixture
def written():
    """The lines that the product writes in production, as they are written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def visit():
    """Ask for an address of this module's, as a browser does when DEBUG is off."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False).get


def test_a_failure_is_found_in_the_log_by_the_reference_on_its_page(visit, written):
    answer = visit(f"/fail/{PASSED_ON}/")

    reference = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert re.fullmatch("[0-9a-f]{16}", reference)
    assert reference in answer.text
    (line,) = [line for line in written() if line["level"] == "ERROR"]
    assert line["request"] == reference
    assert line["message"] == "500 GET /fail/<str:token>/"
    assert line["exception"] == "ZeroDivisionError"


@pytest.mark.parametrize("where", ["fail", "miss", "away", "nowhere"])
def test_no_line_and_no_page_holds_what_an_address_or_an_exception_carried(visit, written, where):
    answer = visit(f"/{where}/{PASSED_ON}/")

    assert PASSED_ON not in json.dumps(written())
    assert PASSED_ON not in answer.text


def test_without_its_database_a_page_says_so_and_promises_nothing(visit, written):
    answer = visit("/away/x/")

    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    assert written()[0]["message"] == "the database does not answer: OperationalError"


def test_two_requests_have_two_ids(visit):
    ids = {visit("/miss/x/").headers["X-Request-Id"] for _ in range(2)}

    assert len(ids) == 2


def test_outside_of_a_request_a_line_names_none(written):
    logging.getLogger("test").warning("%s facts", 3)

    (line,) = written()
    assert (line["message"], "request" in line) == ("3 facts", False)


@pytest.mark.django_db
def test_lines_of_a_job_name_it(written, monkeypatch):
    monkeypatch.setitem(jobs.registry, "test.fails", lambda _job: 1 // 0)
    job = jobs.order("test.fails", key="fails")

    jobs.run(job.pk)

    lines = [line for line in written() if line["logger"] == "core.jobs"]
    assert [line["job"] for line in lines] == [job.pk]


@pytest.mark.django_db
def test_a_job_that_ends_its_worker_every_time_is_parked(monkeypatch):
    monkeypatch.setitem(jobs.registry, "test.deadly", lambda _job: pytest.fail("worked on again"))
    job = jobs.order("test.deadly", key="deadly")
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)

    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.PARKED
    assert job.failure == "its worker fell silent 5 times"


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_breaks_undoes_no_order(monkeypatch, settings):
    def break_down(_job_id):
        raise Refusal

    monkeypatch.setattr("config.celery.ring", break_down)
    settings.JOB_BELL = "config.celery.ring"

    job = jobs.order("test.unheard", key="unheard")

    assert Job.objects.get(pk=job.pk).state == Job.State.QUEUED
