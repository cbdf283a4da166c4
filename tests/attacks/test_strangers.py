"""Every address × everybody: a stranger finds nothing there and changes nothing."""

import pytest
from django.test import Client

from core.models import Membership
from portal.api.description import description
from tests.architecture.test_access_table import ALL
from tests.attacks.examples import CALLS, KEYED, PAGES, PUBLIC
from tests.attacks.world import EVERYBODY, SIGNED_IN, as_json, changed, standing, undone

pytestmark = pytest.mark.django_db

SECRETS = ("Kowhai Trading", "SH-SECRET", "DB-2025-000001")
"""What stands in the importer's and the broker's pages only."""

OF_THE_HOUSE = {"parties/", "work/"}
"""Pages of the installation, which its operators share."""


FORMS = {where: page for where, page in PAGES.items() if page.sends is not None}


def ask(client, method, path, **more):
    """The status of a request, and where it leads."""
    answer = client.generic(method, path, **more)
    return answer.status_code, answer.headers.get("Location", "")


def test_every_address_of_the_product_has_an_example_here():
    named = {*PAGES, *PUBLIC, *KEYED}

    assert set(ALL) - named == set()
    assert named - set(ALL) == set()


def test_every_operation_of_the_api_has_an_example_here():
    told = {
        (path.removeprefix("/").replace("{", "<").replace("}", ">"), method.upper())
        for path, methods in description()["paths"].items()
        for method in methods
    }

    assert {(where, call.method) for where, calls in CALLS.items() for call in calls} == told


def _answers(page, who):
    """What a reader may meet: an address that takes forms only says so to all of a role."""
    if page.reads:
        return (200, 302) if who in page.who else (404,)
    return (405,) if who in page.who else (404, 405)


def test_nobody_reads_a_page_that_is_not_theirs(world):
    wrong = []
    for who in SIGNED_IN:
        client = world.client(who)
        for where, page in PAGES.items():
            status = client.get(page.example(world)).status_code
            if status not in _answers(page, who):
                wrong.append((who, where, status))

    assert wrong == []


def test_a_form_sent_to_another_s_object_finds_nothing_and_changes_nothing(world):
    clients = {who: world.client(who) for who in SIGNED_IN}
    before, wrong = standing(), []
    for who, client in clients.items():
        for where, page in FORMS.items():
            if who not in page.who:
                status = client.post(page.example(world), page.sends(world)).status_code
                if status != 404:
                    wrong.append((who, where, status))

    assert (wrong, changed(before)) == ([], [])


def test_the_examples_find_their_objects_when_their_owners_send_them(world):
    wrong = []
    for who in SIGNED_IN:
        client = world.client(who)
        for where, page in FORMS.items():
            if who in page.who:
                with undone():
                    status = client.post(page.example(world), page.sends(world)).status_code
                if status not in (200, 302, 409, 422):
                    wrong.append((who, where, status))

    assert wrong == []


OWN = {"notices/read/", "account/", "account/password/", "account/second-factor/"}
"""Forms about nothing but the reader: they need no right."""

LOOKS = {
    "settlement/statement/<int:year>/print/",
    "settlement/money/print/",
    "settlement/exit/print/",
    "settlement/exit/<int:pk>/print/",
    "imports/plan/rounds/<int:pk>/certificate/print/",
    "books/",
}
"""Forms that ask for a paper or a check of what may be read anyway."""


def test_a_member_without_rights_sees_the_pages_and_changes_nothing(world):
    Membership.objects.update(rights=[])
    clients = {who: world.client(who) for who in SIGNED_IN}
    before, wrong = standing(), []
    for who, client in clients.items():
        for where, page in FORMS.items():
            if who in page.who and where not in OWN | LOOKS:
                status = client.post(page.example(world), page.sends(world)).status_code
                if status != 403:
                    wrong.append((who, where, status))
        if client.get("/home/").status_code != 200:
            wrong.append((who, "home", "closed"))

    assert (wrong, changed(before)) == ([], [])


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_changes_nothing(world):
    client, before, wrong = Client(), standing(), []
    for where, page in PAGES.items():
        for method in ("GET", "POST"):
            status, leads = ask(client, method, page.example(world))
            if status != 302 or not leads.startswith("/sign-in/?next="):
                wrong.append((where, method, status, leads))

    assert (wrong, changed(before)) == ([], [])


DEPENDS = {
    "epcis/soap": (501,),
    "health/": (200, 503),
    "t/<str:code>/proof.tlog-proof": (200, 404),
    "brand/<int:importer_id>/<str:version>.css": (200, 404),
    "brand/<int:importer_id>/<str:version>.png": (200, 404),
}
"""Public addresses that answer by the state of the installation, not by who asks."""


def test_public_pages_open_for_everybody(world):
    wrong = []
    for who in EVERYBODY:
        client = world.client(who)
        for where, page in PUBLIC.items():
            status = client.get(page.example(world)).status_code
            usual = (200, 302) if page.reads else (302, 405)
            if status not in DEPENDS.get(where, usual):
                wrong.append((who, where, status))

    assert wrong == []


@pytest.mark.parametrize("who", ["importer", "stranger"])
def test_a_shop_s_key_reaches_its_own_objects_only(world, who):
    wrong = []
    for where, calls in KEYED.items():
        for call in calls:
            with undone():
                before = standing()
                status, _ = ask(
                    Client(headers={"Authorization": f"Bearer {world.keys[who]}"}),
                    call.method,
                    call.example(world),
                    **as_json(call.body),
                )
                is_found = status not in (404, 401, 403, 500)
                rows = [] if who in call.finds else changed(before)
                if is_found != (who in call.finds) or rows:
                    wrong.append((where, call.method, status, rows))

    assert wrong == []


def test_the_api_answers_keys_and_never_a_browser_s_session(world):
    clients = {who: world.client(who) for who in EVERYBODY}
    before, wrong = standing(), []
    for who, client in clients.items():
        for where, calls in KEYED.items():
            for call in calls:
                status, _ = ask(client, call.method, call.example(world), **as_json(call.body))
                if status != 401:
                    wrong.append((who, where, call.method, status))

    assert (wrong, changed(before)) == ([], [])


def test_the_lists_of_a_stranger_name_nothing_of_the_others(world):
    told = []
    for who in ("stranger", "rival-operator", "rival-broker"):
        client = world.client(who)
        for where, page in PAGES.items():
            if page.reads and who in page.who and where not in OF_THE_HOUSE:
                text = client.get(page.example(world)).content.decode(errors="replace")
                told += [(who, where, secret) for secret in SECRETS if secret in text]

    assert told == []


def test_a_broker_who_lost_a_batch_loses_it_within_the_same_session(world, broker):
    client = world.client("broker")
    path = f"/customs/batches/{world.batch.pk}/"
    first = client.get(path).status_code
    rival = Membership.objects.get(user=world.users["rival-broker"]).party

    world.batch.broker = rival
    world.batch.save()

    assert (first, client.get(path).status_code) == (200, 404)
    assert client.get(f"{path}archive/").status_code == 404
    assert client.post(f"{path}again/").status_code == 404
    assert world.client("rival-broker").get(path).status_code == 200


@pytest.mark.parametrize("what", ["membership", "party", "user"])
def test_whoever_is_shut_out_is_out_with_the_next_request(world, what):
    client = world.client("importer")
    member = Membership.objects.get(user=world.users["importer"])
    shut = {"membership": member, "party": member.party, "user": member.user}[what]

    shut.is_active = False
    shut.save()

    assert client.get(f"/customs/orders/{world.order.pk}/").status_code in (302, 404)
    assert client.get("/warehouse/stock/").status_code in (302, 404)


def test_a_key_ends_with_its_party(world):
    world.importer.is_active = False
    world.importer.save()

    call = Client(headers={"Authorization": f"Bearer {world.keys['importer']}"})

    assert call.get("/api/v1/stock").status_code == 401
