"""Simulated consumer orders of a year, drawn from the importers' own plans."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.demo.dice import Dice
from portal.demo.plans import PlanLine

MOST_UNITS = 2
MOST_PRODUCTS = 2
LAST_DAY = 28


@dataclass(frozen=True)
class Sale:
    """A consumer order as the shop platform would send it: who sold what to which buyer, when."""

    order_no: str
    importer: str
    ordered_on: date
    buyer: int
    lines: tuple[tuple[str, int], ...]

    @property
    def units(self) -> int:
        """Consumer units in the order."""
        return sum(units for _, units in self.lines)


def sales(
    dice: Dice,
    plans: Mapping[str, Sequence[PlanLine]],
    *,
    year: int,
    orders: int,
    buyers: int,
) -> list[Sale]:
    """``orders`` consumer orders spread evenly over the year, by day.

    No importer sells more than half of what its plan brings up to the order's quarter, so that
    a short or damaged receipt leaves every order deliverable.
    """
    sold: Counter[tuple[str, str]] = Counter()
    made = []
    for number, day in enumerate(_days(dice, year, orders), start=1):
        importer = dice.one_of(sorted(plans), "importer", number)
        lines = _basket(dice, plans[importer], day.month, sold, number)
        if lines:
            order_no = f"SIM{year}{number:06d}"
            buyer = 1 + dice.number(buyers, "buyer", number)
            made.append(Sale(order_no, importer, day, buyer, lines))
            sold.update({(importer, sku): units for sku, units in lines})
    return made


def _days(dice: Dice, year: int, orders: int) -> list[date]:
    months = [1 + number * 12 // orders for number in range(orders)]
    return sorted(
        date(year, month, 1 + dice.number(LAST_DAY, "day", number))
        for number, month in enumerate(months)
    )


def _basket(
    dice: Dice,
    plan: Sequence[PlanLine],
    month: int,
    sold: Counter[tuple[str, str]],
    number: int,
) -> tuple[tuple[str, int], ...]:
    brought = (month + 2) // 3 * 3
    able = [
        line
        for line in plan
        if sum(line.months[:brought]) // 2 - sold[(line.importer, line.sku)] >= MOST_UNITS
    ]
    chosen: dict[str, int] = {}
    for place in range(min(len(able), dice.between(1, MOST_PRODUCTS, "products", number))):
        line = dice.one_of(able, "line", number, place)
        chosen[line.sku] = dice.between(1, MOST_UNITS, "units", number, place)
    return tuple(sorted(chosen.items()))
