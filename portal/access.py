"""What each role may do on the pages that look across stages."""

from core import access
from core.models import Right, Role

access.register(
    {
        "portal.home": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "portal.notices": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "portal.account": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "portal.members": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "portal.agreement": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "portal.standing": {Role.IMPORTER},
        "portal.shop": {Role.IMPORTER},
        "portal.parties": {Role.OPERATOR},
        "portal.saving": {Role.IMPORTER},
        "portal.cover": {Role.IMPORTER},
        "portal.exit": {Role.IMPORTER, Role.OPERATOR},
        "portal.books": {Role.OPERATOR},
        "portal.jobs": {Role.OPERATOR},
    },
    needs={
        "portal.shop": Right.MANAGE,
        "portal.members": Right.MANAGE,
        "portal.agreement": Right.MANAGE,
        "portal.standing": Right.MANAGE,
        "portal.parties": Right.MANAGE,
        "portal.jobs": Right.MANAGE,
    },
)
