"""What each role may do on the pages that look across stages."""

from core import access
from core.models import Role

access.register(
    {
        "portal.home": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "portal.books": {Role.OPERATOR},
        "portal.jobs": {Role.OPERATOR},
    }
)
