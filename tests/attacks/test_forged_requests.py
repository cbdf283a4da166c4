"""Requests that another site, or a crafted body, would make in a member's name."""

import socket
from io import BytesIO

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import api_keys, tenancy, webhooks
from core.domain.addresses import AddressNotAllowed
from core.models import ApiKey, Membership, Party, User
from core.models.webhook import Delivery
from fx_settlement.models import SettlementBatch
from imports.models import ForecastUpload
from tests.attacks.examples import KEYED, PAGES, PUBLIC
from tests.attacks.world import NOW, as_json, changed, standing

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"t/<str:code>/pin", "t/<str:code>/complain"}
"""Forms of pages without cookies: there is no session that a forged request could use."""

FORMS = {
    where: page
    for where, page in {**PAGES, **PUBLIC}.items()
    if page.sends is not None and where not in OPEN_TO_ALL
}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_no_form_is_followed_without_its_token(world, headers):
    wrong, clients = [], {}
    for who in ("importer", "operator", "broker"):
        clients[who] = world.client(who, enforce_csrf_checks=True, headers=headers)
    before = standing()
    for who, client in clients.items():
        for where, page in FORMS.items():
            if who in page.who:
                status = client.post(page.example(world), page.sends(world)).status_code
                if status != 403:
                    wrong.append((who, where, status))

    assert (wrong, changed(before)) == ([], [])


def test_a_token_of_another_site_s_page_is_not_accepted(world):
    elsewhere = {"Origin": "https://evil.example"}
    client = world.client("importer", enforce_csrf_checks=True, headers=elsewhere)
    client.cookies["csrftoken"] = "x" * 32

    answer = client.post("/account/", {"csrfmiddlewaretoken": "x" * 32, "language": "zh-hans"})

    assert answer.status_code == 403
    assert User.objects.get(pk=world.users["importer"].pk).language == "en"


def test_the_api_needs_no_token_because_it_accepts_no_cookie(world):
    client = world.client("importer", enforce_csrf_checks=True)
    for calls in KEYED.values():
        for call in calls:
            answer = client.generic(call.method, call.example(world), **as_json(call.body))
            assert answer.status_code == 401


def test_a_link_never_changes_anything(world):
    wrong = []
    for who in ("importer", "operator", "broker"):
        client = world.client(who)
        before = standing()
        for where, page in PAGES.items():
            if not page.reads:
                status = client.get(page.example(world)).status_code
                if status not in (404, 405):
                    wrong.append((who, where, status))
        wrong += changed(before)

    assert wrong == []


EXTRA = {
    "owner": "1",
    "importer": "1",
    "importer_id": "1",
    "party": "1",
    "state": "closed",
    "approved_by": "1",
    "made_by": "1",
    "price_minor": "1",
    "is_active": "1",
    "is_staff": "1",
    "is_superuser": "1",
    "role": "operator",
    "id": "1",
    "pk": "1",
}


def test_fields_that_a_form_does_not_have_are_not_followed(world):
    operator = world.client("operator")
    sent = {"version": world.settlement.version, **EXTRA, "approved_by": world.users["broker"].pk}
    operator.post(f"/settlement/batches/{world.settlement.pk}/lock/", sent)

    batch = SettlementBatch.objects.get(pk=world.settlement.pk)
    assert (batch.state, batch.approved_by, batch.made_by) == (
        "locked",
        None,
        world.users["operator"],
    )


def test_an_invitation_is_for_the_inviter_s_own_party_and_role_whatever_the_form_says(world):
    sent = {**EXTRA, "email": "a@b.example", "language": "en", "rights": ["plan"]}
    world.client("importer").post("/members/", sent)

    made = world.importer.invitations.latest("pk")
    assert (made.party_id, made.role, made.rights) == (world.importer.pk, "importer", ["plan"])


def test_a_right_that_nobody_has_heard_of_cannot_be_given(world):
    before = world.importer.invitations.count()
    sent = {"email": "a@b.example", "language": "en", "rights": ["manage", "everything"]}
    world.client("importer").post("/members/", sent)

    assert world.importer.invitations.count() == before


def test_whoever_joins_gets_the_role_of_the_invitation_and_no_more(world):
    sent = {**EXTRA, "username": "lin", "password": "harbour-lantern-42"}
    Client().post(f"/join/{world.invitation}/", sent)

    lin = User.objects.get(username="lin")
    joined = Membership.objects.get(user=lin)
    assert lin.memberships.count() == 1
    assert (joined.role, joined.party_id) == ("importer", world.importer.pk)


def test_an_upload_belongs_to_its_sender_whatever_the_form_says(world):
    other = Party.objects.get(code="stranger")
    from_stranger = world.client("stranger")
    sheet = SimpleUploadedFile("plan.csv", b"SKU,Year\r\nnothing,2025\r\n")
    sent = {**EXTRA, "importer": world.importer.pk, "year": 2025, "file": sheet}
    from_stranger.post("/imports/plan/uploads/", sent)

    with tenancy.as_operator("test"):
        assert ForecastUpload.objects.latest("pk").importer_id == other.pk


@pytest.mark.parametrize("field", ["importer", "state", "tax_minor", "owner", "is_paid"])
def test_an_order_with_a_field_that_the_api_does_not_have_is_declined(world, field):
    shop = Client(headers={"Authorization": f"Bearer {world.keys['importer']}"})
    before = standing()

    answer = shop.post(
        "/api/v1/webhooks",
        **as_json({"address": "https://a.example/x", "events": ["customs.order.taken"], field: 1}),
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "request-not-valid")
    assert changed(before) == []


def test_a_shop_key_is_never_made_for_scopes_that_do_not_exist(world):
    with tenancy.acting_for(world.importer):
        before = ApiKey.objects.count()
        sent = {"name": "x", "scopes": ["orders:read", "admin"], "days": 30}
        world.client("importer").post("/shop/keys/", sent)
        assert ApiKey.objects.count() == before
    assert "admin" not in list(api_keys.Scope)


INWARD = [
    "http://shop.example.com/told",
    "https://127.0.0.1/told",
    "https://[::1]/told",
    "https://localhost/told",
    "https://169.254.169.254/latest/meta-data/",
    "https://0x7f.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://2130706433/",
    "https://user:word@shop.example.com/",
    "https://shop.example.com:22/",
    "file:///etc/passwd",
    "gopher://shop.example.com/",
    "https://shop.example.com\\@127.0.0.1/",
]


@pytest.mark.parametrize("address", INWARD)
def test_an_address_that_could_lead_inward_is_refused_and_not_kept(world, address):
    before = standing()

    with pytest.raises(AddressNotAllowed), tenancy.acting_for(world.importer):
        webhooks.subscribe(world.importer, address, ["customs.order.taken"])

    assert changed(before) == []


@pytest.fixture
def sent(monkeypatch):
    """Whatever a shop is asked, it answers that the thing has moved inward."""
    asked = []

    def moved(_adapter, request, **_):
        asked.append(request.url)
        answer = requests.Response()
        answer.request, answer.url = request, request.url
        answer.status_code, answer.raw = 302, BytesIO()
        answer.headers["Location"] = "https://127.0.0.1/inner"
        return answer

    monkeypatch.setattr(webhooks.HTTPAdapter, "send", moved)
    return asked


def resolved(monkeypatch, *ips):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ips]
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *_, **__: answer)


def due(world):
    fields = {"position": 1_000, "name": "customs.order.taken", "body": {}, "next_try_at": NOW}
    return Delivery.objects.create(subscription=world.webhook, **fields)


@pytest.mark.parametrize(
    "ips", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1"]]
)
def test_a_name_of_which_one_address_lies_inside_is_never_asked(world, sent, monkeypatch, ips):
    resolved(monkeypatch, *ips)
    delivery = due(world)

    webhooks.deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_status, sent) == ("waiting", None, [])


def test_a_shop_that_has_moved_inward_is_not_followed(world, sent, monkeypatch):
    resolved(monkeypatch, "93.184.215.14")
    delivery = due(world)

    webhooks.deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_status) == ("waiting", 302)
    assert sent == ["https://93.184.215.14/told"]
