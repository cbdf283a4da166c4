"""What shops are told: notices, and webhooks that can be made, listed and ended."""

import pytest

from core import facts, notices, tenancy, webhooks
from core.models import Delivery, Subscription
from core.notices import Kind

ADDRESS = "https://shop.example/hook"
EVENTS = ["customs.declaration.released", "warehouse.dispatch.shipped"]
notices.register("test.api.due", Kind("due", "Payment {batch} is due.", "Pay in by {day}."))


def subscribe(shop, address=ADDRESS, events=EVENTS):
    return shop.call("POST", "/webhooks", {"address": address, "events": events})


def test_open_notices_are_told_newest_first_a_page_at_a_time(shop, importer, stranger):
    for number in (1, 2):
        params = {"batch": f"FX-{number}", "day": "2025-06-01"}
        notices.tell(importer, "test.api.due", key=f"pay/{number}", params=params)
    notices.tell(stranger, "test.api.due", key="pay/3", params=params)

    _, first = shop.call("GET", "/notices?limit=1")
    _, second = shop.call("GET", f"/notices?limit=1&cursor={first['next']}")

    assert [row["what"] for row in first["items"]] == ["Payment FX-2 is due."]
    assert second["items"] == [
        {
            "id": int(first["next"]) - 1,
            "level": "due",
            "what": "Payment FX-1 is due.",
            "do": "Pay in by 2025-06-01.",
            "address": "",
            "due_on": None,
            "made_at": "2025-05-01T01:30:00Z",
        }
    ]
    assert second["next"] is None


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(shop):
    status, made = subscribe(shop)
    secret = made.pop("secret")

    assert (status, len(secret)) == (201, 43)
    assert made == {
        "id": made["id"],
        "address": ADDRESS,
        "events": EVENTS,
        "made_at": "2025-05-01T01:30:00Z",
        "failures": 0,
    }
    assert shop.call("GET", "/webhooks") == (200, {"items": [made], "next": None})


def test_an_ended_webhook_is_told_nothing_more(shop, importer):
    _, made = subscribe(shop, events=["customs.order.taken"])
    happen(importer)

    assert shop.call("DELETE", f"/webhooks/{made['id']}") == (204, None)
    happen(importer)

    assert shop.call("GET", "/webhooks")[1]["items"] == []
    assert list(Delivery.objects.values_list("state", flat=True)) == ["given_up"]
    assert shop.call("DELETE", f"/webhooks/{made['id']}")[0] == 404


def happen(importer):
    facts.append("customs.order.taken", subject="order:1", data={"importer": importer.pk})
    facts.sequence()
    facts.catch_up()


def test_an_order_is_told_to_the_shop_that_asked(shop, order_body):
    subscribe(shop, events=["customs.order.taken"])
    shop.order(order_body)
    facts.sequence()
    facts.catch_up()

    (delivery,) = Delivery.objects.all()
    assert delivery.body["data"]["order_no"] == "SH-1"


def test_anothers_webhook_is_neither_listed_nor_ended(shop, other_shop):
    _, made = subscribe(shop)

    assert other_shop.call("GET", "/webhooks")[1]["items"] == []
    assert other_shop.call("DELETE", f"/webhooks/{made['id']}")[0] == 404
    with tenancy.as_operator("test"):
        assert Subscription.objects.get().is_active


@pytest.mark.parametrize(
    ("address", "events", "code"),
    [
        ("http://shop.example/hook", EVENTS, "address-not-allowed"),
        ("https://127.0.0.1/hook", EVENTS, "address-not-allowed"),
        ("https://localhost/hook", EVENTS, "address-not-allowed"),
        (ADDRESS, ["core.member.joined"], "event-unknown"),
        (ADDRESS, ["nothing.of.the.kind"], "event-unknown"),
        (ADDRESS, [], "request-not-valid"),
    ],
)
def test_inner_addresses_and_unknown_events_are_refused(shop, address, events, code):
    status, problem = subscribe(shop, address, events)

    assert (status, problem["code"]) == (422, code)


def test_webhooks_are_limited_in_number(shop, monkeypatch):
    monkeypatch.setattr(webhooks, "MOST_SUBSCRIPTIONS", 1)
    subscribe(shop)

    assert subscribe(shop)[0] == 201
    assert subscribe(shop, "https://shop.example/other")[0] == 409
