"""Members of the parties: who acts for whom, who is invited, what is missing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from core import accounts, clock, onboarding
from core.domain.credit_code import credit_code
from core.domain.errors import Refusal
from core.models import Acceptance, Agreement, Invitation, Membership, Party, Right, Role, User
from core.onboarding import Check


class PartyCodeTaken(Refusal):
    """Raised when a new party's short code is in use."""

    code = "party-code-taken"
    reason = "The short code “{party_code}” belongs to another party."
    remedy = "Choose another short code."


@dataclass(frozen=True)
class MemberRow:
    """A member as the members page shows it; open invitations have no user name."""

    membership_id: int | None
    username: str
    mail: str
    rights: tuple[str, ...]
    invited_until: datetime | None = None


@dataclass(frozen=True)
class PartyRow:
    """A party with its onboarding checks."""

    name: str
    name_zh: str
    code: str
    kind: str
    users: int
    checks: tuple[Check, ...]

    @property
    def may_trade(self) -> bool:
        """Whether nothing is missing."""
        return onboarding.may_trade(self.checks)


@dataclass(frozen=True)
class AgreementRow:
    """A version of the agreement and when the reader's party accepted it."""

    agreement: Agreement
    accepted_at: datetime | None


def of_party(party_id: int) -> list[MemberRow]:
    """Members and open invitations of a party. Two queries."""
    active = Membership.objects.filter(party=party_id, is_active=True)
    rows = [
        MemberRow(m.pk, m.user.username, _mail(m.user), tuple(m.rights))
        for m in active.select_related("user__person").order_by("user__username")
    ]
    invited = Invitation.objects.filter(
        party=party_id, accepted_at=None, is_withdrawn=False, valid_until__gt=clock.now()
    ).select_related("person")
    return rows + [
        MemberRow(None, "", i.person.masked.get("email", ""), tuple(i.rights), i.valid_until)
        for i in invited.order_by("pk")
    ]


def _mail(user: User) -> str:
    return str(user.person.masked.get("email", "")) if user.person else ""


def invite_colleague(mine: Membership, wanted: dict[str, Any]) -> Invitation:
    """Invite someone to act for one's own party in one's own role."""
    return accounts.invite(
        party=mine.party,
        role=Role(mine.role),
        email=wanted["email"],
        by=mine.user,
        language=wanted["language"],
        rights=[Right(each) for each in wanted["rights"]],
    )


@transaction.atomic
def bring_in(wanted: dict[str, Any], *, by: User) -> Party:
    """Enter a new party and invite its first user, who may do everything for it.

    Raises:
        PartyCodeTaken, BadCreditCode: nothing was entered.
    """
    if Party.objects.filter(code=wanted["code"]).exists():
        raise PartyCodeTaken(party_code=wanted["code"])
    party = Party.objects.create(
        kind=wanted["role"],
        code=wanted["code"],
        name=wanted["name"],
        name_zh=wanted["name_zh"],
        country=wanted["country"].upper(),
        uscc=credit_code(wanted["uscc"]) if wanted["uscc"] else "",
        customs_code=wanted["customs_code"],
        joined_on=clock.today(),
    )
    accounts.invite(
        party=party,
        role=Role(wanted["role"]),
        email=wanted["email"],
        by=by,
        language=wanted["language"],
    )
    return party


def parties() -> list[PartyRow]:
    """Importers and brokers with their checks of today. Three queries, whatever their number."""
    found = Party.objects.filter(
        Q(kind=Party.Kind.IMPORTER) | Q(kind=Party.Kind.BROKER), is_active=True
    )
    today = clock.today()
    active = Count("memberships", filter=Q(memberships__is_active=True))
    rows = found.annotate(users=active).prefetch_related("proofs", "appointments")
    return [_row(party, today) for party in rows.order_by("kind", "name")]


def _row(party: Party, today: date) -> PartyRow:
    checks, users = tuple(onboarding.checks(party, today)), party.users  # type: ignore[attr-defined]
    return PartyRow(party.name, party.name_zh, party.code, party.kind, users, checks)


def agreements(party: Party) -> list[AgreementRow]:
    """Versions in force by today, newest first, with the party's acceptance. Two queries."""
    rows = Acceptance.objects.filter(party=party)
    accepted = dict(rows.values_list("agreement_id", "accepted_at"))
    versions = Agreement.objects.filter(in_force_from__lte=clock.today())
    return [
        AgreementRow(version, accepted.get(version.pk))
        for version in versions.select_related("pool").order_by("pool", "-version")
    ]
