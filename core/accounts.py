"""Joining and signing in: invitations, passwords, agreements."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, facts, links, mail, vault
from core.domain.canonical import digest
from core.domain.errors import Refusal
from core.mail import Letter
from core.models.joining import Acceptance, Agreement, Invitation, StandingChoice
from core.models.party import Membership, Party, Pool, Role, all_rights
from core.models.user import User

_CHOICE = ("party_id", "is_shown", "chosen_at")
INVITATION_LASTS = timedelta(days=14)
RESET_LASTS = timedelta(hours=2)

facts.register("core.member.invited", fields={"party", "role", "invitation"})
facts.register("core.member.joined", fields={"party", "role", "invitation", "user"})
facts.register("core.member.left", fields={"party", "role", "user"})
facts.register("core.standing.chosen", fields={"party", "user", "is_shown", "with_tier"})
facts.register("core.agreement.accepted", fields={"agreement", "party", "user", "text_sha256"})


class InvitationOver(Refusal):
    """Raised when an invitation was used, withdrawn, or is too old."""

    code = "invitation-over"
    reason = "This invitation was already used or withdrawn, or is too old."
    remedy = "Ask whoever invited you for a new one."


class NameTaken(Refusal):
    """Raised when a user name exists already."""

    code = "name-taken"
    reason = "The user name “{username}” is taken."
    remedy = "Choose another user name."


class WeakPassword(Refusal):
    """Raised for a password that is short, common or only digits."""

    code = "weak-password"
    reason = "The password is not strong enough: {faults}"
    remedy = "Choose at least 10 characters that are no common password and not only digits."


class LastOfItsRole(Refusal):
    """Raised when the last user of a party's role would leave."""

    code = "last-of-its-role"
    reason = "{party} would have nobody left in the role “{role}”."
    remedy = "Invite a successor first."


@transaction.atomic
def invite(
    *,
    party: Party,
    role: Role,
    email: str,
    by: User,
    language: str = "en",
    rights: Sequence[str] | None = None,
) -> Invitation:
    """Invite a person to act for a party; the letter goes out once this commits."""
    person = vault.keep({"email": email.strip()})
    invitation = Invitation.objects.create(
        party=party,
        role=role,
        person=person,
        invited_by=by,
        language=language,
        rights=all_rights() if rights is None else list(rights),
        made_at=clock.now(),
        valid_until=clock.now() + INVITATION_LASTS,
    )
    facts.append(
        "core.member.invited",
        subject=f"party:{party.pk}",
        data={"party": party.pk, "role": str(role), "invitation": invitation.pk},
    )
    mail.order("invitation", key=str(invitation.pk), invitation=invitation.pk)
    return invitation


def invitation_address(invitation: Invitation) -> str:
    """The path behind which an invitation is accepted."""
    return reverse("join", args=[links.token("invitation", {"invitation": invitation.pk})])


def invitation_of(token: str) -> Invitation:
    """The open invitation of a link.

    Raises:
        LinkNotValid, InvitationOver: there is none.
    """
    data = links.read("invitation", token, max_age=INVITATION_LASTS)
    found = _open_invitations().filter(pk=data["invitation"]).select_related("party").first()
    if found is None:
        raise InvitationOver
    return found


def _open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at__isnull=True, is_withdrawn=False, valid_until__gt=clock.now()
    )


@transaction.atomic
def join(invitation: Invitation, *, username: str, password: str) -> User:
    """Accept an invitation: a user with a password and the membership that was offered.

    Raises:
        NameTaken, WeakPassword, InvitationOver: nobody joined.
    """
    if User.objects.filter(username=username).exists():
        raise NameTaken(username=username)
    user = User(username=username, person=invitation.person, language=invitation.language)
    set_password(user, password)
    user.save()
    taken = _open_invitations().filter(pk=invitation.pk)
    if not taken.update(accepted_by=user, accepted_at=clock.now()):
        raise InvitationOver
    Membership.objects.create(
        user=user, party=invitation.party, role=invitation.role, rights=invitation.rights
    )
    facts.append(
        "core.member.joined",
        subject=f"party:{invitation.party_id}",
        data={
            "party": invitation.party_id,
            "role": invitation.role,
            "invitation": invitation.pk,
            "user": user.pk,
        },
    )
    return user


def set_password(user: User, password: str) -> None:
    """Give an unsaved or loaded user a password; save the user to keep it.

    Raises:
        WeakPassword: with every fault, in the reader's language.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(faults=" ".join(error.messages)) from None
    user.set_password(password)


@transaction.atomic
def end_membership(membership: Membership) -> None:
    """End a user's part at a party at once; its open pages answer 404 from now on.

    Raises:
        LastOfItsRole: nobody would be left.
    """
    others = Membership.objects.filter(
        party=membership.party_id, role=membership.role, is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise LastOfItsRole(party=str(membership.party), role=membership.role)
    Membership.objects.filter(pk=membership.pk).update(is_active=False)
    facts.append(
        "core.member.left",
        subject=f"party:{membership.party_id}",
        data={
            "party": membership.party_id,
            "role": membership.role,
            "user": membership.user_id,
        },
    )


def order_reset(email: str) -> None:
    """Send a reset link to a known address; an unknown one gets nothing, and nobody is told."""
    person = vault.find("email", email)
    user = User.objects.filter(person=person, is_active=True).first() if person else None
    if user is not None:
        minute = clock.now().strftime("%Y%m%d%H%M")
        mail.order("password-reset", key=f"{user.pk}/{minute}", user=user.pk)


def reset_token(user: User) -> str:
    """A token that ends with its first use: it carries a digest of the present password."""
    return links.token("reset", {"user": user.pk, "now": digest(user.password)[:16]})


@transaction.atomic
def reset(token: str, password: str) -> User:
    """Set a new password by a reset link.

    Raises:
        LinkNotValid, WeakPassword: the password stays.
    """
    data = links.read("reset", token, max_age=RESET_LASTS)
    user = User.objects.filter(pk=data["user"], is_active=True).first()
    if user is None or digest(user.password)[:16] != data["now"]:
        raise links.LinkNotValid
    set_password(user, password)
    user.save(update_fields=["password"])
    return user


def agreement_to_accept(pool: Pool, party: Party) -> Agreement | None:
    """The version in force that a party has not accepted yet. Two queries at most."""
    newest = (
        Agreement.objects.filter(pool=pool, in_force_from__lte=clock.today())
        .order_by("-version")
        .first()
    )
    if newest is None or Acceptance.objects.filter(agreement=newest, party=party).exists():
        return None
    return newest


@transaction.atomic
def accept(agreement: Agreement, *, party: Party, user: User) -> Acceptance:
    """Put on record that a party accepted a version; repeating it changes nothing."""
    sha256 = digest([agreement.text, agreement.text_zh])
    row, is_new = Acceptance.objects.get_or_create(
        agreement=agreement,
        party=party,
        defaults={"user": user, "text_sha256": sha256, "accepted_at": clock.now()},
    )
    if is_new:
        data: dict[str, Any] = {"agreement": agreement.pk, "party": party.pk}
        data |= {"user": user.pk, "text_sha256": sha256}
        facts.append("core.agreement.accepted", subject=f"party:{party.pk}", data=data)
    return row


@transaction.atomic
def choose_standing(party: Party, *, is_shown: bool, user: User, with_tier: bool = False) -> None:
    """Show a party's standing on the public record, its tier too if it says so, or neither."""
    wanted = {"is_shown": is_shown, "with_tier": is_shown and with_tier}
    newest = StandingChoice.objects.filter(party=party).order_by("-pk").first()
    if newest is not None and wanted.items() <= vars(newest).items():
        return
    StandingChoice.objects.create(party=party, user=user, chosen_at=clock.now(), **wanted)
    data = {"party": party.pk, "user": user.pk, **wanted}
    facts.append("core.standing.chosen", subject=f"party:{party.pk}", data=data)


def parties_on_record() -> dict[int, datetime]:
    """Parties that agreed to be on the public record today, and since when. Three queries.

    Each pool's newest version in force decides: it says that standing is shown, the party has
    accepted it, and has not taken its standing off since.
    """
    versions = Agreement.objects.filter(in_force_from__lte=clock.today()).order_by("version")
    newest = {version.pool_id: version for version in versions.defer("text", "text_zh")}
    showing = [version.pk for version in newest.values() if version.shows_standing]
    accepted = Acceptance.objects.filter(agreement__in=showing, party__is_active=True)
    since = dict(accepted.order_by("-accepted_at").values_list("party_id", "accepted_at"))
    chosen = StandingChoice.objects.filter(party__in=since).order_by("pk")
    last: dict[int, tuple[bool, datetime]] = {}
    for chooser, is_shown, at in chosen.values_list(*_CHOICE):
        if last.get(chooser, (None,))[0] != is_shown:
            last[chooser] = (is_shown, at)
    return {
        party: max(at, last.get(party, (True, at))[1])
        for party, at in since.items()
        if last.get(party, (True, at))[0]
    }


def parties_with_tier() -> set[int]:
    """Parties whose newest choice lets anyone read their tier. One query."""
    chosen = StandingChoice.objects.order_by("pk").values_list("party_id", "with_tier")
    return {party for party, with_tier in dict(chosen).items() if with_tier}


def _absolute(path: str) -> str:
    scheme = "https" if settings.IS_HTTPS else "http"
    return f"{scheme}://{settings.PUBLIC_HOST}{path}"


def _language_of_invitation(ids: dict[str, Any]) -> str:
    return Invitation.objects.values_list("language", flat=True).get(pk=ids["invitation"])


@mail.writes("invitation", language=_language_of_invitation)
def _write_invitation(ids: dict[str, Any]) -> Letter | None:
    invitation = _open_invitations().filter(pk=ids["invitation"]).first()
    if invitation is None:
        return None
    text = _(
        "{party} invites you to its place in the bonded pool.\n\n"
        "Open this address within 14 days and choose a user name and a password:\n{address}\n"
    ).format(party=invitation.party.name, address=_absolute(invitation_address(invitation)))
    return Letter(invitation.person, _("Your invitation to Bondpool"), text)


def _language_of_user(ids: dict[str, Any]) -> str:
    return User.objects.values_list("language", flat=True).get(pk=ids["user"])


@mail.writes("password-reset", language=_language_of_user)
def _write_reset(ids: dict[str, Any]) -> Letter | None:
    user = User.objects.select_related("person").get(pk=ids["user"])
    if user.person is None:
        return None
    text = _(
        "Someone asked for a new password for {username}. If it was you, open this address "
        "within two hours:\n{address}\n\nIf not, nothing needs to be done.\n"
    ).format(
        username=user.username,
        address=_absolute(reverse("new-password", args=[reset_token(user)])),
    )
    return Letter(user.person, _("A new password for Bondpool"), text)
