"""Sheets of consumer orders as operators keep them: one row per line, rows of an order together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from core.domain.errors import Refusal
from core.domain.masking import mask
from core.domain.trade import from_minor
from customs.domain.order_columns import (
    BY_HEADING,
    BY_NAME,
    COLUMNS,
    FIXED,
    NOT_READ,
    Column,
    parsed,
)
from customs.domain.papers import Buyer
from customs.domain.plain_orders import PlainLine, PlainOrder, PlainParcel, PlainPayment
from imports.domain.forecasts import HeadingMissing, HeadingTwice, HeadingUnknown, RowError

OF_ORDER = tuple(column for column in COLUMNS if not column.is_of_line)
OF_LINE = tuple(column for column in COLUMNS if column.is_of_line)


class SheetHasNoOrders(Refusal):
    """Raised for a sheet with headings only."""

    code = "order-sheet-empty"
    reason = "The sheet holds no orders."
    remedy = "Fill in one row per line of an order and upload the sheet again."


class RowsDiffer(Refusal):
    """Raised when two rows of an order say something about it differently."""

    code = "order-rows-differ"
    reason = "Row {first_row} says “{heading}” of order {order_no} differently."
    remedy = "Give what belongs to the whole order once, or the same in each of its rows."


class PriceNotExact(Refusal):
    """Raised when the total of a line does not divide into its units to the fen."""

    code = "order-price-not-exact"
    reason = "{total} CNY do not divide into {units} units to the fen."
    remedy = "Give the total of the line as units times the price of one unit."


class NotWhatIsDeclared(Refusal):
    """Raised when a cell names another seller, customs district or way than is declared."""

    code = "order-cell-not-ours"
    reason = "“{heading}” says “{value}”; the pool declares “{expected}”."
    remedy = "Correct the cell or leave it empty."


@dataclass(frozen=True)
class SheetOrder:
    """An order as read, with the rows that it stands in."""

    plain: PlainOrder
    rows: tuple[int, ...]


@dataclass(frozen=True)
class OrdersRead:
    """A sheet after reading: orders, and everything that is wrong in it."""

    orders: tuple[SheetOrder, ...]
    errors: tuple[RowError, ...]
    row_count: int


@dataclass
class _Reader:
    columns: Mapping[str, int]
    headings: Sequence[str]
    expected: Mapping[str, str]
    pool: str
    zone: tzinfo
    errors: list[RowError]

    def order(self, rows: Sequence[tuple[int, Sequence[str]]]) -> SheetOrder | None:
        """The order that rows tell of, or None with its errors noted."""
        before = len(self.errors)
        first_row, first = rows[0]
        own = {column.name: self._value(first_row, first, column) for column in OF_ORDER}
        for number, cells in rows:
            self._check_fixed(number, cells)
            self._check_same(number, cells, first_row, first)
        lines = [self._line(number, cells) for number, cells in rows]
        if len(self.errors) > before:
            return None
        plain = _plain(own, [line for line in lines if line], self.pool)
        return SheetOrder(plain, tuple(number for number, _ in rows))

    def cell(self, cells: Sequence[str], name: str) -> str:
        """The text of a field in a row."""
        position = self.columns.get(name)
        return cells[position] if position is not None else ""

    def note(self, row: int, column: Column, value: str, refusal: Refusal) -> None:
        """Write down what is wrong in a cell; persons masked."""
        shown = mask(column.personal, value) if column.personal else value[:80]
        position = self.columns.get(column.name)
        heading = column.heading if position is None else self.headings[position]
        self.errors.append(RowError(row, heading, shown, refusal))

    def _value(self, row: int, cells: Sequence[str], column: Column) -> Any:
        text = self.cell(cells, column.name)
        try:
            return parsed(column, text, self.zone)
        except Refusal as refusal:
            self.note(row, column, text, refusal)
            return None

    def _line(self, row: int, cells: Sequence[str]) -> PlainLine | None:
        read = {column.name: self._value(row, cells, column) for column in OF_LINE}
        product, units, total = read["product"], read["units"], read["total"]
        if product is None or units is None or total is None:
            return None
        if total % units:
            refusal = PriceNotExact(total=from_minor(total, "CNY"), units=units)
            self.note(row, BY_NAME["total"], self.cell(cells, "total"), refusal)
            return None
        return PlainLine(product, units, total // units)

    def _check_fixed(self, row: int, cells: Sequence[str]) -> None:
        for column in FIXED:
            said, expected = self.cell(cells, column.name), self.expected.get(column.name, "")
            if said.strip("0.") and said != expected:
                refusal = NotWhatIsDeclared(heading=column.heading, value=said, expected=expected)
                self.note(row, column, said, refusal)

    def _check_same(
        self, row: int, cells: Sequence[str], first_row: int, first: Sequence[str]
    ) -> None:
        for column in OF_ORDER:
            said, earlier = self.cell(cells, column.name), self.cell(first, column.name)
            if said and said != earlier:
                refusal = RowsDiffer(
                    first_row=first_row,
                    heading=column.heading,
                    order_no=self.cell(first, "order_no"),
                )
                self.note(row, column, said, refusal)


def read_orders(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    first_row_number: int,
    expected: Mapping[str, str],
    pool: str,
    zone: tzinfo,
) -> OrdersRead:
    """The orders of a sheet, and what is wrong with the others; rows without text are skipped.

    Rows of an order bear its number; what belongs to the whole order stands in the first of them.
    ``expected`` is what columns that the pool fixes must say, if they say anything.
    """
    filled = [
        (number, cells) for number, cells in enumerate(rows, start=first_row_number) if any(cells)
    ]
    columns, errors = _columns(headings, first_row_number - 1)
    if not filled:
        errors = [RowError(first_row_number - 1, "", "", SheetHasNoOrders())]
    if errors:
        return OrdersRead((), tuple(errors), len(filled))
    reader = _Reader(columns, headings, expected, pool, zone, [])
    orders = [reader.order(group) for group in _groups(reader, filled)]
    return OrdersRead(tuple(order for order in orders if order), tuple(reader.errors), len(filled))


def count_orders(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """How many orders rows tell of, by their numbers alone; rows without one tell of one each."""
    columns, _ = _columns(headings, 0)
    position = columns.get("order_no")
    filled = [cells for cells in rows if any(cells)]
    if position is None:
        return 0
    numbers = [cells[position] for cells in filled]
    return len(set(numbers) - {""}) + numbers.count("")


def _groups(
    reader: _Reader, filled: Sequence[tuple[int, Sequence[str]]]
) -> list[list[tuple[int, Sequence[str]]]]:
    """Rows by order number, in the order in which the orders begin; rows without one alone."""
    groups: dict[str, list[tuple[int, Sequence[str]]]] = {}
    for number, cells in filled:
        key = reader.cell(cells, "order_no") or f"\0{number}"
        groups.setdefault(key, []).append((number, cells))
    return list(groups.values())


def _columns(headings: Sequence[str], row: int) -> tuple[dict[str, int], list[RowError]]:
    columns: dict[str, int] = {}
    errors: list[RowError] = []
    for position, heading in enumerate(headings):
        bare = heading.replace(" ", "").replace("*", "").lower()
        if not bare or bare in NOT_READ:
            continue
        column = BY_HEADING.get(bare)
        if column is None:
            errors.append(RowError(row, heading, heading, HeadingUnknown(heading=heading)))
        elif column.name in columns:
            errors.append(RowError(row, heading, heading, HeadingTwice(heading=heading)))
        else:
            columns[column.name] = position
    missing = [c.heading for c in COLUMNS if c.is_needed and c.name not in columns]
    errors += [RowError(row, name, "", HeadingMissing(heading=name)) for name in missing]
    return columns, errors


def _plain(own: Mapping[str, Any], lines: Sequence[PlainLine], pool: str) -> PlainOrder:
    buyer = Buyer(own["buyer_name"], own["buyer_id"], own["buyer_phone"])
    payer = Buyer(own["payer_name"] or buyer.name, own["payer_id"] or buyer.id_number)
    goods = sum(line.units * line.price_minor for line in lines)
    return PlainOrder(
        pool=pool,
        platform=own["platform"],
        order_no=own["order_no"],
        ordered_at=own["ordered_at"],
        buyer=buyer,
        lines=tuple(lines),
        goods_minor=goods,
        freight_minor=own["freight"],
        discount_minor=own["discount"],
        tax_minor=own["tax"],
        paid_minor=goods + own["freight"] + own["tax"] - own["discount"],
        payment=PlainPayment(
            company=own["payment_company"],
            transaction_no=own["transaction_no"],
            order_no=own["order_no"],
            payer=payer,
            amount_minor=own["paid"],
            paid_at=own["paid_at"],
        ),
        parcel=PlainParcel(
            carrier=own["carrier"],
            waybill_no=own["waybill_no"],
            order_no=own["order_no"],
            consignee_name=own["consignee_name"],
            consignee_phone=own["consignee_phone"],
            consignee_address=own["consignee_address"],
            gross_weight_g=own["gross"],
        ),
    )
