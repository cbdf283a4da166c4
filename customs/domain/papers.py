"""The three papers behind a retail declaration: order, payment and waybill."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Buyer:
    """Who ordered, or who paid, as named on a paper."""

    name: str
    id_number: str
    phone: str = ""


@dataclass(frozen=True)
class OrderedGoods:
    """One line of an order with what is known of the product; amounts in whole minor units."""

    line_no: int
    name_zh: str
    hs_code: str
    units: int
    price_minor: int
    net_weight_g: int
    gross_weight_g: int
    declared_unit: str
    statutory_unit: str
    statutory_quantity: Decimal
    second_unit: str = ""
    second_quantity: Decimal | None = None
    item_record_no: str = ""
    """Number of the product in the account book (账册备案料号)."""
    confirmed_hs_code: str = ""
    """HS code of the goods record that a broker confirmed in the zone; blank where none is."""

    @property
    def total_minor(self) -> int:
        """Price of the line."""
        return self.units * self.price_minor


@dataclass(frozen=True)
class OrderPaper:
    """The order as the shop platform sent it."""

    order_no: str
    platform_code: str
    ordered_at: datetime
    buyer: Buyer
    goods: tuple[OrderedGoods, ...]
    goods_minor: int
    freight_minor: int
    tax_minor: int
    paid_minor: int
    discount_minor: int = 0


@dataclass(frozen=True)
class PaymentPaper:
    """The payment as the payment company sent it."""

    transaction_no: str
    payment_company_code: str
    order_no: str
    payer: Buyer
    amount_minor: int
    paid_at: datetime


@dataclass(frozen=True)
class WaybillPaper:
    """The waybill as the carrier sent it."""

    waybill_no: str
    carrier_code: str
    order_no: str
    consignee_name: str
    consignee_phone: str
    consignee_address: str
    gross_weight_g: int
    pieces: int = 1


@dataclass(frozen=True)
class Papers:
    """An order with its payment and its waybill."""

    order: OrderPaper
    payment: PaymentPaper
    waybill: WaybillPaper

    @property
    def net_weight_g(self) -> int:
        """Net weight of all goods of the order."""
        return sum(goods.net_weight_g * goods.units for goods in self.order.goods)
