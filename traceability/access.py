"""Actions of the prove stage."""

from core import access
from core.models.party import Role

access.register(
    {
        "traceability.labels.print": {Role.OPERATOR},
    }
)
