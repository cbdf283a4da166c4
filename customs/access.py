"""Who may see and do what with orders and declarations."""

from core import access
from core.models import Right, Role

access.register(
    {
        "customs.order.view": {Role.IMPORTER},
        "customs.order.upload": {Role.IMPORTER},
        "customs.batch.view": {Role.BROKER, Role.OPERATOR},
        "customs.batch.download": {Role.BROKER, Role.OPERATOR},
        "customs.batch.simulate": {Role.BROKER, Role.OPERATOR},
        "customs.receipts.upload": {Role.BROKER, Role.OPERATOR},
        "customs.batch.declare": {Role.BROKER, Role.OPERATOR},
        "customs.entry.view": {Role.BROKER, Role.OPERATOR},
        "customs.entry.accept": {Role.BROKER, Role.OPERATOR},
        "customs.shortage.tax": {Role.OPERATOR},
        "customs.paper.view": {Role.BROKER, Role.OPERATOR},
        "customs.paper.press": {Role.BROKER, Role.OPERATOR},
        "customs.guard.view": {Role.BROKER, Role.OPERATOR},
        "customs.guard.judge": {Role.BROKER, Role.OPERATOR},
        "customs.inspection.grant": {Role.OPERATOR},
        "customs.times.view": {Role.BROKER, Role.OPERATOR},
        "customs.correction.view": {Role.BROKER, Role.OPERATOR},
        "customs.correction.ask": {Role.BROKER, Role.OPERATOR},
        "customs.zone.view": {Role.BROKER, Role.OPERATOR},
        "customs.zone.write": {Role.BROKER, Role.OPERATOR},
    },
    needs={
        "customs.zone.write": Right.TRADE,
        "customs.order.upload": Right.TRADE,
        "customs.receipts.upload": Right.TRADE,
        "customs.batch.declare": Right.TRADE,
        "customs.batch.simulate": Right.TRADE,
        "customs.entry.accept": Right.TRADE,
        "customs.shortage.tax": Right.TRADE,
        "customs.paper.press": Right.TRADE,
        "customs.correction.ask": Right.TRADE,
        "customs.guard.judge": Right.TRADE,
        "customs.inspection.grant": Right.MANAGE,
    },
)
