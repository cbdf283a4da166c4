"""Invitations, passwords, second factor, agreements, throttles, letters."""

from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from django.db import IntegrityError, transaction

from core import accounts, clock, jobs, links, second_factor, throttle
from core.accounts import InvitationOver, LastOfItsRole, NameTaken, WeakPassword
from core.links import LinkNotValid
from core.models import Acceptance, Agreement, Invitation, Membership, Person, Role, User
from core.second_factor import WrongCode
from core.throttle import TooManyTries

PASSWORD = "harbour-lantern-42"
NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def invitation(importer, operator_user):
    return accounts.invite(
        party=importer, role=Role.IMPORTER, email="lin@kowhai.example", by=operator_user
    )


def token_of(invitation: Invitation) -> str:
    return links.token("invitation", {"invitation": invitation.pk})


def test_the_letter_of_an_invitation_holds_its_link_and_nothing_else_knows_the_address(
    invitation, mailoutbox
):
    jobs.run_until_idle()

    (letter,) = mailoutbox
    assert letter.to == ["lin@kowhai.example"]
    assert "Kowhai Trading invites you" in letter.body
    assert "lin@kowhai.example" not in str(list(Invitation.objects.values()))
    assert Person.objects.get().masked == {"email": "l**@kowhai.example"}


def test_an_invited_person_joins_with_the_role_that_was_offered(invitation, importer):
    user = accounts.join(
        accounts.invitation_of(token_of(invitation)), username="lin", password=PASSWORD
    )

    assert user.check_password(PASSWORD)
    membership = Membership.objects.get(user=user)
    assert (membership.party_id, membership.role) == (importer.pk, "importer")


def test_an_invitation_is_used_once(invitation):
    accounts.join(invitation, username="lin", password=PASSWORD)

    with pytest.raises(InvitationOver):
        accounts.invitation_of(token_of(invitation))
    with pytest.raises(InvitationOver), transaction.atomic():
        accounts.join(invitation, username="other", password=PASSWORD)
    assert not User.objects.filter(username="other").exists()


def test_an_old_invitation_is_refused(invitation):
    with clock.at(clock.now() + timedelta(days=15)), pytest.raises(InvitationOver):
        accounts.invitation_of(token_of(invitation))


def test_a_link_made_for_another_purpose_opens_nothing(invitation):
    with pytest.raises(LinkNotValid):
        accounts.invitation_of(links.token("reset", {"invitation": invitation.pk}))


def test_a_taken_name_and_a_weak_password_are_refused_and_nobody_joins(invitation, importer_user):
    with pytest.raises(NameTaken):
        accounts.join(invitation, username=importer_user.username, password=PASSWORD)
    with pytest.raises(WeakPassword):
        accounts.join(invitation, username="lin", password="1234567890")
    assert Invitation.objects.get().accepted_at is None


def test_a_reset_link_sets_a_new_password_once(importer_user):
    token = accounts.reset_token(importer_user)

    accounts.reset(token, PASSWORD)

    importer_user.refresh_from_db()
    assert importer_user.check_password(PASSWORD)
    with pytest.raises(LinkNotValid):
        accounts.reset(token, "another-lantern-43")


def test_a_reset_for_an_unknown_address_sends_nothing_and_says_nothing(db, mailoutbox):
    accounts.order_reset("nobody@example.com")
    jobs.run_until_idle()

    assert mailoutbox == []


def test_a_reset_letter_goes_to_the_address_in_the_vault(invitation, mailoutbox):
    accounts.join(invitation, username="lin", password=PASSWORD)
    accounts.order_reset("Lin@kowhai.example")
    jobs.run_until_idle()

    assert mailoutbox[-1].subject == "A new password for Bondpool"


def test_the_last_user_of_a_role_cannot_leave(importer_user, importer):
    membership = Membership.objects.get(user=importer_user)

    with pytest.raises(LastOfItsRole):
        accounts.end_membership(membership)

    successor = User.objects.create_user("successor")
    Membership.objects.create(user=successor, party=importer, role=Role.IMPORTER)
    accounts.end_membership(membership)
    assert not Membership.objects.get(user=importer_user).is_active


# ---- second factor


@pytest.fixture
def authenticator(operator_user):
    """The operator's app: gives the digits of a moment."""
    uri = second_factor.begin(operator_user)
    return pyotp.parse_uri(uri)


def test_the_digits_of_the_half_minute_are_accepted_once(operator_user, authenticator):
    with clock.at(NOON):
        code = authenticator.at(int(NOON.timestamp()))
        spare = second_factor.confirm(operator_user, code)

        assert len(set(spare)) == 8
        assert second_factor.is_confirmed(operator_user)
        with pytest.raises(WrongCode):
            second_factor.check(operator_user, code)


def test_the_last_half_minute_still_counts_and_an_older_one_does_not(operator_user, authenticator):
    with clock.at(NOON):
        with pytest.raises(WrongCode):
            second_factor.check(operator_user, authenticator.at(int(NOON.timestamp()) - 90))
        second_factor.check(operator_user, authenticator.at(int(NOON.timestamp()) - 30))


def test_a_spare_code_opens_once(operator_user, authenticator):
    with clock.at(NOON):
        code = authenticator.at(int(NOON.timestamp()))
        spare = second_factor.confirm(operator_user, code)
        second_factor.check(operator_user, spare[0])
        with pytest.raises(WrongCode):
            second_factor.check(operator_user, spare[0])


def test_guessing_the_digits_is_stopped_after_five(operator_user, authenticator):
    with clock.at(NOON):
        for _ in range(5):
            with pytest.raises(WrongCode):
                second_factor.check(operator_user, "000000")
        with pytest.raises(TooManyTries) as refusal:
            second_factor.check(operator_user, authenticator.at(int(NOON.timestamp())))
    assert refusal.value.params == {"count": 5, "minutes": 15, "limit": 5}


def test_the_secret_of_a_second_factor_is_sealed(operator_user, authenticator):
    operator_user.refresh_from_db()

    assert authenticator.secret.encode() not in bytes(operator_user.second_factor.sealed_secret)


# ---- agreements


@pytest.fixture
def agreement(pool):
    return Agreement.objects.create(
        pool=pool, version=1, text="We share.", text_zh="我们共享。", in_force_from=date(2025, 1, 1)
    )


def test_an_agreement_is_accepted_once_and_the_text_stays_provable(
    agreement, pool, importer, importer_user
):
    assert accounts.agreement_to_accept(pool, importer) == agreement

    first = accounts.accept(agreement, party=importer, user=importer_user)

    assert accounts.accept(agreement, party=importer, user=importer_user) == first
    assert accounts.agreement_to_accept(pool, importer) is None
    assert len(first.text_sha256) == 64


def test_a_new_version_is_accepted_anew(agreement, pool, importer, importer_user):
    accounts.accept(agreement, party=importer, user=importer_user)
    newer = Agreement.objects.create(
        pool=pool, version=2, text="More.", text_zh="更多。", in_force_from=date(2025, 1, 1)
    )

    assert accounts.agreement_to_accept(pool, importer) == newer


@pytest.mark.parametrize("model", [Agreement, Acceptance])
def test_neither_an_agreement_nor_its_acceptance_can_be_changed(
    model, agreement, importer, importer_user
):
    accounts.accept(agreement, party=importer, user=importer_user)

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all()._raw_delete("default")


# ---- throttle


def test_tries_are_counted_over_two_windows_and_forgotten_after(db):
    window = timedelta(minutes=15)
    with clock.at(NOON):
        throttle.note("sign-in", "someone", window=window)
    with clock.at(NOON + timedelta(minutes=16)):
        assert throttle.count("sign-in", "someone", window=window) == 1
        assert throttle.count("sign-in", "someone else", window=window) == 0
    with clock.at(NOON + timedelta(minutes=40)):
        assert throttle.count("sign-in", "someone", window=window) == 0
    with clock.at(NOON + timedelta(days=2)):
        assert throttle.prune() == 1
