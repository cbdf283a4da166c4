"""What is owed to suppliers, how it is paid, and what everything cost each importer."""

from fx_settlement.models.accounts import BankAccount, SupplierAccount
from fx_settlement.models.batches import Conversion, Payment, Quote, SettlementBatch
from fx_settlement.models.fees import ChargeShare, FeeRow
from fx_settlement.models.obligations import Obligation, PaymentLine

__all__ = [
    "BankAccount",
    "ChargeShare",
    "Conversion",
    "FeeRow",
    "Obligation",
    "Payment",
    "PaymentLine",
    "Quote",
    "SettlementBatch",
    "SupplierAccount",
]
