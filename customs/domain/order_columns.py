"""Columns of a sheet of consumer orders: the headings that operators use, and how cells read.

Most headings are those of the sheet 保税订单 in use with Chinese operators; times, payment and
carrier, which that sheet leaves to other papers, follow the sheet 保税清单 and message CEB411.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from core.domain.errors import Phrase, Refusal
from core.domain.trade import to_minor

MOST_MINOR = 10**11
MOST_UNITS = 100_000
MOST_KG = 1_000

_INSTANT = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.0+)?"
)


class CellEmpty(Refusal):
    """Raised when a cell that every order needs is empty."""

    code = "order-cell-empty"
    reason = "“{heading}” is empty."
    remedy = "Fill it in; no order is declared without it."


class CellUnreadable(Refusal):
    """Raised when a cell does not hold what its column holds."""

    code = "order-cell-unreadable"
    reason = "“{value}” is not {what}."
    remedy = "Write it like {example}."


@dataclass(frozen=True)
class Column:
    """One column: its field, its heading in Chinese and English, and how its cells read."""

    name: str
    heading: str
    english: str
    kind: str = "text"
    is_needed: bool = True
    is_of_line: bool = False
    personal: str = ""
    """How its cells are masked when they are shown."""


COLUMNS = (
    Column("order_no", "订单编号", "Order number"),
    Column("platform", "电商平台代码", "Platform code"),
    Column("ordered_at", "下单时间", "Ordered at", "instant"),
    Column("buyer_name", "订购人姓名", "Buyer", personal="name"),
    Column("buyer_id", "订购人身份证号码", "Buyer's identity number", personal="id_number"),
    Column("buyer_phone", "订购人电话", "Buyer's phone", personal="phone"),
    Column("consignee_name", "收货人姓名", "Consignee", personal="name"),
    Column("consignee_phone", "收货人电话", "Consignee's phone", personal="phone"),
    Column("consignee_address", "收件地址", "Address", personal="address"),
    Column("freight", "运杂费", "Freight", "money", is_needed=False),
    Column("discount", "非现金抵扣金额", "Discount", "money", is_needed=False),
    Column("tax", "代扣税款", "Tax collected", "money"),
    Column("gross", "订单总毛重", "Gross weight kg", "weight"),
    Column("product", "企业商品货号", "SKU or GTIN", is_of_line=True),
    Column("units", "数量", "Units", "units", is_of_line=True),
    Column("total", "总价", "Line total", "money", is_of_line=True),
    Column("payment_company", "支付企业代码", "Payment company code"),
    Column("transaction_no", "支付交易编号", "Payment number"),
    Column("paid", "支付金额", "Amount paid", "money"),
    Column("paid_at", "支付时间", "Paid at", "instant"),
    Column("payer_name", "支付人姓名", "Payer", is_needed=False, personal="name"),
    Column(
        "payer_id",
        "支付人证件号码",
        "Payer's identity number",
        is_needed=False,
        personal="id_number",
    ),
    Column("carrier", "物流企业代码", "Carrier code"),
    Column("waybill_no", "物流运单编号", "Waybill number"),
)
"""What is read, in the order of the sheet to fill in."""

FIXED = (
    Column("trade_mode", "贸易方式", "Trade mode", is_needed=False),
    Column("seller", "电商企业代码", "Seller code", is_needed=False),
    Column("district", "口岸海关代码", "Customs district", is_needed=False),
    Column("insurance", "保价费", "Insurance", is_needed=False),
)
"""What may be given and must then be what the pool declares."""

NOT_READ = frozenset(
    (
        "商品批次号",
        "电商平台名称",
        "电商企业名称",
        "订购人注册号",
        "订单总净重",
        "企业商品名称",
        "商品规格型号",
        "计量单位",
        "物流企业名称",
        "支付企业名称",
        "备注",
    )
)
"""What operators' sheets also hold, and the pool takes from its own catalogue and books."""

TEMPLATE_HEADINGS = tuple(column.heading for column in COLUMNS)
BY_NAME = {column.name: column for column in (*COLUMNS, *FIXED)}
BY_HEADING = {
    **{column.heading: column for column in BY_NAME.values()},
    **{column.english.lower().replace(" ", ""): column for column in BY_NAME.values()},
    "订购人证件号码": BY_NAME["buyer_id"],
    "毛重": BY_NAME["gross"],
}


def parsed(column: Column, text: str, zone: tzinfo) -> Any:
    """The value of a cell; an empty one that need not be filled is nothing of its kind.

    Raises:
        CellEmpty, CellUnreadable: the cell has to be corrected.
    """
    if not text:
        if column.is_needed:
            raise CellEmpty(heading=column.heading)
        return 0 if column.kind == "money" else ""
    if column.kind == "instant":
        return _instant(text, zone)
    return _READERS[column.kind](text)


def _text(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        what = Phrase("a text of one line")
        raise CellUnreadable(value=text[:40], what=what, example="A-1")
    return text


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").removeprefix("¥").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def _money(text: str) -> int:
    value = _number(text)
    if value is None or value * 100 > MOST_MINOR or value * 100 != int(value * 100):
        raise CellUnreadable(value=text[:40], what=Phrase("an amount in CNY"), example="128.50")
    return to_minor(value, "CNY")


def _units(text: str) -> int:
    value = _number(text)
    if value is None or value != int(value) or not 1 <= value <= MOST_UNITS:
        raise CellUnreadable(value=text[:40], what=Phrase("a whole number of units"), example="2")
    return int(value)


def _weight(text: str) -> int:
    """Kilograms as whole grams."""
    value = _number(text)
    if value is None or not 0 < value <= MOST_KG or value * 1000 != int(value * 1000):
        raise CellUnreadable(value=text[:40], what=Phrase("a weight in kilograms"), example="1.25")
    return int(value * 1000)


def _instant(text: str, zone: tzinfo) -> datetime:
    found = _INSTANT.fullmatch(text)
    parts = [int(part or 0) for part in found.groups()] if found else [0] * 6
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        what = Phrase("a time of the pool's zone")
        raise CellUnreadable(value=text[:40], what=what, example="2025-05-01 09:30") from None


_READERS: dict[str, Callable[[str], Any]] = {
    "text": _text,
    "money": _money,
    "units": _units,
    "weight": _weight,
}
