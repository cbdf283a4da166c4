"""Consignments are counted at the warehouse door, entered into the book, handed out, labelled."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from customs.services import Vehicle, write_entry_lists, write_gate_pass
from customs.simulation import answer_zone, approve_list
from imports.models import Consignment, ConsignmentLine
from portal.demo import settling
from portal.demo.state import Year
from traceability.services import issue_codes
from warehouse.models import Lot, Receipt
from warehouse.services import ReceivedLine, allocate, receive

DAYS_PRODUCED_BEFORE_DEPARTURE = 30
SPARE_CODES = 4
LORRY = Vehicle("浙B·模拟1", "0000000000000", Decimal(9000), Decimal(6500))
"""An empty lorry of the demonstration, in kilograms."""


@dataclass(frozen=True)
class Mishap:
    """Units of one order line that did not come through the door in good order."""

    damaged: int = 0
    short: int = 0


def take_in(year: Year, consignment: Consignment, mishaps: dict[int, Mishap]) -> None:
    """Receive a consignment, allocate what is good, charge it, and label units for the year."""
    lines = consignment.lines.select_related("order_line__product").order_by("pk")
    counted = [
        _count(line, consignment, mishaps.get(line.order_line_id, Mishap())) for line in lines
    ]
    with year.journal.stage("Received and allocated", "allocations") as stage:
        receipt = receive(consignment, counted, year.schedule.today)
        moves = allocate(receipt)
        stage.count += len(moves)
    _enter(year, consignment)
    year.figures.receipts += 1
    year.figures.allocations += len(moves)
    settling.charge(year, receipt)
    _label(year, receipt)


def _enter(year: Year, consignment: Consignment) -> None:
    """Have customs accept the consignment: its lists, the lorry's gate pass, the account book."""
    with year.journal.stage("Lists and gate passes (answers simulated)", "papers") as stage:
        lists = write_entry_lists(consignment)
        for paper in lists:
            approve_list(paper)
        gate_pass = write_gate_pass(year.world.pool, [row.number for row in lists], LORRY)
        for paper in (gate_pass, *lists):
            answer_zone(paper)
        stage.count += len(lists) + 1


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


def _label(year: Year, receipt: Receipt) -> None:
    """Codes for as many units of each lot as the year may sell of it, and a few to spare."""
    wanted = Counter[str]()
    for sale in year.sales:
        wanted.update(dict(sale.lines))
    lots = Lot.objects.filter(receipt_line__receipt=receipt).select_related(
        "product", "receipt_line"
    )
    with year.journal.stage("Trace codes issued", "codes") as stage:
        for lot in lots.order_by("pk"):
            units = min(lot.receipt_line.good, wanted[lot.product.sku] + SPARE_CODES)
            year.codes[lot.pk] = issue_codes(lot, units)
            stage.count += units
            year.figures.codes += units
