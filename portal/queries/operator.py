"""The operator's pool at a glance."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from core.models import Party, Pool
from imports.models import Consignment, ForecastLine
from warehouse.domain.stock import INSIDE
from warehouse.models import Holding


@dataclass(frozen=True)
class Figures:
    """The pool at a glance."""

    planning_importers: int
    at_sea: int
    stored_units: int
    owners: int


def pool_in_view(operator: Party) -> Pool | None:
    """The operator's newest pool. One query."""
    return Pool.objects.filter(operator_id=operator.pk).order_by("-year", "-pk").first()


def figures(pool: Pool) -> Figures:
    """Importers with a plan, consignments under way, units in the warehouse. Three queries."""
    planning = ForecastLine.objects.filter(year=pool.year, version_before__isnull=True)
    stored = Holding.objects.filter(place__in=sorted(INSIDE), units__gt=0).aggregate(
        units=Sum("units"), owners=Count("owner", distinct=True)
    )
    return Figures(
        planning_importers=planning.values("importer_id").distinct().count(),
        at_sea=Consignment.objects.filter(pool=pool, arrived_on__isnull=True).count(),
        stored_units=stored["units"] or 0,
        owners=stored["owners"],
    )
