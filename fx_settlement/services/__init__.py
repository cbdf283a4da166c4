"""What paying and charging do: the commands that later stages, pages and tasks may give."""

from fx_settlement.services.accounts import (
    BadAccount,
    NoPoolAccount,
    NoSupplierAccount,
    SamePersonConfirms,
    add_bank_account,
    add_supplier_account,
    confirm_supplier_account,
    pool_account,
)
from fx_settlement.services.approving import approve
from fx_settlement.services.batches import (
    CurrencyMayNotBeHeld,
    open_batch,
    tell_missing,
    void,
)
from fx_settlement.services.charges import (
    charge_storage,
    charges_needed,
    share_charges,
    storage_needed,
)
from fx_settlement.services.converting import convert, quote
from fx_settlement.services.fees import load_fee_rows
from fx_settlement.services.funding import fund, fund_shortfalls, shortfalls
from fx_settlement.services.instructing import (
    AlreadyPaid,
    NotInstructedYet,
    Verdict,
    accept,
    instruct,
    payment_file,
    payment_file_of,
    record_verdicts,
)
from fx_settlement.services.locking import deposits_needed, lock, suppliers_due
from fx_settlement.services.obligations import NotAllocatedYet, raise_obligations
from fx_settlement.services.settling import (
    BooksDoNotClose,
    allocate,
    close,
    settle,
    settle_payments,
)
from fx_settlement.services.statements import (
    charge_operator_fee,
    operator_fees,
    pool_summary,
    statement,
    statements,
    unallocated_minor,
)
from fx_settlement.services.stepping import steps_of
from fx_settlement.services.steps import take_step

__all__ = [
    "AlreadyPaid",
    "BadAccount",
    "BooksDoNotClose",
    "CurrencyMayNotBeHeld",
    "NoPoolAccount",
    "NoSupplierAccount",
    "NotAllocatedYet",
    "NotInstructedYet",
    "SamePersonConfirms",
    "Verdict",
    "accept",
    "add_bank_account",
    "add_supplier_account",
    "allocate",
    "approve",
    "charge_operator_fee",
    "charge_storage",
    "charges_needed",
    "close",
    "confirm_supplier_account",
    "convert",
    "deposits_needed",
    "fund",
    "fund_shortfalls",
    "instruct",
    "load_fee_rows",
    "lock",
    "open_batch",
    "operator_fees",
    "payment_file",
    "payment_file_of",
    "pool_account",
    "pool_summary",
    "quote",
    "raise_obligations",
    "record_verdicts",
    "settle",
    "settle_payments",
    "share_charges",
    "shortfalls",
    "statement",
    "statements",
    "steps_of",
    "storage_needed",
    "suppliers_due",
    "take_step",
    "tell_missing",
    "unallocated_minor",
    "void",
]
