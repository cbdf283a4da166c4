"""Draws the papers that travel with a consignment, and the cover of a batch of declarations.

Labels are in English and Chinese: a supplier, a broker and an officer read the same sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.pdf import Align, Column, Document, Facts, Heading, Prose, Rows, flow
from core.pdf.flow import Block

_INVOICE = "COMMERCIAL INVOICE 商业发票"
_PACKING = "PACKING LIST 装箱单"


@dataclass(frozen=True)
class Traded:
    """One line of goods as sold and packed; amounts and weights are written out."""

    number: int
    name: str
    name_zh: str
    gtin: str
    hs_code: str
    origin: str
    units: int
    unit: str
    price: str
    amount: str
    net_kg: str
    gross_kg: str
    cartons: int


@dataclass(frozen=True)
class Shipment:
    """A consignment as its invoice and packing list name it."""

    number: str
    order_no: str
    issued_on: date
    seller: str
    seller_address: str
    buyer: str
    buyer_address: str
    consignee: str
    terms: str
    mode: str
    from_port: str
    to_port: str
    vessel: str
    currency: str
    total: str
    net_kg: str
    gross_kg: str
    volume_m3: str
    containers: tuple[str, ...]
    lines: tuple[Traded, ...]


def invoice(shipment: Shipment) -> Document:
    """The commercial invoice of a consignment."""
    rows = [
        (
            str(line.number),
            f"{line.name}\n{line.name_zh}\nGTIN {line.gtin}",
            line.hs_code,
            line.origin,
            f"{line.units:,} {line.unit}",
            line.price,
            line.amount,
        )
        for line in shipment.lines
    ]
    total = ("", "Total 合计", "", "", f"{_units(shipment):,}", "", shipment.total)
    columns = (
        Column("No.", 1, Align.RIGHT),
        Column("Goods 品名", 7),
        Column("HS code 编码", 3),
        Column("Origin 原产国", 2.6),
        Column("Quantity 数量", 3, Align.RIGHT),
        Column(f"Unit price 单价 {shipment.currency}", 3, Align.RIGHT),
        Column(f"Amount 金额 {shipment.currency}", 3, Align.RIGHT),
    )
    blocks: list[Block] = [
        Heading(_INVOICE, size=16),
        _parties(shipment),
        _journey(shipment),
        Rows(columns, [*rows, total], total=True),
        Prose("Total 合计  " + f"{shipment.currency} {shipment.total}  ({shipment.terms})"),
        Prose("For and on behalf of the seller 卖方签章：____________________"),
    ]
    return flow(f"{shipment.number}  {_INVOICE}", blocks, footer=shipment.number)


def packing_list(shipment: Shipment) -> Document:
    """The packing list of a consignment."""
    rows = [
        (
            str(line.number),
            f"{line.name}\n{line.name_zh}\nGTIN {line.gtin}",
            f"{line.units:,} {line.unit}",
            f"{line.cartons:,}",
            line.net_kg,
            line.gross_kg,
        )
        for line in shipment.lines
    ]
    cartons = sum(line.cartons for line in shipment.lines)
    total = (
        "",
        "Total 合计",
        f"{_units(shipment):,}",
        f"{cartons:,}",
        shipment.net_kg,
        shipment.gross_kg,
    )
    columns = (
        Column("No.", 1, Align.RIGHT),
        Column("Goods 品名", 8),
        Column("Quantity 数量", 3, Align.RIGHT),
        Column("Cartons 箱数", 2.6, Align.RIGHT),
        Column("Net 净重 kg", 3, Align.RIGHT),
        Column("Gross 毛重 kg", 3, Align.RIGHT),
    )
    containers = ", ".join(shipment.containers) or "–"
    blocks: list[Block] = [
        Heading(_PACKING, size=16),
        _parties(shipment),
        _journey(shipment),
        Rows(columns, [*rows, total], total=True),
        Prose(
            f"Volume 体积 {shipment.volume_m3} m³   Containers 集装箱 {containers}   Marks 唛头 N/M"
        ),
    ]
    return flow(f"{shipment.number}  {_PACKING}", blocks, footer=shipment.number)


def _units(shipment: Shipment) -> int:
    return sum(line.units for line in shipment.lines)


def _parties(shipment: Shipment) -> Facts:
    return Facts(
        (
            ("Seller 卖方", f"{shipment.seller}\n{shipment.seller_address}".strip()),
            ("Buyer 买方", f"{shipment.buyer}\n{shipment.buyer_address}".strip()),
            ("Consignee 收货人", shipment.consignee),
        ),
        columns=3,
    )


def _journey(shipment: Shipment) -> Facts:
    return Facts(
        (
            ("Invoice no. 发票号", shipment.number),
            ("Date 日期", shipment.issued_on.isoformat()),
            ("Order 合同号", shipment.order_no),
            ("Terms 成交方式", shipment.terms),
            ("By 运输方式", shipment.mode),
            ("From 起运港", shipment.from_port),
            ("To 目的港", shipment.to_port),
            ("Vessel / flight 运输工具", shipment.vessel or "–"),
        )
    )


@dataclass(frozen=True)
class Cover:
    """What the cover of a batch says: figures first, then every declaration with its page."""

    number: str
    pool: str
    broker: str
    declared_at: str
    figures: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    is_simulated: bool


def cover_sheet(cover: Cover) -> Document:
    """The cover of a batch, as many pages as its table of declarations needs."""
    columns = (
        Column("No. 序号", 1, Align.RIGHT),
        Column("Declaration 清单编号", 4),
        Column("Order 订单编号", 5),
        Column("Importer 电商企业", 5),
        Column("Lines 项数", 1.6, Align.RIGHT),
        Column("Value 完税价格", 2.6, Align.RIGHT),
        Column("Taxes 税款", 2.4, Align.RIGHT),
    )
    blocks: list[Block] = [
        Heading(f"Batch cover 批次封面  {cover.number}", size=16),
        Prose(f"{cover.pool} · {cover.broker} · {cover.declared_at}"),
        *(
            [Prose("Demonstration: nothing was sent. 演示数据，非真实申报。")]
            if cover.is_simulated
            else []
        ),
        Facts(cover.figures),
        Rows(columns, cover.rows, size=7.5),
    ]
    return flow(f"Cover 封面  {cover.number}", blocks, footer=cover.number)


def papers_of(shipments: Sequence[Shipment]) -> list[Document]:
    """Invoice and packing list of each consignment, in order."""
    return [paper(each) for each in shipments for paper in (invoice, packing_list)]
