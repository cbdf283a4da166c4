"""The ledger of an operator's pools, account by account."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, Sum

from core.domain.chart import AccountCode
from core.models import Account, Party, Pool

COMMON = (
    AccountCode.BANK, AccountCode.BANK_FEES, AccountCode.ROUNDING, AccountCode.PLATFORM_CLEARING,
)  # fmt: skip
"""Accounts that pools share; they are shown to whoever leads every pool."""


@dataclass(frozen=True)
class LedgerRow:
    """All accounts of one code and currency: credits less debits, and what of it is held."""

    code: str
    currency: str
    accounts: int
    debits_minor: int
    credits_minor: int
    held_minor: int

    @property
    def balance_minor(self) -> int:
        """Credits less debits."""
        return self.credits_minor - self.debits_minor

    @property
    def larger_minor(self) -> int:
        """By how much the larger side exceeds the other."""
        return abs(self.balance_minor)


def ledger_rows(operator: Party) -> list[LedgerRow]:
    """The accounts of an operator's pools and importers, by code and currency. Three queries."""
    pools = list(Pool.objects.filter(operator=operator).values_list("pk", flat=True))
    own = Q(owner=operator) | Q(subject__in=_subjects(pools))
    if not Pool.objects.exclude(operator=operator).exists():
        own |= Q(code__in=COMMON) | Q(code__in=[AccountCode.SUPPLIER_PAYABLE, *_OF_MEMBERS])
    rows = Account.objects.filter(own).order_by("code", "currency").values_list("code", "currency")
    sums = rows.annotate(
        n=Sum(1),
        debits=Sum("debits_posted"),
        credits=Sum("credits_posted"),
        held=Sum(F("debits_pending") + F("credits_pending")),
    )
    return [LedgerRow(*row) for row in sums]


_OF_MEMBERS = (
    AccountCode.IMPORTER_DUE, AccountCode.EXPOSURE, AccountCode.GUARANTEE, AccountCode.TAX_TRUST,
)  # fmt: skip


def _subjects(pools: Iterable[int]) -> list[str]:
    return [f"pool:{pk}" for pk in pools] + [f"held:{pk}" for pk in pools]
