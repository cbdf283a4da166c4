"""Consignments are counted at the warehouse door, entered into the book and handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.models import Pool
from imports.models import Consignment, ConsignmentLine
from portal.demo.dice import Dice
from warehouse.models import AccountBook, Movement, Receipt
from warehouse.services import ReceivedLine, allocate, open_book, receive

BOOK_NUMBER = "T3105W{year}D01"
DAYS_TO_THE_DOOR = 2
DAYS_PRODUCED_BEFORE_DEPARTURE = 30
MISHAP_QUARTER = 2
SHORT_SHARE = 8
DAMAGED_SHARE = 40


@dataclass(frozen=True)
class Mishap:
    """Units of one order line that did not come through the door in good order."""

    damaged: int = 0
    short: int = 0


def make_book(pool: Pool) -> AccountBook:
    """The account book of the year's cycle; it opens before the first round's goods arrive."""
    return open_book(
        pool=pool,
        number=BOOK_NUMBER.format(year=pool.year),
        cycle_from=date(pool.year - 1, 11, 1),
        cycle_before=date(pool.year + 1, 1, 1),
    )


def take_in(consignment: Consignment, mishaps: dict[int, Mishap]) -> tuple[Receipt, list[Movement]]:
    """Receive a consignment two days after its arrival and allocate what is good."""
    if consignment.arrived_on is None:
        raise ValueError(f"{consignment.number} has not arrived")
    on = consignment.arrived_on + timedelta(days=DAYS_TO_THE_DOOR)
    lines = consignment.lines.select_related("order_line__product").order_by("pk")
    counted = [
        _count(line, consignment, mishaps.get(line.order_line_id, Mishap())) for line in lines
    ]
    with clock.at(on):
        receipt = receive(consignment, counted, on)
        return receipt, allocate(receipt)


def mishaps_of(consignments: Sequence[Consignment], quarter: int, dice: Dice) -> dict[int, Mishap]:
    """By order line: in one quarter one line arrives short and another one damaged in part."""
    if quarter != MISHAP_QUARTER:
        return {}
    lines = [line for each in consignments for line in each.lines.order_by("pk")]
    large = sorted(lines, key=lambda line: (-line.units, line.pk))[: max(2, len(lines) // 4)]
    first = dice.number(len(large), "short", quarter)
    second = (first + 1 + dice.number(len(large) - 1, "damaged", quarter)) % len(large)
    return {
        large[first].order_line_id: Mishap(short=max(1, large[first].units // SHORT_SHARE)),
        large[second].order_line_id: Mishap(damaged=max(1, large[second].units // DAMAGED_SHARE)),
    }


def _count(line: ConsignmentLine, consignment: Consignment, mishap: Mishap) -> ReceivedLine:
    product = line.order_line.product
    produced_on = consignment.departed_on - timedelta(days=DAYS_PRODUCED_BEFORE_DEPARTURE)
    return ReceivedLine(
        order_line_id=line.order_line_id,
        good=line.units - mishap.damaged - mishap.short,
        damaged=mishap.damaged,
        short=mishap.short,
        lot_no=f"L{produced_on:%y%m%d}-{product.sku}",
        produced_on=produced_on,
        expires_on=produced_on + timedelta(days=product.shelf_life_days or 0),
    )
