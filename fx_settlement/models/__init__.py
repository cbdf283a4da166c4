"""What is owed to suppliers, how it is paid, and what everything cost each importer."""

from fx_settlement.models.accounts import BankAccount, SupplierAccount
from fx_settlement.models.bank import AccountStatement, BankEntry, BankMessage
from fx_settlement.models.batches import Conversion, Payment, Quote, SettlementBatch
from fx_settlement.models.claims import GrantedClaim
from fx_settlement.models.closing import ExchangeDifference
from fx_settlement.models.fees import ChargeShare, FeeInvoice, FeeRow
from fx_settlement.models.funding import FundingRequest, Refund
from fx_settlement.models.late_charges import LateCharge, LatePart
from fx_settlement.models.obligations import (
    EntryNumber,
    Obligation,
    PaymentLine,
    SupplierInvoice,
    SupplierInvoiceLine,
)
from fx_settlement.models.tiers import DeclarationCount, TierAppeal, TierReview, TierTerms

__all__ = [
    "AccountStatement",
    "BankAccount",
    "BankEntry",
    "BankMessage",
    "ChargeShare",
    "Conversion",
    "DeclarationCount",
    "EntryNumber",
    "ExchangeDifference",
    "FeeInvoice",
    "FeeRow",
    "FundingRequest",
    "GrantedClaim",
    "LateCharge",
    "LatePart",
    "Obligation",
    "Payment",
    "PaymentLine",
    "Quote",
    "Refund",
    "SettlementBatch",
    "SupplierAccount",
    "SupplierInvoice",
    "SupplierInvoiceLine",
    "TierAppeal",
    "TierReview",
    "TierTerms",
]
