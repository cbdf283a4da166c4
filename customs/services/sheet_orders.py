"""Sheets of orders: checked as a whole, shown before anything happens, then taken one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from core import clock, jobs, keys, sheets, tenancy
from core.domain.errors import Refusal
from core.jobs import JobContext
from core.models import Party, Pool
from customs.domain.order_columns import BY_NAME, Column
from customs.domain.order_sheets import OrdersRead, SheetOrder, count_orders, read_orders
from customs.models import OrderSheet
from customs.services.naming import intakes_of
from customs.services.taking_many import objections, take_orders
from imports.domain.forecasts import MOST_ERRORS, RowError

MOST_ORDERS = 500
MOST_ROWS = 10_000
AT_A_TIME = 100
TAKE_SHEET = "customs.take_sheet"
RETAIL_BONDED = "1210"

COLUMN_OF = {
    "bad-identity-number": "buyer_id",
    "buyer-is-not-payer": "payer_id",
    "goods-sum-differs": "total",
    "name-is-empty": "consignee_name",
    "not-enough-stock": "units",
    "over-order-limit": "total",
    "over-person-year-limit": "buyer_id",
    "paid-amount-differs": "paid",
    "paid-before-ordered": "paid_at",
    "paper-used-before": "transaction_no",
    "product-unknown": "product",
    "tax-collected-differs": "tax",
    "time-implausible": "ordered_at",
    "weights-do-not-fit": "gross",
}
"""The column in which a refusal is best corrected, by its code; else the order number."""


class OrderSheetTooLong(Refusal):
    """Raised when a sheet holds more orders than are taken at once."""

    code = "order-sheet-too-long"
    reason = "The sheet holds {orders} orders; at most {most} are taken at once."
    remedy = "Split the sheet."


class OrderSheetNotReady(Refusal):
    """Raised when a sheet with errors is to be taken."""

    code = "order-sheet-not-ready"
    reason = "The sheet has {errors} errors; no order was taken."
    remedy = "Correct the cells that are named and upload the sheet again."


@dataclass(frozen=True)
class PreviewRow:
    """An order of a sheet, before it is taken; persons are left out."""

    order_no: str
    first_row: int
    lines: int
    units: int
    goods_minor: int
    tax_minor: int
    paid_minor: int


def receive_sheet(importer: Party, pool: Pool, name: str, content: bytes) -> OrderSheet:
    """Keep a sheet of orders and say what is wrong in it; no order is taken yet.

    The same content again is the same sheet; while its orders are not taken it is checked anew.

    Raises:
        OrderSheetTooLong, and the refusals of ``core.sheets``: nothing was kept.
    """
    reading = _read(importer, pool, name, content, most=MOST_ORDERS)
    found = [*reading.errors, *_objections(importer, reading.orders)]
    errors = [error.as_json() for error in sorted(found, key=lambda error: error.row)[:MOST_ERRORS]]
    digest = keys.ring().hmac("index", f"{importer.pk}/{pool.pk}/".encode() + content)
    fields = {
        "filename": name[-200:],
        "sealed_content": keys.ring().seal("vault", content, digest),
        "state": OrderSheet.State.INVALID if errors else OrderSheet.State.VALID,
        "row_count": reading.row_count,
        "order_count": len(reading.orders),
        "errors": errors,
        "uploaded_at": clock.now(),
    }
    with transaction.atomic(), tenancy.acting_for(importer):
        sheet, is_new = OrderSheet.objects.get_or_create(
            importer_id=importer.pk, pool=pool, digest=digest, defaults=fields
        )
        if not is_new:
            OrderSheet.objects.filter(
                pk=sheet.pk, state__in=[OrderSheet.State.INVALID, OrderSheet.State.VALID]
            ).update(**fields)
            sheet.refresh_from_db()
    return sheet  # type: ignore[no-any-return]


def _read(
    importer: Party, pool: Pool, name: str, content: bytes, *, most: int | None = None
) -> OrdersRead:
    """The orders of a sheet; one with more than ``most`` is refused before a cell is judged."""
    sheet = sheets.read(name, content, max_rows=MOST_ROWS)
    if most is not None and (count := count_orders(sheet.headings, sheet.rows)) > most:
        raise OrderSheetTooLong(orders=count, most=most)
    return read_orders(
        sheet.headings,
        sheet.rows,
        first_row_number=sheet.first_row_number,
        expected={
            "trade_mode": RETAIL_BONDED,
            "seller": importer.customs_code,
            "district": pool.customs_district,
        },
        pool=pool.code,
        zone=ZoneInfo(settings.TIME_ZONE),
    )


def _objections(importer: Party, orders: Sequence[SheetOrder]) -> Iterator[RowError]:
    named = list(zip(orders, intakes_of([order.plain for order in orders]), strict=True))
    known = [(order, named) for order, named in named if not isinstance(named, Refusal)]
    found = objections(importer, [intake for _, intake in known])
    yield from (_placed(order, named) for order, named in named if isinstance(named, Refusal))
    for (order, _), refusals in zip(known, found, strict=True):
        yield from (_placed(order, each) for each in refusals)


def _placed(order: SheetOrder, refusal: Refusal) -> RowError:
    """A refusal of an order in the cell in which it is best corrected; persons not shown."""
    column, row = BY_NAME[COLUMN_OF.get(refusal.code, "order_no")], order.rows[0]
    value = refusal.params.get("value")
    if refusal.code == "product-unknown":
        names = [line.product for line in order.plain.lines]
        row = order.rows[names.index(str(value))]
    elif refusal.code == "party-unknown":
        column = _naming(order, str(value))
    shown = "" if column.personal else str(value or order.plain.order_no)
    return RowError(row, column.heading, shown, refusal)


def _naming(order: SheetOrder, code: str) -> Column:
    named = {
        order.plain.parcel.carrier: "carrier",
        order.plain.payment.company: "payment_company",
        order.plain.platform: "platform",
    }
    return BY_NAME[named[code]]


def _orders(sheet: OrderSheet) -> tuple[SheetOrder, ...]:
    digest = bytes(sheet.digest)
    content = keys.ring().unseal("vault", bytes(sheet.sealed_content), digest)
    return _read(sheet.importer, sheet.pool, sheet.filename, content).orders


def preview(sheet: OrderSheet) -> list[PreviewRow]:
    """What a sheet would take; empty once its content is forgotten."""
    if not sheet.sealed_content:
        return []
    return [
        PreviewRow(
            order_no=order.plain.order_no,
            first_row=order.rows[0],
            lines=len(order.plain.lines),
            units=sum(line.units for line in order.plain.lines),
            goods_minor=order.plain.goods_minor,
            tax_minor=order.plain.tax_minor,
            paid_minor=order.plain.paid_minor,
        )
        for order in _orders(sheet)
    ]


@transaction.atomic
def take_sheet(sheet: OrderSheet) -> OrderSheet:
    """Have the orders of a checked sheet taken in the background; repeating it changes nothing.

    Raises:
        OrderSheetNotReady: the sheet has errors.
    """
    if sheet.state == OrderSheet.State.INVALID:
        raise OrderSheetNotReady(errors=len(sheet.errors))
    if sheet.state == OrderSheet.State.VALID:
        job = jobs.order(TAKE_SHEET, key=f"{TAKE_SHEET}:{sheet.pk}", sheet=sheet.pk)
        OrderSheet.objects.filter(pk=sheet.pk, state=OrderSheet.State.VALID).update(
            state=OrderSheet.State.RUNNING, job=job
        )
        sheet.refresh_from_db()
    return sheet


def take_step(job: JobContext, sheet_id: int) -> bool:
    """Take the next orders of a sheet; whether all were tried. A refused one stops no other."""
    with tenancy.as_operator("take the orders of a sheet"):
        rows = OrderSheet.objects.select_related("importer", "pool")
        sheet = rows.get(pk=sheet_id)
        if sheet.state != OrderSheet.State.RUNNING:
            return True
        waiting = _orders(sheet)[sheet.done_count :]
        _take(sheet, waiting[:AT_A_TIME])
        sheet.done_count += min(AT_A_TIME, len(waiting))
        is_done = len(waiting) <= AT_A_TIME
        if is_done:
            _close(sheet)
        sheet.save()
    job.progress(sheet.done_count, sheet.order_count)
    return is_done


def _take(sheet: OrderSheet, orders: Sequence[SheetOrder]) -> None:
    """Take orders of a sheet together, and note in their order which were refused."""
    named = intakes_of([order.plain for order in orders])
    known = [each for each in named if not isinstance(each, Refusal)]
    outcomes = iter(take_orders(sheet.importer, known))
    for order, each in zip(orders, named, strict=True):
        refusal = each if isinstance(each, Refusal) else next(outcomes).refusal
        if refusal is not None:
            sheet.errors.append(_placed(order, refusal).as_json())


def _close(sheet: OrderSheet) -> None:
    """Say what became of the sheet, and forget the persons in it."""
    state = OrderSheet.State
    sheet.state = state.PARTLY_REFUSED if sheet.errors else state.TAKEN
    sheet.sealed_content = b""
