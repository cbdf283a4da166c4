"""What a failure of ours gives away: a reference, and nothing else."""

import logging

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from core import logs
from tests.customs.shop import BUYER

pytestmark = pytest.mark.django_db

LEAKS = ["Traceback", "settings", "SELECT", "/portal/", "site-packages", "secret of the house"]
LEAKS += [BUYER.id_number, "ValueError", "DATABASE", "Django Version", "DEBUG"]


@pytest.fixture
def broken(monkeypatch):
    """A front page, a list and a look-up that fail with a secret in their mouths."""

    def fail(*_, **__):
        secret = BUYER.id_number
        raise ValueError(f"SELECT the secret of the house, {secret}")

    monkeypatch.setattr("portal.views.render", fail)
    monkeypatch.setattr("customs.queries.orders", fail)
    monkeypatch.setattr("traceability.services.look_up", fail)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/t/XXXX", {}),
        ("/api/trace/XXXX", {}),
        ("/customs/orders/", {}),
        ("/customs/orders/", {"HX-Request": "true"}),
        ("/api/v1/orders", {"Accept": "application/json"}),
    ],
)
@override_settings(DEBUG=False)
def test_a_failure_shows_a_reference_and_nothing_else(world, broken, path, headers):
    if path.startswith("/api/v1"):
        headers = {**headers, "Authorization": f"Bearer {world.keys['importer']}"}
    answer = world.client("importer").get(path, headers=headers)

    assert answer.status_code == 500
    text = answer.content.decode()
    assert [leak for leak in LEAKS if leak in text] == []
    assert not [name for name in answer.headers if name in ("Server", "X-Powered-By")]


@override_settings(DEBUG=False)
def test_the_log_names_the_reference_and_the_place_but_no_value(world, broken, caplog):
    world.client("importer").get("/customs/orders/")

    lines = [logs.JsonLines().format(record) for record in caplog.records]
    assert any("test_error_pages" in line and "ValueError" in line for line in lines)
    assert [line for line in lines if BUYER.id_number in line] == []


@override_settings(DEBUG=False)
@pytest.mark.parametrize(
    "path",
    ["/nothing/", "/customs/orders/999999/", "/t/", "/static/../config/settings.py", "/.env"],
)
def test_what_is_missing_is_said_without_saying_what_there_is(world, path):
    text = world.client("importer").get(path).content.decode()

    assert [leak for leak in [*LEAKS, "urlpatterns", "resolver"] if leak in text] == []


@override_settings(DEBUG=False, ALLOWED_HOSTS=["bondpool.example"])
def test_a_host_that_is_not_ours_is_refused_without_words(db):
    answer = Client(raise_request_exception=False).get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_no_secret_lies_in_the_settings_of_a_production(monkeypatch, tmp_path):
    assert "key" not in settings.LOGGING["formatters"]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert logging.getLogger("django").level <= logging.WARNING
    assert call_command("check") is None
