"""Passwords and codes guessed, sessions stolen, secrets guessed from outside."""

import random
import re
import secrets
import time
from datetime import timedelta
from statistics import median

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from core import clock, second_factor
from core.models import SecondFactor
from tests.attacks.world import NOW
from traceability import services
from traceability.domain import codes

pytestmark = pytest.mark.django_db

NAME = "user-of-kowhai"


def try_it(client, password, name=NAME, **more):
    return client.post("/sign-in/", {"username": name, "password": password}, **more)


def test_after_ten_wrong_passwords_the_right_one_is_not_looked_at(importer_user):
    client = Client()
    met = [try_it(client, f"wrong-{n}", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(20)]

    assert met == [200] * 10 + [429] * 10
    assert try_it(client, "secret", REMOTE_ADDR="10.9.9.9").status_code == 429
    with clock.at(NOW + timedelta(minutes=31)):
        assert try_it(client, "secret", REMOTE_ADDR="10.9.9.9").status_code == 302


def test_one_address_that_tries_many_names_is_stopped(importer_user):
    client = Client()
    met = [try_it(client, "spring2025", name=f"name-{n}").status_code for n in range(12)]

    assert met == [200] * 10 + [429] * 2


def without_token(page, name):
    """A page without what differs from one request to the next."""
    text = re.sub(
        r'(csrfmiddlewaretoken" value|X-CSRFToken&quot;:)[^>]*', "", page.content.decode()
    )
    return text.replace(name, "")


def test_a_name_that_nobody_has_is_declined_in_the_same_words(importer_user):
    known, unknown = (try_it(Client(), "wrong", name=name) for name in (NAME, "nobody"))

    assert without_token(known, NAME) == without_token(unknown, "nobody")


def test_signing_in_begins_a_new_session_and_signing_out_ends_it(importer_user):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    try_it(client, "secret")
    held = client.cookies["sessionid"].value
    client.post("/sign-out/")

    assert held != planted
    stolen = Client()
    for key in (held, planted):
        stolen.cookies["sessionid"] = key
        assert stolen.get("/home/").status_code == 302


def test_another_password_ends_every_other_session(importer_user):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        try_it(client, "secret")

    here.post("/account/password/", {"password": "harbour-lantern-42"})

    assert (here.get("/home/").status_code, elsewhere.get("/home/").status_code) == (200, 302)


def test_session_cookies_are_out_of_reach_of_scripts_and_other_sites(importer_user):
    client = Client()
    try_it(client, "secret")
    cookie = client.cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.fixture
def confirmed(operator_user):
    second_factor.begin(operator_user)
    totp = pyotp.TOTP(second_factor._secret(operator_user))
    spare = second_factor.confirm(operator_user, totp.at(NOW))
    return totp, spare


def half(name="user-of-operator"):
    client = Client()
    try_it(client, "secret", name=name)
    return client


def test_five_wrong_digits_close_the_second_step(confirmed):
    client = half()
    met = [client.post("/sign-in/second/", {"code": f"{n:06d}"}) for n in range(5)]
    totp, _ = confirmed

    with clock.at(NOW + timedelta(minutes=2)):
        answer = client.post("/sign-in/second/", {"code": totp.at(NOW + timedelta(minutes=2))})

    assert all(each.status_code == 200 for each in met)
    assert answer.status_code == 200
    assert client.get("/home/").status_code == 302


def test_digits_are_accepted_once(confirmed):
    totp, _ = confirmed
    with clock.at(NOW + timedelta(minutes=1)):
        digits = totp.at(NOW + timedelta(minutes=1))
        first = half().post("/sign-in/second/", {"code": digits})
        again = half().post("/sign-in/second/", {"code": digits})

    assert (first.status_code, again.status_code) == (302, 200)


def test_a_password_alone_opens_nothing_once_there_is_a_second_step(confirmed):
    client = half()

    assert [client.get(path).status_code for path in ("/home/", "/parties/", "/books/")] == [
        302
    ] * 3


def test_the_secret_of_the_second_step_is_sealed_in_the_database(confirmed):
    totp, spare = confirmed
    row = SecondFactor.objects.get()

    assert totp.secret.encode() not in bytes(row.sealed_secret)
    assert not set(spare) & set(row.spare_digests)


@pytest.mark.parametrize("purpose", ["join", "new-password"])
def test_a_link_with_one_letter_changed_opens_nothing(world, purpose):
    token = world.invitation if purpose == "join" else world.reset
    for place in (5, len(token) // 2, len(token) - 3):
        other = "A" if token[place] != "A" else "B"
        forged = token[:place] + other + token[place + 1 :]
        assert Client().get(f"/join/{forged}/").status_code == 422
        answer = Client().post(f"/new-password/{forged}/", {"password": "harbour-lantern-42"})
        assert answer.status_code == 200
    assert Client().login(username=NAME, password="harbour-lantern-42") is False


def test_ten_thousand_guessed_codes_hit_nothing_and_the_guesser_is_stopped(world):
    dice = random.Random(7)  # noqa: S311  guesses, not secrets
    guessed = {services.code_hmac(codes.draw_code(dice.randrange)) for _ in range(10_000)}
    issued = {services.code_hmac(world.code)}
    met = [
        Client().get(f"/t/{codes.draw_code(dice.randrange)}", REMOTE_ADDR="203.0.113.7").status_code
        for _ in range(25)
    ]

    assert guessed & issued == set()
    assert met == [404] * 20 + [429] * 5
    assert Client().get(f"/t/{world.code}", REMOTE_ADDR="203.0.113.8").status_code == 200


def test_an_unknown_code_is_answered_as_fast_as_a_known_one(world):
    dice = random.Random(8)  # noqa: S311  guesses, not secrets

    def took(code, n):
        start = time.process_time()
        services.look_up(code, at=NOW, address=f"198.51.{n}.1", counts=False, kind="page")
        return time.process_time() - start

    known = [took(world.code, n) for n in range(40)]
    unknown = [took(codes.draw_code(dice.randrange), n) for n in range(40)]

    assert median(unknown) < 20 * median(known) + 0.01
    assert median(known) < 20 * median(unknown) + 0.01


def test_neighbouring_codes_have_nothing_in_common():
    from_one_lot = [codes.draw_code(secrets.randbelow) for _ in range(200)]

    assert len({code[:6] for code in from_one_lot}) == 200


def test_the_sign_in_page_never_echoes_the_password(importer_user):
    page = try_it(Client(), "a-very-secret-word").content.decode()

    assert "a-very-secret-word" not in page
    assert reverse("forgotten") in page
