"""What each role may do in plan and buy."""

from core import access
from core.models import Right, Role

access.register(
    {
        "imports.plan.see": {Role.IMPORTER},
        "imports.forecast.upload": {Role.IMPORTER},
        "imports.draft.edit": {Role.IMPORTER},
        "imports.commitment.change": {Role.IMPORTER},
        "imports.certificate.print": {Role.IMPORTER},
        "imports.rounds.see": {Role.OPERATOR},
        "imports.rounds.run": {Role.OPERATOR},
        "imports.orders.see": {Role.OPERATOR},
        "imports.charges.share": {Role.OPERATOR},
        "imports.products.see": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "imports.products.edit": {Role.OPERATOR},
        "imports.supply.see": {Role.OPERATOR},
        "imports.papers.read": {Role.OPERATOR, Role.BROKER},
        "imports.records.see": {Role.OPERATOR, Role.BROKER},
        "imports.records.decide": {Role.BROKER},
    },
    needs={
        "imports.forecast.upload": Right.PLAN,
        "imports.draft.edit": Right.PLAN,
        "imports.commitment.change": Right.PLAN,
        "imports.rounds.see": Right.PLAN,
        "imports.rounds.run": Right.PLAN,
        "imports.charges.share": Right.PLAN,
        "imports.products.edit": Right.PLAN,
        "imports.supply.see": Right.PLAN,
        "imports.records.decide": Right.TRADE,
    },
)
