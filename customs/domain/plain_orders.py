"""Orders as the outside names things: parties, pools and products by their codes."""

from dataclasses import dataclass
from datetime import date, datetime

from customs.domain.papers import Buyer


@dataclass(frozen=True)
class PlainLine:
    """Units of a product, named by its SKU or its GTIN, at the price of one unit in fen."""

    product: str
    units: int
    price_minor: int


@dataclass(frozen=True)
class PlainPayment:
    """What was paid, through whom, by whom."""

    company: str
    transaction_no: str
    order_no: str
    payer: Buyer
    amount_minor: int
    paid_at: datetime


@dataclass(frozen=True)
class PlainParcel:
    """What is to be carried, by whom, to whom."""

    carrier: str
    waybill_no: str
    order_no: str
    consignee_name: str
    consignee_phone: str
    consignee_address: str
    gross_weight_g: int
    pieces: int = 1


@dataclass(frozen=True)
class PlainOrder:
    """An order with its payment and its parcel, before any name is looked up; amounts in fen."""

    pool: str
    platform: str
    order_no: str
    ordered_at: datetime
    buyer: Buyer
    lines: tuple[PlainLine, ...]
    goods_minor: int
    freight_minor: int
    discount_minor: int
    tax_minor: int
    paid_minor: int
    payment: PlainPayment
    parcel: PlainParcel
    minimum_expiry: date | None = None
