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
from fx_settlement.services.bank_files import AnswerToNothing, receive_file
from fx_settlement.services.batches import (
    CurrencyMayNotBeHeld,
    open_batch,
    tell_missing,
    void,
)
from fx_settlement.services.charges import (
    charge_month,
    charge_storage,
    charges_needed,
    share_charges,
    storage_needed,
)
from fx_settlement.services.claims import follow_claim, receive_claim
from fx_settlement.services.closing import (
    MonthNotOver,
    MonthOutOfTurn,
    close_month,
    month_end,
    next_month,
)
from fx_settlement.services.converting import convert, quote
from fx_settlement.services.entries import DoesNotFit, ResolvedAlready, choices_for, resolve
from fx_settlement.services.fees import load_fee_rows
from fx_settlement.services.funding import fund, fund_shortfalls, shortfalls
from fx_settlement.services.gatekeeping import NotSetApart, dismiss, try_again
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
from fx_settlement.services.invoices import (
    BatchHasIt,
    InvoiceRecordedOtherwise,
    dispute,
    record_invoice,
    release,
)
from fx_settlement.services.locking import deposits_needed, lock, suppliers_due
from fx_settlement.services.obligations import (
    EntryNotedOtherwise,
    NotAllocatedYet,
    note_entry,
    raise_obligations,
)
from fx_settlement.services.rate_sources import ask_banks, sources
from fx_settlement.services.refunds import (
    AskerIsApprover,
    approve_refund,
    ask_refund,
    decline_refund,
    pay_refund,
)
from fx_settlement.services.requests import (
    NotOpenAnyMore,
    ask_for,
    ask_for_batch,
    cancel,
    in_arrears,
    mark_late,
    receive,
)
from fx_settlement.services.scenario import default_window, play_scenario, pool_to_replay
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
from fx_settlement.services.tiers import (
    AppealAnswered,
    AppealedAlready,
    NotTheNewestReview,
    answer_appeal,
    appeal,
    load_tier_terms,
    review,
    review_all,
)

__all__ = [
    "AlreadyPaid",
    "AnswerToNothing",
    "AppealAnswered",
    "AppealedAlready",
    "AskerIsApprover",
    "BadAccount",
    "BatchHasIt",
    "BooksDoNotClose",
    "CurrencyMayNotBeHeld",
    "DoesNotFit",
    "EntryNotedOtherwise",
    "InvoiceRecordedOtherwise",
    "MonthNotOver",
    "MonthOutOfTurn",
    "NoPoolAccount",
    "NoSupplierAccount",
    "NotAllocatedYet",
    "NotInstructedYet",
    "NotOpenAnyMore",
    "NotSetApart",
    "NotTheNewestReview",
    "ResolvedAlready",
    "SamePersonConfirms",
    "Verdict",
    "accept",
    "add_bank_account",
    "add_supplier_account",
    "allocate",
    "answer_appeal",
    "appeal",
    "approve",
    "approve_refund",
    "ask_banks",
    "ask_for",
    "ask_for_batch",
    "ask_refund",
    "cancel",
    "charge_month",
    "charge_operator_fee",
    "charge_storage",
    "charges_needed",
    "choices_for",
    "close",
    "close_month",
    "confirm_supplier_account",
    "convert",
    "decline_refund",
    "default_window",
    "deposits_needed",
    "dismiss",
    "dispute",
    "follow_claim",
    "fund",
    "fund_shortfalls",
    "in_arrears",
    "instruct",
    "load_fee_rows",
    "load_tier_terms",
    "lock",
    "mark_late",
    "month_end",
    "next_month",
    "note_entry",
    "open_batch",
    "operator_fees",
    "pay_refund",
    "payment_file",
    "payment_file_of",
    "play_scenario",
    "pool_account",
    "pool_summary",
    "pool_to_replay",
    "quote",
    "raise_obligations",
    "receive",
    "receive_claim",
    "receive_file",
    "record_invoice",
    "record_verdicts",
    "release",
    "resolve",
    "review",
    "review_all",
    "settle",
    "settle_payments",
    "share_charges",
    "shortfalls",
    "sources",
    "statement",
    "statements",
    "steps_of",
    "storage_needed",
    "suppliers_due",
    "take_step",
    "tell_missing",
    "try_again",
    "unallocated_minor",
    "void",
]
