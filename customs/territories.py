"""The customs territories in use, as the settings list them."""

from django.conf import settings

from core.models import Pool
from customs import jurisdictions
from customs.domain.jurisdiction import Jurisdiction

TERRITORIES = {
    territory.code: territory for territory in map(jurisdictions.named, settings.JURISDICTIONS)
}


def of(pool: Pool) -> Jurisdiction:
    """The territory of a pool: that of its port of entry."""
    return TERRITORIES[pool.port[:2].lower()]
