"""What the page of accounts shows."""

from dataclasses import dataclass

from django.db.models import QuerySet

from core.models import Party, Pool
from fx_settlement.models import BankAccount, SupplierAccount


@dataclass(frozen=True)
class BankAccountRow:
    """An account from which a pool pays."""

    pool: str
    currency: str
    bank: str
    number: str
    bic: str
    may_hold_currency: bool
    netting: str


@dataclass(frozen=True)
class SupplierAccountRow:
    """Where a supplier is paid, or wants to be."""

    account_id: int
    supplier: str
    currency: str
    number: str
    bic: str
    is_active: bool
    entered_by_id: int
    entered_by: str
    confirmed_by: str | None


def pools_led_by(operator: Party) -> list[tuple[int, str]]:
    """An operator's pools with their names. One query."""
    return list(Pool.objects.filter(operator=operator).order_by("-year").values_list("pk", "name"))


def supplier_choices() -> list[tuple[int, str]]:
    """Every supplier with its name. One query."""
    suppliers = Party.objects.filter(kind=Party.Kind.SUPPLIER, is_active=True)
    return list(suppliers.order_by("name").values_list("pk", "name"))


def bank_account_rows(operator: Party) -> list[BankAccountRow]:
    """The accounts from which an operator's pools pay, by currency. One query."""
    rows = BankAccount.objects.filter(pool__operator=operator, is_active=True)
    names = dict(BankAccount.Netting.choices)
    return [
        BankAccountRow(*row[:-1], netting=str(names[row[-1]]))
        for row in rows.order_by("-pool__year", "currency").values_list(
            "pool__name", "currency", "bank_name", "number", "bic", "may_hold_currency", "netting"
        )
    ]


def supplier_account_rows(operator: Party) -> list[SupplierAccountRow]:
    """Accounts in use and those that wait for a second person; the latter first. One query."""
    in_use = SupplierAccount.objects.filter(operator=operator, is_active=True)
    rows = in_use | accounts_to_confirm(operator)
    return [
        SupplierAccountRow(*row)
        for row in rows.order_by("is_active", "supplier__name", "currency", "pk").values_list(
            "pk",
            "supplier__name",
            "currency",
            "number",
            "bic",
            "is_active",
            "entered_by_id",
            "entered_by__username",
            "confirmed_by__username",
        )
    ]


def accounts_to_confirm(operator: Party) -> "QuerySet[SupplierAccount]":
    """An operator's accounts that nobody but who entered them has seen."""
    return SupplierAccount.objects.filter(operator=operator, confirmed_by__isnull=True)
