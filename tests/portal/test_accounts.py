"""Joining, resetting, the second step, members and agreement, as users meet them."""

from datetime import date

import pyotp
import pytest

from core import accounts, jobs, links, second_factor
from core.models import Acceptance, Agreement, Invitation, Membership, Party, User

PASSWORD = "harbour-lantern-42"


def test_an_invited_colleague_opens_the_letter_and_is_in(client, importer_user, mailoutbox):
    client.force_login(importer_user)
    sent = {"email": "lin@kowhai.example", "language": "en", "rights": ["plan"]}
    assert client.post("/members/", sent).status_code == 302
    jobs.run_until_idle()
    link = mailoutbox[0].body.split("8000")[1].split()[0]
    client.logout()

    assert "Join Kowhai Trading" in client.get(link).content.decode()
    answer = client.post(link, {"username": "lin", "password": PASSWORD})

    assert answer["Location"] == "/home/"
    assert Membership.objects.get(user__username="lin").rights == ["plan"]


def test_a_weak_password_is_explained_on_the_form_and_nobody_joins(client, importer, operator_user):
    invitation = accounts.invite(
        party=importer, role="importer", email="lin@kowhai.example", by=operator_user
    )

    page = client.post(
        accounts.invitation_address(invitation), {"username": "lin", "password": "1"}
    )

    assert "The password is not strong enough" in page.content.decode()
    assert not User.objects.filter(username="lin").exists()


def test_a_forged_invitation_is_refused(client, db):
    assert client.get("/join/forged-token/").status_code == 422


@pytest.mark.parametrize("address", ["known@kowhai.example", "nobody@example.com"])
def test_asking_for_a_reset_tells_nobody_who_is_a_member(client, db, address):
    page = client.post("/forgotten/", {"email": address}).content.decode()

    assert "If the address belongs to a member" in page


def test_a_new_password_from_a_letter_signs_in(client, importer_user):
    token = accounts.reset_token(importer_user)

    answer = client.post(f"/new-password/{token}/", {"password": PASSWORD})

    assert answer["Location"] == "/sign-in/"
    assert client.login(username=importer_user.username, password=PASSWORD)


def test_ten_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(client, importer_user):
    wrong = {"username": importer_user.username, "password": "wrong"}
    for _ in range(10):
        assert client.post("/sign-in/", wrong).status_code == 200

    refused = client.post("/sign-in/", {**wrong, "password": "secret"})

    assert refused.status_code == 429
    assert "_auth_user_id" not in client.session


def test_signing_in_with_a_second_factor_takes_both_steps(client, operator_user):
    totp = pyotp.parse_uri(second_factor.begin(operator_user))
    spare = second_factor.confirm(operator_user, totp.now())

    first = client.post("/sign-in/", {"username": operator_user.username, "password": "secret"})

    assert first["Location"] == "/sign-in/second/"
    assert client.get("/home/").status_code == 302
    assert (
        "not those of the present" in client.post(first["Location"], {"code": "1"}).content.decode()
    )
    assert client.post(first["Location"], {"code": spare[0]})["Location"] == "/home/"
    assert client.get("/home/").status_code == 200


def test_an_operator_sets_up_the_second_step_and_sees_spare_codes_once(client, operator_user):
    client.force_login(operator_user)
    page = client.get("/account/second-factor/").content.decode()
    totp = pyotp.parse_uri(second_factor.pending_address(operator_user))

    shown = client.post("/account/second-factor/", {"code": totp.now()}).content.decode()

    assert "<svg" in page
    assert shown.count("<li>") >= 8
    assert client.get("/account/second-factor/")["Location"] == "/account/"


def test_production_asks_operators_for_the_second_step_before_anything_else(
    client, operator_user, settings
):
    settings.SECOND_FACTOR_ROLES = ["operator"]
    client.force_login(operator_user)

    assert client.get("/home/")["Location"] == "/account/second-factor/"


def test_a_member_without_the_right_cannot_invite(client, importer_user):
    Membership.objects.filter(user=importer_user).update(rights=["plan"])
    client.force_login(importer_user)

    refused = client.post("/members/", {"email": "x@example.com", "language": "en"})

    assert refused.status_code == 403
    assert Invitation.objects.count() == 0


def test_a_strangers_colleague_cannot_be_dismissed(client, importer_user, stranger_user):
    client.force_login(importer_user)
    other = Membership.objects.get(user=stranger_user)

    assert client.post(f"/members/{other.pk}/end/").status_code == 404
    assert Membership.objects.get(pk=other.pk).is_active


def test_whoever_was_dismissed_is_out_at_once(client, importer, importer_user):
    colleague = User.objects.create_user("colleague", "x")
    theirs = Membership.objects.create(user=colleague, party=importer, role="importer")
    client.force_login(colleague)
    assert client.get("/home/").status_code == 200

    accounts.end_membership(theirs)

    assert client.get("/home/").status_code == 404


def test_the_operator_brings_a_party_in_and_sees_what_is_missing(client, operator_user, mailoutbox):
    client.force_login(operator_user)
    wanted = {
        "role": "importer",
        "code": "manuka",
        "name": "Manuka Direct",
        "country": "nz",
        "email": "first@manuka.example",
        "language": "en",
    }

    client.post("/parties/", wanted)

    party = Party.objects.get(code="manuka")
    page = client.get("/parties/").content.decode()
    assert (party.country, party.kind) == ("NZ", "importer")
    assert "business licence: missing" in page
    assert "papers missing" in page


def test_a_wrong_credit_code_is_named_and_nothing_is_entered(client, operator_user):
    client.force_login(operator_user)
    wanted = {"role": "importer", "code": "m", "name": "M", "country": "NZ", "uscc": "123"}

    page = client.post("/parties/", {**wanted, "email": "a@b.example", "language": "en"})

    assert "it has 3 characters, not 18" in page.content.decode()
    assert not Party.objects.filter(code="m").exists()


def test_an_importer_accepts_the_agreement_it_has_read(client, pool, importer_user, importer):
    version = Agreement.objects.create(
        pool=pool, version=1, text="We share.", text_zh="我们共享。", in_force_from=date(2025, 1, 1)
    )
    client.force_login(importer_user)

    client.post("/agreement/", {"agreement": version.pk})

    assert Acceptance.objects.get().party_id == importer.pk
    assert "not accepted" not in client.get("/agreement/").content.decode()


def test_a_reset_link_cannot_be_used_as_an_invitation(client, importer_user):
    token = links.token("reset", {"invitation": 1})
    assert client.get(f"/join/{token}/").status_code == 422
