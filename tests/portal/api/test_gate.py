"""Who is let in to the API, how often, and how it is told."""

from datetime import timedelta

import pytest

from core import api_keys, clock, tenancy
from core.api_keys import Scope
from core.models import ApiKey, Party
from portal.api import gate
from portal.api.description import description, operations
from tests.portal.api.conftest import Shop, key_for

pytestmark = pytest.mark.django_db


def test_a_call_without_a_key_is_turned_away_with_the_way_to_get_one(client):
    answer = client.get("/api/v1/stock")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:bondpool:problem:key-missing",
        "title": "Unauthorized",
        "status": 401,
        "code": "key-missing",
        "detail": "The call bears no key that is valid now.",
        "remedy": "Send “Authorization: Bearer bp_…” with a key from the shop page of "
        "your account.",
    }


@pytest.mark.parametrize(
    "header", ["Basic abc", "Bearer", "Bearer bp_x_y", "bp_0123456789_x", "Bearer \x00", "Bearer é"]
)
def test_what_is_not_a_key_is_turned_away(client, header):
    assert client.get("/api/v1/stock", headers={"Authorization": header}).status_code == 401


def test_a_signed_in_member_without_a_key_is_turned_away(client, importer_user):
    client.force_login(importer_user)

    assert client.get("/api/v1/stock").status_code == 401


def test_a_key_ends_when_it_is_revoked_and_with_its_time(shop):
    assert shop.call("GET", "/stock")[0] == 200
    with clock.at(clock.now() + timedelta(days=31)):
        assert shop.call("GET", "/stock")[0] == 401
    with tenancy.as_operator("test"):
        api_keys.revoke(ApiKey.objects.get())

    assert shop.call("GET", "/stock")[0] == 401


def test_the_key_of_an_importer_that_left_is_turned_away(shop, importer):
    Party.objects.filter(pk=importer.pk).update(is_active=False)

    assert shop.call("GET", "/stock")[0] == 401


def test_a_key_without_the_scope_is_told_which_one_is_missing(client, importer, importer_user):
    shop = Shop(client, key_for(importer, importer_user, [Scope.STOCK_READ]))

    status, problem = shop.call("POST", "/orders", {"anything": 1})

    assert (status, problem["code"]) == (403, "scope-missing")
    assert problem["detail"] == "The key does not have the scope “orders:write”."


def test_a_key_that_calls_too_often_waits_while_others_go_on(shop, other_shop, monkeypatch):
    monkeypatch.setattr(gate, "CALLS", 3)
    statuses = [shop.call("GET", "/stock")[0] for _ in range(4)]
    answer = shop.raw("GET", "/stock")

    assert statuses == [200, 200, 200, 429]
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("too-many-tries", "60")
    assert other_shop.call("GET", "/stock")[0] == 200


def test_another_method_is_told_which_ones_are_offered(shop):
    answer = shop.raw("PATCH", "/orders", {})

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert answer.json()["code"] == "method-not-offered"


def test_an_address_that_does_not_exist_is_a_problem_document(shop):
    status, problem = shop.call("GET", "/nothing")

    assert (status, problem["code"]) == (404, "not-found")


def test_a_refusal_is_told_in_the_readers_language(client):
    answer = client.get("/api/v1/stock", headers={"Accept-Language": "zh-hans"})

    assert answer.json()["code"] == "key-missing"
    assert answer.headers["Content-Language"] == "zh-hans"


def test_the_description_is_open_and_lists_every_status(client):
    told = client.get("/api/v1/openapi.json").json()

    taking = told["paths"]["/api/v1/orders"]["post"]
    assert told["openapi"] == "3.1.0"
    assert list(taking["responses"]) == ["201", "400", "401", "403", "409", "422", "429"]
    assert [p["name"] for p in taking["parameters"]] == ["Idempotency-Key"]
    assert told["components"]["schemas"]["OrderIn"]["additionalProperties"] is False


def test_every_body_that_is_sent_refuses_fields_that_it_does_not_list():
    schemas = description()["components"]["schemas"]
    sent = [name for name in schemas if name.endswith("In")]

    assert len(sent) == 11
    assert [name for name in sent if schemas[name]["additionalProperties"] is not False] == []


def test_the_page_of_operations_needs_no_script(client):
    page = client.get("/api/v1/docs/")
    html = page.content.decode()

    assert page.status_code == 200
    assert "<script" not in html
    for each in operations():
        assert f"{each['method']} {each['path']}" in html
