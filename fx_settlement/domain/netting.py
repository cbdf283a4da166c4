"""What one supplier is owed after credit notes, in one payment instead of many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Refusal


class NettingPolicy(StrEnum):
    """What may be set off against what on a bank account."""

    NONE = "none"
    BILATERAL = "bilateral"
    MULTILATERAL = "multilateral"


class NettingNotAllowed(Refusal):
    """Raised when positions of many parties would be netted where nobody allowed it."""

    code = "netting-not-allowed"
    reason = "Multilateral netting is not allowed on this account (it allows: {policy})."
    remedy = "Pay each supplier in full, or record the bank's word that allows netting."


@dataclass(frozen=True)
class Due:
    """One open obligation: an invoice is positive, a credit note negative.

    ``is_bought``: its currency was bought before, and waits.
    """

    obligation: int
    importer: int
    supplier: int
    currency: str
    amount_minor: int
    is_bought: bool = False


@dataclass(frozen=True)
class NetPayment:
    """One wire to one supplier, and the obligations it settles."""

    supplier: int
    currency: str
    amount_minor: int
    dues: tuple[Due, ...]


@dataclass(frozen=True)
class Netting:
    """Payments to make now, and what waits because a supplier owes as much as it is owed."""

    payments: tuple[NetPayment, ...]
    carried: tuple[Due, ...]


def net(dues: Iterable[Due], policy: NettingPolicy = NettingPolicy.BILATERAL) -> Netting:
    """One payment per supplier and currency, credit notes set off against its invoices.

    A group whose net is zero or below is carried forward whole: a payment is never negative.
    Without a policy of setting off, credit notes wait. The order of ``dues`` does not matter.
    """
    groups: dict[tuple[int, str], list[Due]] = defaultdict(list)
    waiting: list[Due] = []
    for due in sorted(dues, key=lambda due: due.obligation):
        sets_off = due.amount_minor > 0 or policy is not NettingPolicy.NONE
        (groups[due.supplier, due.currency] if sets_off else waiting).append(due)
    payments = []
    for (supplier, currency), group in sorted(groups.items()):
        amount = sum(due.amount_minor for due in group)
        if amount > 0:
            payments.append(NetPayment(supplier, currency, amount, tuple(group)))
        else:
            waiting.extend(group)
    return Netting(tuple(payments), tuple(waiting))


def to_buy(netting: Netting) -> int:
    """Foreign minor units that its payments need beyond what was bought before; may be negative."""
    dues = (due for payment in netting.payments for due in payment.dues)
    return sum(due.amount_minor for due in dues if not due.is_bought)


def net_to_pay(dues: Iterable[Due], policy: NettingPolicy) -> Netting:
    """As :func:`net`, but credit notes wait where they would leave bought currency unused."""
    given = list(dues)
    netting = net(given, policy)
    if to_buy(netting) >= 0:
        return netting
    kept = [due for due in given if due.is_bought or due.amount_minor > 0]
    left = [due for due in given if not due.is_bought and due.amount_minor <= 0]
    paid = net(kept, policy)
    return Netting(paid.payments, (*paid.carried, *left))


@dataclass(frozen=True)
class Flow:
    """What one party owes another, in minor units of one currency."""

    payer: int
    payee: int
    amount_minor: int


def net_positions(flows: Iterable[Flow], policy: NettingPolicy) -> dict[int, int]:
    """What each party is paid (positive) or pays (negative) once all is netted; adds up to zero.

    Raises:
        NettingNotAllowed: the account's policy does not allow it.
    """
    if policy is not NettingPolicy.MULTILATERAL:
        raise NettingNotAllowed(policy=policy.value)
    positions: dict[int, int] = defaultdict(int)
    for flow in flows:
        positions[flow.payer] -= flow.amount_minor
        positions[flow.payee] += flow.amount_minor
    return dict(positions)


def settle_positions(positions: Mapping[int, int]) -> list[Flow]:
    """Payments that clear net positions, at most one fewer than there are parties.

    The largest payer pays the largest payee first; equals go by party.
    """
    owing = sorted((minor, party) for party, minor in positions.items() if minor < 0)
    due = sorted((-minor, party) for party, minor in positions.items() if minor > 0)
    flows, i, j = [], 0, 0
    owed, wanted = [-minor for minor, _ in owing], [-minor for minor, _ in due]
    while i < len(owing) and j < len(due):
        paid = min(owed[i], wanted[j])
        flows.append(Flow(owing[i][1], due[j][1], paid))
        owed[i] -= paid
        wanted[j] -= paid
        i, j = i + (not owed[i]), j + (not wanted[j])
    return flows


def net_by_importer(dues: Iterable[Due]) -> dict[int, int]:
    """What each importer owes in all, its credit notes taken off; may be negative."""
    owed: dict[int, int] = defaultdict(int)
    for due in dues:
        owed[due.importer] += due.amount_minor
    return dict(owed)
