"""What anybody may read about a pallet: which lots stand on it. No units, no owners."""

from dataclasses import dataclass

from core import tenancy
from traceability.domain.page import Named
from warehouse.models import Location, Stowage


@dataclass(frozen=True)
class OnPallet:
    """A lot that stands on a pallet."""

    gtin: str
    product: Named
    lot: str


@dataclass(frozen=True)
class PalletPage:
    """A pallet by its number, where it is, and the lots on it now."""

    sscc: str
    zone: Named
    lots: tuple[OnPallet, ...]
    is_simulated: bool


def pallet(sscc: str) -> PalletPage | None:
    """The pallet of a number; None for one that is not ours. Two queries."""
    with tenancy.as_operator("anybody reads about a pallet", actor="public"):
        rows = Location.objects.select_related("zone__warehouse__pool")
        found = rows.filter(code=sscc, kind=Location.Kind.PALLET).first()
        if found is None:
            return None
        pool = found.zone.warehouse.pool
        held = Stowage.objects.filter(location=found, units__gt=0).select_related("lot__product")
        lots = tuple(
            OnPallet(
                row.lot.product.gtin,
                Named(row.lot.product.name, row.lot.product.name_zh),
                row.lot.number,
            )
            for row in held.order_by("lot__product__gtin", "lot__number")
        )
        zone = Named(pool.zone_name, pool.zone_name_zh)
        return PalletPage(sscc, zone, lots, pool.is_simulated)
