"""Parcels on their way out."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from core.models import Party
from warehouse.models import DispatchLine, DispatchOrder, UnitIdentity

_UNDER_WAY = (DispatchOrder.State.OPEN, DispatchOrder.State.PICKED)


def parcels_of(operator: Party) -> QuerySet[DispatchOrder]:
    """Dispatch orders from an operator's pools: the gate in front of every parcel's page."""
    lines = DispatchLine.objects.filter(
        order=OuterRef("pk"),
        lot__receipt_line__receipt__consignment__pool__operator_id=operator.pk,
    )
    found: QuerySet[DispatchOrder] = DispatchOrder.objects.filter(Exists(lines))
    return found


@dataclass(frozen=True)
class ParcelLine:
    """Units of one lot in a parcel; ``is_coded``: units of the lot bear codes to be scanned."""

    gtin: str
    product: str
    product_zh: str
    lot_no: str
    units: int
    is_coded: bool


@dataclass(frozen=True)
class ParcelRow:
    """A parcel that is to be picked or shipped."""

    order_id: int
    number: str
    reference: str
    importer: str
    state: str
    ordered_at: datetime
    lines: tuple[ParcelLine, ...]


def parcels(operator: Party, *, limit: int = 100) -> list[ParcelRow]:
    """Parcels to be picked or shipped, oldest first. Two queries."""
    rows = parcels_of(operator).filter(state__in=_UNDER_WAY).select_related("importer")
    found = list(rows.order_by("ordered_at", "pk")[:limit])
    lines = parcel_lines([order.pk for order in found])
    return [
        ParcelRow(
            order_id=order.pk,
            number=order.number,
            reference=order.reference,
            importer=order.importer.name,
            state=order.state,
            ordered_at=order.ordered_at,
            lines=tuple(lines[order.pk]),
        )
        for order in found
    ]


def parcel_lines(order_ids: list[int]) -> defaultdict[int, list[ParcelLine]]:
    """The lines of parcels, by parcel. One query."""
    coded = UnitIdentity.objects.filter(lot=OuterRef("lot"), state=UnitIdentity.State.APPLIED)
    rows = (
        DispatchLine.objects.filter(order__in=order_ids)
        .annotate(is_coded=Exists(coded))
        .order_by("pk")
        .values_list(
            "order_id",
            "product__gtin",
            "product__name",
            "product__name_zh",
            "lot__number",
            "units",
            "is_coded",
        )
    )
    found: defaultdict[int, list[ParcelLine]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(ParcelLine(*row[1:]))
    return found


def parcels_by_state(operator: Party) -> dict[str, int]:
    """How many parcels there are in each state. One query."""
    rows = parcels_of(operator).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)
