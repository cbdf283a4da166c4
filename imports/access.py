"""What each role may do in plan and buy."""

from core import access
from core.models import Role

access.register(
    {
        "imports.plan.see": {Role.IMPORTER},
        "imports.forecast.upload": {Role.IMPORTER},
        "imports.rounds.see": {Role.OPERATOR},
        "imports.rounds.run": {Role.OPERATOR},
        "imports.orders.see": {Role.OPERATOR},
    }
)
