"""What a party must show before it may trade in a pool, and until when it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from django.utils.translation import gettext_noop as _noop

from core import jobs, notices
from core.domain.credit_code import BadCreditCode, credit_code
from core.models.notice import Notice
from core.models.party import Appointment, Party
from core.models.proof import Proof

WARN_WITHIN = timedelta(days=60)

NEEDED: dict[str, tuple[str, ...]] = {
    Party.Kind.IMPORTER: (Proof.Kind.LICENCE, Proof.Kind.OVERSEAS_REGISTRATION),
    Party.Kind.BROKER: (Proof.Kind.LICENCE, Proof.Kind.CUSTOMS_REGISTRATION),
    Party.Kind.SUPPLIER: (),
}
"""Which papers a party of a kind must have on record."""


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    ``state`` is ``missing``, ``wrong``, ``expired``, ``expiring`` (within 60 days) or ``ok``.
    """

    what: str
    state: str
    valid_until: date | None = None

    @property
    def is_passed(self) -> bool:
        """Whether it stands in nobody's way today."""
        return self.state in ("ok", "expiring")


def checks(party: Party, on: date) -> list[Check]:
    """Every onboarding check of a party on a day. Two queries; none where both are prefetched."""
    found = [_registered(party)]
    if party.country == "CN":
        found.append(_licensed(party))
    newest: dict[str, Proof] = {}
    for proof in sorted(party.proofs.all(), key=attrgetter("valid_until")):
        newest[proof.kind] = proof
    found += [_proved(kind, newest.get(kind), on) for kind in NEEDED.get(party.kind, ())]
    if party.kind == Party.Kind.IMPORTER:
        found.append(_represented(party, on))
    return found


notices.register(
    "core.paper.expiring",
    notices.Kind(
        Notice.Level.DUE,
        _noop("Your {paper} holds until {until}."),
        _noop("Send the operator its successor in time: without it your party may not trade."),
        is_mailed=True,
    ),
)

jobs.daily.append("core.look_at_papers")

_PAPERS = {
    Proof.Kind.LICENCE.value: _noop("business licence"),
    Proof.Kind.OVERSEAS_REGISTRATION.value: _noop("registration outside China"),
    Proof.Kind.CUSTOMS_REGISTRATION.value: _noop("registration certificate"),
}


def tell_expiring(on: date) -> None:
    """Tell each member whose paper expires within 60 days, once per paper; settle the renewed."""
    members = Party.objects.filter(kind__in=NEEDED, is_active=True, proofs__isnull=False)
    for party in members.distinct().order_by("pk"):
        for check in checks(party, on):
            if check.what in _PAPERS:
                _tell_of(party, check)


def _tell_of(party: Party, check: Check) -> None:
    about = f"core.paper/{party.pk}/{check.what}/"
    if check.state == "ok":
        notices.settle_all(about)
    elif check.valid_until:
        notices.tell(
            party,
            "core.paper.expiring",
            key=f"{about}{check.valid_until.isoformat()}",
            params={
                "paper": notices.word(_PAPERS[check.what]),
                "until": notices.day(check.valid_until),
            },
            due_on=check.valid_until,
        )


def may_trade(results: Sequence[Check]) -> bool:
    """Whether all checks are passed."""
    return all(check.is_passed for check in results)


def _registered(party: Party) -> Check:
    return Check("customs_code", "ok" if party.customs_code else "missing")


def _licensed(party: Party) -> Check:
    """A Chinese legal person's credit code, whose last character proves the others."""
    if not party.uscc:
        return Check("credit_code", "missing")
    try:
        credit_code(party.uscc)
    except BadCreditCode:
        return Check("credit_code", "wrong")
    return Check("credit_code", "ok")


def _proved(kind: str, proof: Proof | None, on: date) -> Check:
    if proof is None:
        return Check(kind, "missing")
    if proof.valid_until < on:
        return Check(kind, "expired", proof.valid_until)
    state = "expiring" if proof.valid_until <= on + WARN_WITHIN else "ok"
    return Check(kind, state, proof.valid_until)


def _represented(party: Party, on: date) -> Check:
    agents = [
        each
        for each in party.appointments.all()
        if each.kind == Appointment.Kind.DOMESTIC_AGENT and each.is_in_force(on)
    ]
    if not agents:
        return Check("domestic_agent", "missing")
    return Check("domestic_agent", "ok", max(agents, key=attrgetter("valid_from")).valid_before)
