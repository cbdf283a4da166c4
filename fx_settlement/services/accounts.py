"""Where money goes: the pool's own accounts, and suppliers' accounts under four eyes."""

from collections.abc import Iterable

from django.db import transaction

from core import clock, facts
from core.domain.errors import Phrase, Refusal
from core.models import Party, Pool, User
from fx_settlement.domain.check_digits import good_bic, good_iban, looks_like_iban
from fx_settlement.models import BankAccount, SupplierAccount


class BadAccount(Refusal):
    """Raised for an account number or a bank's code that cannot be right."""

    code = "bad-bank-account"
    reason = "“{value}” is no {what}."
    remedy = "Copy the account from the supplier's own paper, and call it on a known number."


class NoPoolAccount(Refusal):
    """Raised when a pool has no account in a currency to pay from."""

    code = "no-pool-account"
    reason = "The pool has no account in {currency} to pay from."
    remedy = "Enter the pool's account under Payments, Accounts."


class NoSupplierAccount(Refusal):
    """Raised when a supplier has no confirmed account in the currency it is to be paid in."""

    code = "no-supplier-account"
    reason = "No confirmed account in {currency} is known for {suppliers}."
    remedy = "Enter the account under Payments, Accounts, and let a second person confirm it."


class SamePersonConfirms(Refusal):
    """Raised when an account would be confirmed by the one who entered it."""

    code = "same-person-confirms"
    reason = "The account was entered by the same person who now confirms it."
    remedy = "Ask a second person to compare it with the supplier's own paper."


def _checked(number: str, bic: str) -> tuple[str, str]:
    number, bic = number.replace(" ", "").upper(), bic.replace(" ", "").upper()
    if looks_like_iban(number) and not good_iban(number):
        raise BadAccount(value=number, what=Phrase("IBAN: its length or check digits are wrong"))
    if not number.isascii() or not number.isalnum() or not 4 <= len(number) <= 34:
        raise BadAccount(value=number, what=Phrase("account number of 4 to 34 letters and digits"))
    if not good_bic(bic):
        raise BadAccount(value=bic, what=Phrase("BIC of 8 or 11 characters"))
    return number, bic


@transaction.atomic
def add_bank_account(
    pool: Pool, currency: str, *, number: str, bic: str, bank_name: str, **allowed: object
) -> BankAccount:
    """The account from which a pool pays a currency from now on; an earlier one is retired.

    ``allowed`` are what the bank permits: holding currency, netting and its reference, the
    cut-off, and to whom and under which code payments are reported.

    Raises:
        BadAccount: number or BIC cannot be right.
    """
    number, bic = _checked(number, bic)
    BankAccount.objects.filter(pool=pool, currency=currency, is_active=True).update(is_active=False)
    made = BankAccount.objects.create(
        pool=pool, currency=currency, number=number, bic=bic, bank_name=bank_name, **allowed
    )
    data = {"account": made.pk, "pool": pool.pk, "currency": currency}
    facts.append("fx.account.opened", subject=f"pool:{pool.pk}", data=data)
    return made


@transaction.atomic
def add_supplier_account(
    operator: Party, supplier: Party, currency: str, *, number: str, bic: str, by: User
) -> SupplierAccount:
    """Enter where a supplier wants to be paid; nothing is paid there until somebody confirms it.

    Raises:
        BadAccount: number or BIC cannot be right.
    """
    number, bic = _checked(number, bic)
    made = SupplierAccount.objects.create(
        operator=operator,
        supplier=supplier,
        currency=currency,
        number=number,
        bic=bic,
        entered_by=by,
        entered_at=clock.now(),
    )
    data = {"account": made.pk, "supplier": supplier.pk, "currency": currency}
    facts.append("fx.supplier_account.entered", subject=f"party:{supplier.pk}", data=data)
    return made


@transaction.atomic
def confirm_supplier_account(account: SupplierAccount, *, by: User) -> SupplierAccount:
    """A second person's word that an account is the supplier's; it replaces the one in use.

    Batches that are locked keep the account they were locked with.

    Raises:
        SamePersonConfirms: the same person entered it.
    """
    account.refresh_from_db(from_queryset=SupplierAccount.objects.select_for_update())
    if account.confirmed_by_id is not None:
        return account
    if account.entered_by_id == by.pk:
        raise SamePersonConfirms
    same = SupplierAccount.objects.filter(
        operator=account.operator_id, supplier=account.supplier_id, currency=account.currency
    )
    same.filter(is_active=True).update(is_active=False)
    same.filter(pk=account.pk, confirmed_by__isnull=True).update(
        confirmed_by=by, confirmed_at=clock.now(), is_active=True
    )
    account.refresh_from_db()
    data = {"account": account.pk, "supplier": account.supplier_id, "currency": account.currency}
    facts.append("fx.supplier_account.confirmed", subject=f"party:{account.supplier_id}", data=data)
    return account


def pool_account(pool: Pool, currency: str) -> BankAccount:
    """The account from which a pool pays a currency.

    Raises:
        NoPoolAccount: there is none.
    """
    found = BankAccount.objects.filter(pool=pool, currency=currency, is_active=True).first()
    if found is None:
        raise NoPoolAccount(currency=currency)
    return found


def supplier_accounts(
    operator_id: int, supplier_ids: Iterable[int], currency: str
) -> dict[int, SupplierAccount]:
    """An operator's confirmed accounts by supplier. One query.

    Raises:
        NoSupplierAccount: one of the suppliers has none.
    """
    wanted = set(supplier_ids)
    rows = SupplierAccount.objects.filter(
        operator=operator_id, supplier_id__in=wanted, currency=currency, is_active=True
    )
    found = {row.supplier_id: row for row in rows}
    if missing := wanted - found.keys():
        names = Party.objects.filter(pk__in=missing).order_by("name").values_list("name", flat=True)
        raise NoSupplierAccount(currency=currency, suppliers=", ".join(names))
    return found
