"""Orders as shops, payment companies and carriers send them, and as the rules read them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from core import keys
from core.models import Party, Pool
from customs.domain.assessment import GoodsLine, TaxCase
from customs.domain.measures import Measure
from customs.domain.papers import (
    Buyer,
    OrderedGoods,
    OrderPaper,
    Papers,
    PaymentPaper,
    WaybillPaper,
)
from imports.models import Product

SHEET_UNITS = frozenset({"010", "020"})
"""Units 张 and 片: goods counted by the sheet."""

DUTY_UNITS = {"035": "KGM", "095": "LTR"}
"""Statutory units that duties may be charged by: 千克 and 升."""


@dataclass(frozen=True)
class OrderedLine:
    """Units of a product at the price of one unit, in minor units."""

    product: Product
    units: int
    price_minor: int


@dataclass(frozen=True)
class Payment:
    """What the payment company reports."""

    company: Party
    transaction_no: str
    order_no: str
    payer: Buyer
    amount_minor: int
    paid_at: datetime


@dataclass(frozen=True)
class Parcel:
    """What the carrier reports."""

    carrier: Party
    waybill_no: str
    order_no: str
    consignee_name: str
    consignee_phone: str
    consignee_address: str
    gross_weight_g: int
    pieces: int = 1


@dataclass(frozen=True)
class OrderIntake:
    """An order with its payment and its parcel; amounts in minor units of the pool's currency."""

    pool: Pool
    platform: Party
    order_no: str
    ordered_at: datetime
    buyer: Buyer
    lines: tuple[OrderedLine, ...]
    goods_minor: int
    freight_minor: int
    tax_minor: int
    paid_minor: int
    payment: Payment
    parcel: Parcel
    discount_minor: int = 0
    minimum_expiry: date | None = None
    """Last day of use that the platform promises; None: any that has not passed."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record of products, by product: item in the account book, confirmed HS code."""

    item_nos: Mapping[int, str]
    confirmed: Mapping[int, str]


def papers_of(intake: OrderIntake, on_record: OnRecord) -> Papers:
    """The three papers as the rules read them."""
    order = OrderPaper(
        order_no=intake.order_no,
        platform_code=intake.platform.customs_code,
        ordered_at=intake.ordered_at,
        buyer=intake.buyer,
        goods=tuple(
            _goods(number, line, on_record) for number, line in enumerate(intake.lines, start=1)
        ),
        goods_minor=intake.goods_minor,
        freight_minor=intake.freight_minor,
        tax_minor=intake.tax_minor,
        paid_minor=intake.paid_minor,
        discount_minor=intake.discount_minor,
    )
    return Papers(order, _payment_paper(intake.payment), _waybill_paper(intake.parcel))


def _goods(number: int, line: OrderedLine, on_record: OnRecord) -> OrderedGoods:
    product = line.product
    second = product.second_qty_per_unit if product.second_unit else None
    return OrderedGoods(
        line_no=number,
        name_zh=product.name_zh,
        hs_code=product.hs_code,
        units=line.units,
        price_minor=line.price_minor,
        net_weight_g=product.net_weight_g,
        gross_weight_g=product.gross_weight_g,
        declared_unit=product.declared_unit,
        statutory_unit=product.statutory_unit,
        statutory_quantity=product.statutory_qty_per_unit * line.units,
        second_unit=product.second_unit,
        second_quantity=None if second is None else second * line.units,
        item_record_no=on_record.item_nos.get(product.pk, ""),
        confirmed_hs_code=on_record.confirmed.get(product.pk, ""),
    )


def _payment_paper(payment: Payment) -> PaymentPaper:
    return PaymentPaper(
        transaction_no=payment.transaction_no,
        payment_company_code=payment.company.customs_code,
        order_no=payment.order_no,
        payer=payment.payer,
        amount_minor=payment.amount_minor,
        paid_at=payment.paid_at,
    )


def _waybill_paper(parcel: Parcel) -> WaybillPaper:
    return WaybillPaper(
        waybill_no=parcel.waybill_no,
        carrier_code=parcel.carrier.customs_code,
        order_no=parcel.order_no,
        consignee_name=parcel.consignee_name,
        consignee_phone=parcel.consignee_phone,
        consignee_address=parcel.consignee_address,
        gross_weight_g=parcel.gross_weight_g,
        pieces=parcel.pieces,
    )


def tax_case(
    lines: Sequence[OrderedLine],
    *,
    freight_minor: int,
    used_this_year_minor: int = 0,
    measures: tuple[Measure, ...] = (),
) -> TaxCase:
    """The order as the tax rules see it, with the loaded measures that its goods may fall under."""
    goods = tuple(
        GoodsLine(
            line_no=number,
            hs_code=line.product.hs_code,
            units=line.units,
            value_minor=line.units * line.price_minor,
            net_weight_g=line.product.net_weight_g,
            sheets=1 if line.product.declared_unit in SHEET_UNITS else 0,
            origin=line.product.origin,
            quantities=_quantities(line),
        )
        for number, line in enumerate(lines, start=1)
    )
    return TaxCase(
        goods, freight_minor, used_this_year_minor=used_this_year_minor, measures=measures
    )


def _quantities(line: OrderedLine) -> tuple[tuple[str, Fraction], ...]:
    """Statutory quantities of a line that duties may be charged by."""
    product = line.product
    pairs = (
        (product.statutory_unit, product.statutory_qty_per_unit),
        (product.second_unit, product.second_qty_per_unit),
    )
    return tuple(
        (DUTY_UNITS[unit], Fraction(quantity) * line.units)
        for unit, quantity in pairs
        if unit in DUTY_UNITS and quantity
    )


def fingerprint(importer: Party, intake: OrderIntake) -> bytes:
    """A keyed hash of all that an order says, by which a repeat is told from another order."""
    said = {
        "importer": importer.pk,
        "pool": intake.pool.pk,
        "ordered_at": intake.ordered_at.isoformat(),
        "buyer": vars(intake.buyer),
        "lines": [(line.product.pk, line.units, line.price_minor) for line in intake.lines],
        "amounts": [
            intake.goods_minor,
            intake.freight_minor,
            intake.tax_minor,
            intake.discount_minor,
            intake.paid_minor,
        ],
        "payment": [intake.payment.company.pk, intake.payment.transaction_no],
        "parcel": [intake.parcel.carrier.pk, intake.parcel.waybill_no],
    }
    return keys.ring().hmac("index", json.dumps(said, sort_keys=True).encode())


def as_declared(goods: OrderedGoods) -> dict[str, Any]:
    """Goods of an order as fields of a declared line."""
    return {
        "line_no": goods.line_no,
        "record_no": goods.item_record_no,
        "hs_code": goods.hs_code,
        "name_zh": goods.name_zh,
        "units": goods.units,
        "unit": goods.declared_unit,
        "statutory_quantity": goods.statutory_quantity,
        "statutory_unit": goods.statutory_unit,
        "second_quantity": goods.second_quantity,
        "second_unit": goods.second_unit,
        "price_minor": goods.price_minor,
        "net_weight_g": goods.net_weight_g,
    }
