"""What the books show that the pool cost: reads of the ledger and of movements."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q, QuerySet, Sum

from core import tenancy
from core.domain.chart import AccountCode, TransferCode
from core.models import Account, Party, Pool, Transfer
from fx_settlement.domain.statement import Component
from fx_settlement.queries.late_charges import late_subjects

COMPONENT_OF = {
    TransferCode.GOODS: Component.GOODS,
    TransferCode.FREIGHT: Component.FREIGHT,
    TransferCode.INSURANCE: Component.INSURANCE,
    TransferCode.CLAIM: Component.INSURANCE,
    TransferCode.HANDLING: Component.HANDLING,
    TransferCode.AGENCY: Component.AGENCY,
    TransferCode.STORAGE: Component.STORAGE,
    TransferCode.FX_CONVERSION: Component.CURRENCY,
    TransferCode.WIRE_FEE: Component.CURRENCY,
    TransferCode.OPERATOR_FEE: Component.OPERATOR_FEE,
    TransferCode.LATE_CHARGE: Component.LATE_CHARGES,
}
"""What an importer's account was debited for, by the line of its statement."""


def accounts_of(importer: Party, pools: Sequence[Pool]) -> "QuerySet[Account]":
    """Where a statement finds its transfers: what was paid in, and what is due of late charges."""
    subjects = [f"pool:{pool.pk}" for pool in pools]
    return Account.objects.filter(
        Q(code=AccountCode.ESCROW, subject__in=subjects)
        | Q(code=AccountCode.IMPORTER_DUE, subject__in=late_subjects(pools)),
        owner_id=importer.pk,
    )


def years_of(importer: Party) -> list[int]:
    """The years in which an importer has an account in a pool, newest first. Two queries."""
    accounts = Account.objects.filter(code=AccountCode.ESCROW, owner_id=importer.pk)
    subjects = set(accounts.values_list("subject", flat=True))
    pools = Pool.objects.values_list("pk", "year")
    return sorted({year for pk, year in pools if f"pool:{pk}" in subjects}, reverse=True)


def pools_of(importer: Party, year: int) -> list[Pool]:
    """The pools of a year in which an importer has an account, if it is in view. Two queries.

    Raises:
        NobodyInView: outside of any scope.
    """
    scope = tenancy.scope()
    if scope is None:
        raise tenancy.NobodyInView
    if scope.importer_id not in (None, importer.pk):
        return []
    accounts = Account.objects.filter(code=AccountCode.ESCROW, owner_id=importer.pk)
    subjects = set(accounts.values_list("subject", flat=True))
    pools = Pool.objects.filter(year=year).select_related("operator").order_by("pk")
    return [pool for pool in pools if f"pool:{pool.pk}" in subjects]


def importers_of(pool: Pool) -> list[Party]:
    """Everybody who has an account in a pool, by code. Two queries."""
    owners = Account.objects.filter(code=AccountCode.ESCROW, subject=f"pool:{pool.pk}")
    return list(Party.objects.filter(pk__in=owners.values("owner_id")).order_by("code"))


def pooled_minor(importer: Party, pools: Sequence[Pool]) -> Counter[Component]:
    """What the ledger shows that an importer paid in pools, by component, in fen. 3 queries."""
    accounts = accounts_of(importer, pools)
    done = Transfer.objects.filter(kind__in=["single", "post"])
    paid: Counter[Component] = Counter()
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = done.filter(**{f"{side}__in": accounts}).values_list("code")
        for code, minor in rows.annotate(minor=Sum("amount_minor")).order_by("code"):
            if code in COMPONENT_OF:
                paid[COMPONENT_OF[TransferCode(code)]] += sign * minor
    return paid
