"""Four rounds: plans become purchase orders, and orders travel to the pool's port."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.domain.calendar import add_months
from core.models import Pool
from imports.models import Consignment, PurchaseOrder, Round
from imports.services import consolidate_round, open_round, place_orders, ship_order
from portal.demo import catalogue

QUARTERS = (1, 2, 3, 4)
DAYS_FROM_ORDER_TO_QUARTER = 85
SEA_DAYS = {"JP": 6, "KR": 5, "AU": 20, "NZ": 22, "US": 20, "DE": 38, "FR": 38}
"""Days at sea by country of shipment; assumed."""


@dataclass(frozen=True)
class Window:
    """A round's days: the forecast months it buys for, and when its orders are placed."""

    first_month: date
    last_month: date
    ordered_on: date


def window(year: int, quarter: int) -> Window:
    """The round of a quarter, ordered long enough before for the slowest ship."""
    first = date(year, quarter * 3 - 2, 1)
    ordered_on = first - timedelta(days=DAYS_FROM_ORDER_TO_QUARTER)
    return Window(first, add_months(first, 2), ordered_on)


def lead_days() -> dict[str, int]:
    """Days from order to shipment by supplier code: the slowest of its offers."""
    slowest: dict[str, int] = {}
    for offer in catalogue.offers():
        slowest[offer.supplier] = max(slowest.get(offer.supplier, 0), offer.lead_time_days)
    return slowest


def buy(pool: Pool, quarter: int) -> tuple[Round, list[PurchaseOrder]]:
    """Open a quarter's round, consolidate the plans and place the orders."""
    days = window(pool.year, quarter)
    with clock.at(days.ordered_on):
        opened = open_round(pool, first_month=days.first_month, last_month=days.last_month)
        consolidate_round(opened)
        return opened, place_orders(opened)


def ship(order: PurchaseOrder, lead: Mapping[str, int]) -> Consignment:
    """Send an order when its supplier is ready; it arrives after its days at sea."""
    if order.ordered_on is None:
        raise ValueError(f"{order.number} was never placed")
    departed_on = order.ordered_on + timedelta(days=lead[order.supplier.code])
    arrived_on = departed_on + timedelta(days=SEA_DAYS[order.supplier.country])
    with clock.at(departed_on):
        return ship_order(order, departed_on=departed_on, arrived_on=arrived_on)
