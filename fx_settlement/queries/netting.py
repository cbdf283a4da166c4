"""What netting makes of what is due now: by supplier, and among all parties where it is allowed."""

from dataclasses import dataclass

from core.domain.errors import Refusal
from core.models import Party
from fx_settlement.domain.netting import (
    Due,
    Flow,
    NettingPolicy,
    net,
    net_positions,
    settle_positions,
)
from fx_settlement.models import BankAccount, Obligation


@dataclass(frozen=True)
class PartyAmount:
    """A party by name and an amount in minor units: above zero it is paid, below it pays."""

    name: str
    amount_minor: int


@dataclass(frozen=True)
class NettingView:
    """One currency of a pool: what is due, one payment per supplier, and all positions netted.

    ``refused`` says why positions are not netted among all; then ``positions`` is empty.
    """

    pool: str
    currency: str
    policy: str
    reference: str
    documents: int
    gross_minor: int
    payments: tuple[PartyAmount, ...]
    carried: int
    positions: tuple[PartyAmount, ...]
    flows: int
    refused: Refusal | None

    @property
    def net_minor(self) -> int:
        """What leaves the bank by supplier."""
        return sum(each.amount_minor for each in self.payments)


def netting_views(operator: Party) -> list[NettingView]:
    """Every currency of an operator's pools in which something is due. Two queries a currency."""
    accounts = BankAccount.objects.filter(pool__operator=operator, is_active=True)
    views = [_view(row) for row in accounts.select_related("pool").order_by("pool_id", "currency")]
    return [view for view in views if view.documents]


def _view(account: BankAccount) -> NettingView:
    owed = Obligation.objects.filter(
        order__round__pool=account.pool_id,
        currency=account.currency,
        state=Obligation.State.OPEN,
    )
    rows = list(owed.values_list("pk", "importer_id", "supplier_id", "currency", "amount_minor"))
    names = dict(Party.objects.values_list("pk", "name"))
    policy = NettingPolicy(account.netting)
    netting = net([Due(*row) for row in rows], policy)
    positions, refused = _positions(rows, policy)
    return NettingView(
        pool=account.pool.name,
        currency=account.currency,
        policy=str(BankAccount.Netting(account.netting).label),
        reference=account.netting_reference,
        documents=len(rows),
        gross_minor=sum(abs(row[4]) for row in rows),
        payments=tuple(PartyAmount(names[p.supplier], p.amount_minor) for p in netting.payments),
        carried=len(netting.carried),
        positions=tuple(PartyAmount(names[who], minor) for who, minor in sorted(positions.items())),
        flows=len(settle_positions(positions)),
        refused=refused,
    )


def _positions(
    rows: list[tuple[int, int, int, str, int]], policy: NettingPolicy
) -> tuple[dict[int, int], Refusal | None]:
    flows = [
        Flow(importer, supplier, minor) if minor > 0 else Flow(supplier, importer, -minor)
        for _, importer, supplier, _, minor in rows
    ]
    try:
        return net_positions(flows, policy), None
    except Refusal as refusal:
        return {}, refusal
