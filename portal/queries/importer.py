"""What an importer finds on its home page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum

from core import clock
from core.models import Party, Pool
from imports.models import ForecastLine, OrderShare, PurchaseOrder
from warehouse import queries as warehouse_queries

MONTHS = tuple(f"m{month:02d}" for month in range(1, 13))


@dataclass(frozen=True)
class Plan:
    """Units an importer plans in a year, January to December."""

    year: int
    months: tuple[int, ...]
    products: int

    @property
    def total_units(self) -> int:
        """Units of the whole year."""
        return sum(self.months)


@dataclass(frozen=True)
class Stock:
    """Units an importer owns in the warehouse, and those it could still promise."""

    owned_units: int
    free_units: int
    first_expiry: date | None


@dataclass(frozen=True)
class OpenOrder:
    """A purchase order on its way, with the importer's own part of it."""

    order_id: int
    number: str
    supplier: str
    state: str
    ordered_on: date | None
    currency: str
    units: int
    cost_minor: int


def year_in_view() -> int:
    """The year of the newest pool, else the current one. One query."""
    newest: int | None = Pool.objects.aggregate(newest=Max("year"))["newest"]
    return newest or clock.today().year


def plan(importer: Party, year: int) -> Plan:
    """An importer's current plan of a year. One query."""
    lines = ForecastLine.objects.filter(
        importer_id=importer.pk, year=year, version_before__isnull=True
    )
    rows = list(lines.values_list(*MONTHS))
    months = tuple(sum(row[month] for row in rows) for month in range(12))
    return Plan(year, months, len(rows))


def stock(importer: Party) -> Stock:
    """What an importer owns in the warehouse. One query."""
    rows = warehouse_queries.positions(importer)
    expiries = [row.expires_on for row in rows if row.expires_on]
    return Stock(
        owned_units=sum(row.owned_units for row in rows),
        free_units=sum(row.free_units for row in rows),
        first_expiry=min(expiries, default=None),
    )


def open_orders(importer: Party) -> list[OpenOrder]:
    """Orders with a share of the importer that have not arrived yet, newest first. One query."""
    rows = (
        OrderShare.objects.filter(owner_id=importer.pk)
        .exclude(line__order__state=PurchaseOrder.State.ARRIVED)
        .values_list(
            "line__order_id",
            "line__order__number",
            "line__order__supplier__name",
            "line__order__state",
            "line__order__ordered_on",
            "line__order__currency",
        )
        .annotate(Sum("units"), Sum("cost_minor"))
        .order_by("-line__order__number")
    )
    return [OpenOrder(*row) for row in rows]
