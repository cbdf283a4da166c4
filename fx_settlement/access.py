"""Who may see and do what about payments and statements."""

from core import access
from core.models import Right, Role

access.register(
    {
        "settlement.statement.view": {Role.IMPORTER},
        "settlement.statement.print": {Role.IMPORTER},
        "settlement.statement.view_any": {Role.OPERATOR},
        "settlement.batch.view": {Role.OPERATOR},
        "settlement.batch.step": {Role.OPERATOR},
        "settlement.deposit.record": {Role.OPERATOR},
        "settlement.late_charge.view": {Role.OPERATOR},
        "settlement.late_charge.change": {Role.OPERATOR},
        "settlement.scenario.view": {Role.OPERATOR},
        "settlement.month.view": {Role.OPERATOR},
        "settlement.month.close": {Role.OPERATOR},
        "settlement.money.view": {Role.IMPORTER},
        "settlement.funding.view": {Role.OPERATOR},
        "settlement.funding.change": {Role.OPERATOR},
        "settlement.bank.view": {Role.OPERATOR},
        "settlement.bank.load": {Role.OPERATOR},
        "settlement.invoice.view": {Role.OPERATOR},
        "settlement.invoice.change": {Role.OPERATOR},
        "settlement.ledger.view": {Role.OPERATOR},
        "settlement.evidence.make": {Role.IMPORTER},
        "settlement.tier.view": {Role.IMPORTER},
        "settlement.tier.appeal": {Role.IMPORTER},
        "settlement.tier.view_any": {Role.OPERATOR},
        "settlement.tier.answer": {Role.OPERATOR},
        "settlement.account.view": {Role.OPERATOR},
        "settlement.account.change": {Role.OPERATOR},
    },
    needs={
        "settlement.month.close": Right.MONEY,
        "settlement.batch.step": Right.MONEY,
        "settlement.late_charge.change": Right.MONEY,
        "settlement.evidence.make": Right.MONEY,
        "settlement.tier.appeal": Right.MONEY,
        "settlement.tier.answer": Right.MONEY,
        "settlement.deposit.record": Right.MONEY,
        "settlement.account.change": Right.MONEY,
        "settlement.funding.change": Right.MONEY,
        "settlement.bank.load": Right.MONEY,
        "settlement.invoice.change": Right.MONEY,
    },
)
