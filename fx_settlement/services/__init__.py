"""What paying and charging do: the commands that later stages, pages and tasks may give."""

from fx_settlement.services.approving import approve
from fx_settlement.services.batches import (
    deposits_needed,
    lock,
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
from fx_settlement.services.obligations import NotAllocatedYet, raise_obligations
from fx_settlement.services.settling import BooksDoNotClose, allocate, close, settle
from fx_settlement.services.statements import (
    charge_operator_fee,
    operator_fees,
    pool_summary,
    statement,
    statements,
    unallocated_minor,
)
from fx_settlement.services.steps import take_step

__all__ = [
    "BooksDoNotClose",
    "NotAllocatedYet",
    "allocate",
    "approve",
    "charge_operator_fee",
    "charge_storage",
    "charges_needed",
    "close",
    "convert",
    "deposits_needed",
    "fund",
    "fund_shortfalls",
    "load_fee_rows",
    "lock",
    "open_batch",
    "operator_fees",
    "pool_summary",
    "quote",
    "raise_obligations",
    "settle",
    "share_charges",
    "shortfalls",
    "statement",
    "statements",
    "storage_needed",
    "take_step",
    "tell_missing",
    "unallocated_minor",
    "void",
]
