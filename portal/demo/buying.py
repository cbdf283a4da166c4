"""Four rounds: plans become purchase orders, and orders travel to the pool's port."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from core.domain.calendar import add_months
from imports.models import Consignment, PurchaseOrder, PurchaseOrderLine
from imports.services import arrive, consolidate_round, open_round, place_orders, ship_order
from portal.demo import catalogue, receiving
from portal.demo.dice import Dice
from portal.demo.receiving import Mishap
from portal.demo.state import Year

QUARTERS = (1, 2, 3, 4)
DAYS_FROM_ORDER_TO_QUARTER = 85
DAYS_TO_THE_DOOR = 2
SEA_DAYS = {"JP": 6, "KR": 5, "AU": 20, "NZ": 22, "US": 20, "DE": 38, "FR": 38}
"""Days at sea by country of shipment; assumed."""

MISHAP_QUARTER = 2
SHORT_SHARE = 8
DAMAGED_SHARE = 40


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


def enter(year: Year) -> None:
    """Enter the rounds of the four quarters."""
    for quarter in QUARTERS:
        ordered_on = window(year.plan.year, quarter).ordered_on
        year.schedule.on(ordered_on, partial(_buy, year, quarter))


def _buy(year: Year, quarter: int) -> None:
    """Open a quarter's round, consolidate the plans, place the orders, enter their ships."""
    days = window(year.plan.year, quarter)
    with year.journal.stage("Rounds consolidated and ordered", "purchase orders") as stage:
        opened = open_round(
            year.world.pool, first_month=days.first_month, last_month=days.last_month
        )
        consolidate_round(opened)
        orders = place_orders(opened)
        stage.count += len(orders)
    year.figures.purchase_orders += len(orders)
    lead = lead_days()
    lines = PurchaseOrderLine.objects.filter(order__round=opened).order_by("-units", "pk")
    mishaps = mishaps_of(lines, quarter, year.dice)
    for order in orders:
        departs_on = days.ordered_on + timedelta(days=lead[order.supplier.code])
        year.schedule.on(departs_on, partial(_ship, year, order, mishaps))


def _ship(year: Year, order: PurchaseOrder, mishaps: dict[int, Mishap]) -> None:
    departed_on = year.schedule.today
    with year.journal.stage("Consignments shipped and arrived", "consignments") as stage:
        consignment = ship_order(order, departed_on=departed_on)
        stage.count += 1
    arrives_on = departed_on + timedelta(days=SEA_DAYS[order.supplier.country])
    received_on = arrives_on + timedelta(days=DAYS_TO_THE_DOOR)
    year.schedule.on(arrives_on, lambda: _arrive(year, consignment))
    year.schedule.on(received_on, lambda: receiving.take_in(year, consignment, mishaps))


def _arrive(year: Year, consignment: Consignment) -> None:
    with year.journal.stage("Consignments shipped and arrived", "consignments"):
        arrive(consignment, on=year.schedule.today)


def mishaps_of(lines: Iterable[PurchaseOrderLine], quarter: int, dice: Dice) -> dict[int, Mishap]:
    """By order line: in one quarter one large line arrives short and another damaged in part.

    ``lines`` come largest first.
    """
    if quarter != MISHAP_QUARTER:
        return {}
    found = list(lines)
    large = found[: max(2, len(found) // 4)]
    first = dice.number(len(large), "short", quarter)
    second = (first + 1 + dice.number(len(large) - 1, "damaged", quarter)) % len(large)
    return {
        large[first].pk: Mishap(short=max(1, large[first].units // SHORT_SHARE)),
        large[second].pk: Mishap(damaged=max(1, large[second].units // DAMAGED_SHARE)),
    }
