"""Notices, webhooks, API keys, log lines: how the outside is told, and what it may learn."""

import hashlib
import hmac
import json
import logging
import socket
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core import api_keys, clock, facts, jobs, notices, tenancy, vault, webhooks
from core.api_keys import KeyTooLong, Scope
from core.domain.addresses import AddressNotAllowed, callable_host, public_ip
from core.logs import JsonLines
from core.models import ApiKey, Delivery, Subscription
from core.notices import Kind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME = "test.shop.told"
facts.register(NAME, fields={"importer", "units"})
notices.register(
    "test.payment.due",
    Kind("due", "Payment {batch} is due.", "Pay in by {day}.", is_mailed=True),
)

# ---- notices


def tell(party, **more):
    fields = {"key": "pay/1", "params": {"batch": "FX-1", "day": "2026-04-01"}, **more}
    return notices.tell(party, "test.payment.due", **fields)


def test_a_notice_says_what_happened_and_what_to_do(importer, importer_user):
    tell(importer, due_on=date(2026, 4, 1))

    (told,) = notices.of(importer_user, [importer.pk])
    assert (told.what, told.do) == ("Payment FX-1 is due.", "Pay in by 2026-04-01.")
    assert notices.unread(importer_user, [importer.pk]) == 1


def test_the_same_thing_is_told_once(importer, importer_user):
    assert tell(importer).pk == tell(importer).pk


def test_a_read_notice_stays_until_it_is_settled(importer, importer_user):
    notice = tell(importer)
    notices.mark_read(importer_user, [notice.pk])
    notices.mark_read(importer_user, [notice.pk])

    assert notices.unread(importer_user, [importer.pk]) == 0
    assert notices.settle("pay/1")
    assert notices.of(importer_user, [importer.pk]) == []


def test_a_letter_goes_to_each_member_in_its_own_language(importer, importer_user, mailoutbox):
    importer_user.person = vault.keep({"email": "lin@kowhai.example"})
    importer_user.language = "zh-hans"
    importer_user.save()

    tell(importer, address="/home/")
    jobs.run_until_idle()

    (letter,) = mailoutbox
    assert letter.to == ["lin@kowhai.example"]
    assert "/home/" in letter.body


def test_a_notice_of_an_unregistered_kind_is_a_bug(importer):
    with pytest.raises(notices.UnknownNotice):
        notices.tell(importer, "test.unheard", key="x")


# ---- addresses


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://2130706433/hook",
        "https://localhost/hook",
        "https://user@shop.example/hook",
        "https://shop.example:8080/hook",
        "https://shop.example:99999/hook",
        "ftp://shop.example/",
        "",
    ],
)
def test_an_address_that_could_lead_inward_is_refused(address):
    with pytest.raises(AddressNotAllowed):
        callable_host(address)


def test_a_public_https_address_is_allowed():
    assert callable_host("https://shop.example/hook?x=1") == "shop.example"


INNER = (
    "127.0.0.1 10.0.0.5 192.168.1.1 172.16.3.4 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 "
    "::1 fe80::1 fc00::1 ::ffff:127.0.0.1"
)


@pytest.mark.parametrize("ip", INNER.split())
def test_inner_networks_are_not_public(ip):
    assert not public_ip(ip)


# ---- webhooks


@pytest.fixture
def subscription(importer):
    with tenancy.acting_for(importer):
        made, secret = webhooks.subscribe(importer, "https://shop.example/hook", [NAME])
    made.clear_secret = secret
    return made


def happen(importer) -> None:
    facts.append(NAME, subject="order:1", data={"importer": importer.pk, "units": 3})
    facts.sequence()
    facts.catch_up()


def test_a_fact_of_the_importer_is_queued_once_for_its_shop(subscription, importer, stranger):
    happen(importer)
    happen(stranger)
    facts.catch_up()

    (delivery,) = Delivery.objects.all()
    assert delivery.body["data"] == {"importer": importer.pk, "units": 3}


def test_a_call_is_signed_over_time_and_body(subscription, importer):
    happen(importer)
    with clock.at(NOON), tenancy.as_operator("test"):
        call = webhooks.call_of(Delivery.objects.select_related("subscription").get())

    moment = str(int(NOON.timestamp()))
    expected = hmac.new(
        subscription.clear_secret.encode(), moment.encode() + b"." + call.body, hashlib.sha256
    ).hexdigest()
    assert call.headers["Bondpool-Signature"] == f"t={moment},v1={expected}"


def test_an_answered_delivery_is_done_and_not_repeated(subscription, importer, monkeypatch):
    calls = []
    monkeypatch.setattr(webhooks, "call", lambda call: calls.append(call) or 204)
    happen(importer)

    assert webhooks.deliver_due() == 1
    assert webhooks.deliver_due() == 0
    assert Delivery.objects.get().state == "delivered"
    assert len(calls) == 1


def test_a_failed_delivery_is_tried_again_later_and_given_up_in_the_end(
    subscription, importer, monkeypatch
):
    monkeypatch.setattr(webhooks, "call", lambda _call: 500)
    with clock.at(NOON):
        happen(importer)
        webhooks.deliver_due()
        assert webhooks.deliver_due() == 0
    for day in range(1, 30):
        with clock.at(NOON + timedelta(days=day)):
            webhooks.deliver_due()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.last_status) == ("given_up", 8, 500)


@pytest.fixture
def inner_server():
    """A server on loopback that counts who reaches it."""
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            hits.append(self.path)

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], hits
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_name_that_leads_inward_is_never_called(
    subscription, importer, inner_server, monkeypatch
):
    port, hits = inner_server
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *_, **__: answer)
    happen(importer)

    webhooks.deliver_due()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_status) == ("waiting", None)
    assert hits == []


def test_a_subscription_to_an_inner_address_is_refused_and_not_kept(importer):
    with tenancy.acting_for(importer):
        with pytest.raises(AddressNotAllowed):
            webhooks.subscribe(importer, "https://localhost/hook", [NAME])
        assert Subscription.objects.count() == 0


# ---- API keys


@pytest.fixture
def key(importer, importer_user):
    with tenancy.acting_for(importer):
        return api_keys.make(
            importer,
            name="shop",
            scopes=[Scope.STOCK_READ],
            lasts=timedelta(days=30),
            by=importer_user,
        )


def test_a_key_is_found_by_its_clear_text_which_is_not_kept(key, importer):
    row, clear = key

    assert api_keys.find(clear).pk == row.pk
    assert clear.split("_", 2)[2].encode() not in bytes(row.digest)
    assert api_keys.find(clear[:-1] + ("y" if clear.endswith("x") else "x")) is None
    assert api_keys.find("nonsense") is None


def test_a_key_ends_with_its_time_or_when_it_is_revoked(key):
    row, clear = key

    with clock.at(clock.now() + timedelta(days=31)):
        assert api_keys.find(clear) is None
    with tenancy.as_operator("test"):
        api_keys.revoke(row)
    assert api_keys.find(clear) is None


def test_a_key_for_longer_than_a_year_is_refused(importer, importer_user):
    with tenancy.acting_for(importer), pytest.raises(KeyTooLong):
        api_keys.make(importer, name="x", scopes=[], lasts=timedelta(days=366), by=importer_user)


def test_one_importers_keys_are_not_anothers(key, stranger):
    with tenancy.acting_for(stranger):
        assert ApiKey.objects.count() == 0


# ---- log lines


def test_an_exception_is_logged_by_type_and_place_and_never_with_its_values():
    try:
        int("330106199001012318 is a number")
    except ValueError:
        record = logging.LogRecord(
            "core", logging.ERROR, __file__, 1, "job %s failed", (7,), sys.exc_info()
        )
    line = JsonLines().format(record)

    assert json.loads(line)["message"] == "job 7 failed"
    assert json.loads(line)["exception"] == "ValueError"
    assert "330106199001012318" not in line
