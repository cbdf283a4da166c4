"""The chart of accounts and the reasons for which money moves."""

from dataclasses import dataclass
from enum import StrEnum


class AccountCode(StrEnum):
    """What an account stands for. One account exists per code, currency, owner and subject."""

    BANK = "bank"
    ESCROW = "escrow"
    SUPPLIER_PAYABLE = "supplier-payable"
    IMPORTER_DUE = "importer-due"
    FX_POSITION = "fx-position"
    SERVICE_PAYABLE = "service-payable"
    BANK_FEES = "bank-fees"
    OPERATOR_INCOME = "operator-income"
    TAX_TRUST = "tax-trust"
    PLATFORM_CLEARING = "platform-clearing"
    GUARANTEE = "guarantee"
    FX_UNREALISED = "fx-unrealised"
    FX_REALISED = "fx-realised"
    FX_VALUATION = "fx-valuation"
    ROUNDING = "rounding"
    SUSPENSE = "suspense"
    EXPOSURE = "exposure"
    EXTERNAL = "external"


class TransferCode(StrEnum):
    """Why a transfer was made; statements are sums of transfers by this code."""

    FUNDING = "funding"
    GOODS = "goods"
    CREDIT_NOTE = "credit-note"
    FREIGHT = "freight"
    INSURANCE = "insurance"
    HANDLING = "handling"
    AGENCY = "agency"
    STORAGE = "storage"
    WIRE_FEE = "wire-fee"
    FX_CONVERSION = "fx-conversion"
    SUPPLIER_PAYMENT = "supplier-payment"
    OPERATOR_FEE = "operator-fee"
    CONSUMER_TAX = "consumer-tax"
    TAX_REMITTED = "tax-remitted"
    GUARANTEE_RESERVED = "guarantee-reserved"
    REFUND = "refund"
    COMMITMENT = "commitment"
    LIMIT = "limit"
    LIMIT_RESTORED = "limit-restored"
    SUSPENSE = "suspense"
    CLAIM = "claim"
    STOCK_SALE = "stock-sale"
    REVALUATION = "revaluation"
    REALISED_DIFFERENCE = "realised-difference"
    LATE_CHARGE = "late-charge"
    LATE_CHARGE_PAID = "late-charge-paid"


@dataclass(frozen=True)
class Flags:
    """What the database refuses for an account, pending transfers included."""

    debits_within_credits: bool = False
    credits_within_debits: bool = False


FLAGS: dict[AccountCode, Flags] = {
    AccountCode.ESCROW: Flags(debits_within_credits=True),
    AccountCode.TAX_TRUST: Flags(debits_within_credits=True),
    AccountCode.GUARANTEE: Flags(debits_within_credits=True),
    AccountCode.EXPOSURE: Flags(debits_within_credits=True),
}
"""Accounts that may not be overdrawn: what was not paid in, granted or collected cannot go out."""


def flags_of(code: AccountCode) -> Flags:
    """The flags with which accounts of a code are opened."""
    return FLAGS.get(code, Flags())
