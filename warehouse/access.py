"""Who may see and do what in the warehouse."""

from core import access
from core.models import Right, Role

access.register(
    {
        "warehouse.keeping.view": {Role.IMPORTER},
        "warehouse.costs.view": {Role.IMPORTER},
        "warehouse.overview.view": {Role.OPERATOR},
        "warehouse.charges.view": {Role.OPERATOR},
        "warehouse.stock.view": {Role.IMPORTER},
        "warehouse.lot.view": {Role.IMPORTER, Role.OPERATOR},
        "warehouse.receipt.view": {Role.OPERATOR},
        "warehouse.receipt.count": {Role.OPERATOR},
        "warehouse.receipt.allocate": {Role.OPERATOR},
        "warehouse.parcel.view": {Role.OPERATOR},
        "warehouse.parcel.send": {Role.OPERATOR},
        "warehouse.book.view": {Role.OPERATOR},
        "warehouse.rule.set": {Role.OPERATOR},
        "warehouse.paper.draw": {Role.OPERATOR},
        "warehouse.count.view": {Role.OPERATOR},
        "warehouse.count.plan": {Role.OPERATOR},
        "warehouse.count.enter": {Role.OPERATOR},
        "warehouse.count.approve": {Role.OPERATOR},
        "warehouse.return.handle": {Role.OPERATOR},
        "warehouse.release.view": {Role.IMPORTER},
        "warehouse.release.take_part": {Role.IMPORTER},
        "warehouse.release.lead": {Role.OPERATOR},
        "warehouse.scan.send": {Role.OPERATOR},
        "warehouse.claim.view": {Role.OPERATOR},
        "warehouse.claim.make": {Role.OPERATOR},
    },
    needs={
        "warehouse.receipt.count": Right.TRADE,
        "warehouse.receipt.allocate": Right.TRADE,
        "warehouse.parcel.send": Right.TRADE,
        "warehouse.release.take_part": Right.MONEY,
        "warehouse.release.lead": Right.TRADE,
        "warehouse.scan.send": Right.TRADE,
        "warehouse.claim.make": Right.TRADE,
        "warehouse.rule.set": Right.TRADE,
        "warehouse.paper.draw": Right.TRADE,
        "warehouse.count.plan": Right.TRADE,
        "warehouse.count.enter": Right.TRADE,
        "warehouse.count.approve": Right.MANAGE,
        "warehouse.return.handle": Right.TRADE,
    },
)
