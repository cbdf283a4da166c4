"""The page on which an importer connects its shop."""

import re

import pytest
from django.urls import reverse

from core import api_keys, tenancy, webhooks
from core.models import ApiKey, Membership, Subscription

KEY = {"name": "my shop", "scopes": ["stock:read", "orders:write"], "days": "90"}
HOOK = {"address": "https://shop.example/hook", "events": ["customs.order.taken"]}


def rows(model):
    with tenancy.as_operator("test"):
        return list(model.objects.order_by("pk"))


def test_a_new_key_is_shown_once_and_opens_the_api(as_importer, client):
    page = as_importer.post(reverse("make-key"), KEY)
    clear = re.search(r'id="new-key">(bp_[^<]+)<', page.content.decode()).group(1)

    again = as_importer.get(reverse("shop")).content.decode()
    answer = client.get("/api/v1/stock", headers={"Authorization": f"Bearer {clear}"})

    assert "no-store" in page.headers["Cache-Control"]
    assert clear not in again
    assert "my shop" in again
    assert answer.status_code == 200


def test_a_revoked_key_is_shown_as_ended(as_importer):
    as_importer.post(reverse("make-key"), KEY)
    (key,) = rows(ApiKey)

    assert as_importer.post(reverse("revoke-key", args=[key.pk])).status_code == 302
    assert rows(ApiKey)[0].revoked_at is not None
    assert "ended" in as_importer.get(reverse("shop")).content.decode()


@pytest.mark.parametrize("change", [{"scopes": []}, {"name": ""}, {"days": "9999"}])
def test_a_key_without_scope_name_or_end_is_not_made(as_importer, change):
    answer = as_importer.post(reverse("make-key"), {**KEY, **change})

    assert answer.status_code == 422
    assert rows(ApiKey) == []


def test_a_webhook_is_added_with_a_secret_shown_once_and_ended(as_importer):
    page = as_importer.post(reverse("make-webhook"), HOOK).content.decode()
    (hook,) = rows(Subscription)

    assert 'id="new-secret"' in page
    assert HOOK["address"] in page
    as_importer.post(reverse("end-webhook", args=[hook.pk]))
    assert HOOK["address"] not in as_importer.get(reverse("shop")).content.decode()


def test_an_inner_address_is_refused_beside_its_field(as_importer):
    answer = as_importer.post(reverse("make-webhook"), {**HOOK, "address": "https://localhost/"})

    assert answer.status_code == 422
    assert "cannot be called" in answer.content.decode()
    assert rows(Subscription) == []


def test_a_member_without_the_right_looks_and_changes_nothing(as_importer, importer_user):
    Membership.objects.filter(user=importer_user).update(rights=[])

    assert as_importer.get(reverse("shop")).status_code == 200
    assert as_importer.post(reverse("make-key"), KEY).status_code == 403
    assert as_importer.post(reverse("make-webhook"), HOOK).status_code == 403


def test_another_importers_key_and_webhook_are_not_there(as_importer, stranger, stranger_user):
    with tenancy.acting_for(stranger):
        key, _ = api_keys.make(
            stranger, name="theirs", scopes=[], lasts=api_keys.LONGEST, by=stranger_user
        )
        hook, _ = webhooks.subscribe(stranger, "https://theirs.example/", HOOK["events"])

    page = as_importer.get(reverse("shop")).content.decode()
    revoked = as_importer.post(reverse("revoke-key", args=[key.pk]))
    ended = as_importer.post(reverse("end-webhook", args=[hook.pk]))

    assert "theirs" not in page
    assert (revoked.status_code, ended.status_code) == (404, 404)


@pytest.mark.parametrize("browser", ["as_operator", "as_broker"])
def test_only_importers_connect_shops(request, browser):
    client = request.getfixturevalue(browser)

    assert client.get(reverse("shop")).status_code == 404
