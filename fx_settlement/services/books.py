"""The accounts and keys with which this stage writes into the ledger."""

from collections.abc import Iterable

from core import ledger
from core.domain.chart import AccountCode, TransferCode
from core.ledger import TransferSpec
from core.models import Account, Party, Pool
from fx_settlement.models import SettlementBatch

HOME = "CNY"


def escrow(importer: Party, pool: Pool) -> Account:
    """What an importer has paid in to a pool and not yet spent; never below zero."""
    return ledger.account(AccountCode.ESCROW, HOME, importer, of_pool(pool))


def escrows(importer_ids: Iterable[int], pool: Pool) -> dict[int, Account]:
    """The escrows of many importers."""
    return ledger.accounts_of(AccountCode.ESCROW, HOME, importer_ids, of_pool(pool))


def bank(currency: str) -> Account:
    """The pool's money at its bank."""
    return ledger.account(AccountCode.BANK, currency)


def bank_fees() -> Account:
    """Fees the bank has taken and the importers have not yet borne; zero between batches."""
    return ledger.account(AccountCode.BANK_FEES, HOME)


def supplier_payable(supplier: Party, currency: str) -> Account:
    """What is owed to a supplier."""
    return ledger.account(AccountCode.SUPPLIER_PAYABLE, currency, supplier)


def importer_due(importer: Party, currency: str) -> Account:
    """What an importer has yet to pay of the suppliers' invoices."""
    return ledger.account(AccountCode.IMPORTER_DUE, currency, importer)


def importers_due(importer_ids: Iterable[int], currency: str) -> dict[int, Account]:
    """What each of many importers has yet to pay of the suppliers' invoices."""
    return ledger.accounts_of(AccountCode.IMPORTER_DUE, currency, importer_ids)


def late_dues(importer_ids: Iterable[int], late_charge_id: int) -> dict[int, Account]:
    """What each of many importers has yet to pay of a charge that came late."""
    subject = f"late:{late_charge_id}"
    return ledger.accounts_of(AccountCode.IMPORTER_DUE, HOME, importer_ids, subject)


def position(batch: SettlementBatch, currency: str) -> Account:
    """One side of a batch's exchange; both sides are zero when it closes."""
    return ledger.account(AccountCode.FX_POSITION, currency, None, f"batch:{batch.pk}")


def held_currency(pool: Pool, currency: str) -> Account:
    """Currency that a pool has bought and no batch has paid out yet."""
    return ledger.account(AccountCode.FX_POSITION, currency, None, f"held:{pool.pk}")


def service_payable(pool: Pool) -> Account:
    """What a pool owes carriers, agents and warehouses."""
    return ledger.account(AccountCode.SERVICE_PAYABLE, HOME, None, of_pool(pool))


def operator_income(pool: Pool) -> Account:
    """What the operator earned from a pool."""
    return ledger.account(AccountCode.OPERATOR_INCOME, HOME, pool.operator, of_pool(pool))


def of_pool(pool: Pool) -> str:
    """The subject under which a pool's accounts are kept."""
    return f"pool:{pool.pk}"


def move(
    key: str, *, debit: Account, credit: Account, amount_minor: int, code: TransferCode
) -> Iterable[TransferSpec]:
    """The transfer of a signed amount: below zero it goes the other way, of zero there is none."""
    if amount_minor < 0:
        debit, credit, amount_minor = credit, debit, -amount_minor
    if amount_minor:
        yield TransferSpec(key, debit, credit, amount_minor, code)
