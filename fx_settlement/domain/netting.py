"""What one supplier is owed after credit notes, in one payment instead of many."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Due:
    """One open obligation: an invoice is positive, a credit note negative."""

    obligation: int
    importer: int
    supplier: int
    currency: str
    amount_minor: int


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


def net(dues: Iterable[Due]) -> Netting:
    """One payment per supplier and currency, credit notes set off against its invoices.

    A group whose net is zero or below is carried forward whole: a payment is never negative.
    The order of ``dues`` does not matter.
    """
    groups: dict[tuple[int, str], list[Due]] = defaultdict(list)
    for due in sorted(dues, key=lambda due: due.obligation):
        groups[due.supplier, due.currency].append(due)
    payments, carried = [], []
    for (supplier, currency), group in sorted(groups.items()):
        amount = sum(due.amount_minor for due in group)
        if amount > 0:
            payments.append(NetPayment(supplier, currency, amount, tuple(group)))
        else:
            carried.extend(group)
    return Netting(tuple(payments), tuple(carried))


def net_by_importer(dues: Iterable[Due]) -> dict[int, int]:
    """What each importer owes in all, its credit notes taken off; may be negative."""
    owed: dict[int, int] = defaultdict(int)
    for due in dues:
        owed[due.importer] += due.amount_minor
    return dict(owed)
