"""Receiving a consignment: count and store. The account book follows customs, not the count."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from core import facts
from core.domain.errors import Refusal
from imports.models import Consignment, ConsignmentLine
from warehouse.domain.receiving import ReceivedLine, check_count
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import BookItem, Lot, Receipt, ReceiptLine
from warehouse.services import entering, moving


class AlreadyReceived(Refusal):
    """Raised when a consignment is counted again with another outcome."""

    code = "already-received"
    reason = "Consignment {consignment} was received before, with another count."
    remedy = "Correct the stock by a count of the lots instead of a second receipt."


@transaction.atomic
def receive(consignment: Consignment, lines: Sequence[ReceivedLine], on: date) -> Receipt:
    """Take a counted consignment into the warehouse, in trust of the pool's operator.

    Good units go to the bonded shelves; damaged ones, those held back for a check and those that
    came over and above go to quarantine; missing ones are written as short. Until customs accepts
    the consignment its units have arrived and are not in the account book, so they can be shared
    and shelved, and not declared out. The same count again returns the first receipt and writes
    nothing.

    Raises:
        NegativeCount, NotAnnounced, CountDoesNotAddUp: the count is not one of this consignment.
        AlreadyReceived: the consignment was received with another count.
        NoAccountBook: the pool has no book in force for these goods.
    """
    Consignment.objects.select_for_update().get(pk=consignment.pk)
    announced = {row.order_line_id: row for row in _announced(consignment)}
    check_count({key: row.units for key, row in announced.items()}, lines)
    earlier = Receipt.objects.filter(consignment=consignment).first()
    if earlier is not None:
        return _refuse_if_different(earlier, lines)
    receipt = Receipt.objects.create(consignment=consignment, received_on=on)
    counted = ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            order_line_id=line.order_line_id,
            expected=line.expected,
            good=line.good,
            damaged=line.damaged,
            short=line.short,
            quarantined=line.quarantined,
            over=line.over,
        )
        for line in lines
    )
    products = [row.order_line.product for row in announced.values()]
    items = entering.items_of(consignment, products, on)
    lots = _store(receipt, announced, list(zip(lines, counted, strict=True)), items)
    _move_in(consignment, announced, lots, on)
    _tell(consignment, lots)
    return receipt


def _announced(consignment: Consignment) -> list[ConsignmentLine]:
    rows = ConsignmentLine.objects.filter(consignment=consignment)
    return list(rows.select_related("order_line__product", "order_line__order").order_by("pk"))


def _refuse_if_different(receipt: Receipt, lines: Sequence[ReceivedLine]) -> Receipt:
    stored = receipt.lines.values_list(
        "order_line_id", "good", "damaged", "short", "quarantined", "over", "lot__number"
    )
    now = [
        (x.order_line_id, x.good, x.damaged, x.short, x.quarantined, x.over, _lot_of(x))
        for x in lines
    ]
    if Counter(stored) != Counter(now):
        raise AlreadyReceived(consignment=receipt.consignment.number)
    return receipt


def _lot_of(line: ReceivedLine) -> str | None:
    return line.lot_no if line.arrived else None


def _store(
    receipt: Receipt,
    announced: dict[int, ConsignmentLine],
    counted: list[tuple[ReceivedLine, ReceiptLine]],
    items: dict[int, BookItem],
) -> list[Lot]:
    lots = []
    for line, receipt_line in counted:
        product = announced[line.order_line_id].order_line.product
        if line.arrived:
            lots.append(
                Lot(
                    product=product,
                    number=line.lot_no,
                    receipt_line=receipt_line,
                    received_on=receipt.received_on,
                    produced_on=line.produced_on,
                    expires_on=line.expires_on,
                    origin=product.origin,
                    book_item=items[product.pk],
                    is_trade_measure=product.is_trade_measure,
                )
            )
    return Lot.objects.bulk_create(lots)


def _move_in(
    consignment: Consignment, announced: dict[int, ConsignmentLine], lots: list[Lot], on: date
) -> None:
    moves = []
    for lot in lots:
        counted = lot.receipt_line
        supplier_id = announced[counted.order_line_id].order_line.order.supplier_id
        held_back = counted.arrived - counted.good
        for units, place in ((counted.good, Place.BONDED), (held_back, Place.QUARANTINE)):
            if units:
                moves.append(
                    moving.Move(
                        kind=MovementKind.RECEIVE,
                        lot_id=lot.pk,
                        units=units,
                        source=moving.Spot(supplier_id, Place.SUPPLIER),
                        target=moving.Spot(consignment.pool.operator_id, place),
                        request_key=f"receive:{counted.pk}:{place}",
                        reference=consignment.number,
                    )
                )
    moving.record(moves, on=on)


def _tell(consignment: Consignment, lots: list[Lot]) -> None:
    facts.append_many(
        [
            (
                "warehouse.lot.received",
                f"lot:{lot.pk}",
                {
                    "lot": lot.pk,
                    "product": lot.product_id,
                    "gtin": lot.product.gtin,
                    "lot_no": lot.number,
                    "consignment": consignment.pk,
                    "good": lot.receipt_line.good,
                    "damaged": lot.receipt_line.damaged,
                    "short": lot.receipt_line.short,
                    "quarantined": lot.receipt_line.quarantined,
                    "over": lot.receipt_line.over,
                    "expires_on": lot.expires_on.isoformat() if lot.expires_on else None,
                    "produced_on": lot.produced_on.isoformat() if lot.produced_on else None,
                    "origin": lot.origin,
                },
            )
            for lot in lots
        ]
    )
