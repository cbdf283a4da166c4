"""Papers of an order that keep every rule, to be spoiled one field at a time."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from customs.domain.papers import (
    Buyer,
    OrderedGoods,
    OrderPaper,
    Papers,
    PaymentPaper,
    WaybillPaper,
)

BUYER = Buyer(name="测试订购人", id_number="11010519491231002X", phone="13800000000")
FORMULA = OrderedGoods(
    line_no=1,
    name_zh="婴儿配方奶粉",
    hs_code="1901101000",
    units=2,
    price_minor=25_000,
    net_weight_g=800,
    gross_weight_g=950,
    declared_unit="122",
    statutory_unit="035",
    statutory_quantity=Decimal("1.6"),
    item_record_no="1",
    confirmed_hs_code="1901101000",
)


def good_papers() -> Papers:
    """An order of 500.00 CNY with 45.50 CNY of tax, paid in full, in one parcel."""
    order = OrderPaper(
        order_no="SH20260501-1",
        platform_code="3105960001",
        ordered_at=datetime(2026, 5, 1, 1, 0, tzinfo=UTC),
        buyer=BUYER,
        goods=(FORMULA,),
        goods_minor=50_000,
        freight_minor=0,
        tax_minor=4_550,
        paid_minor=54_550,
    )
    payment = PaymentPaper(
        transaction_no="PAY1",
        payment_company_code="3101960002",
        order_no=order.order_no,
        payer=BUYER,
        amount_minor=54_550,
        paid_at=datetime(2026, 5, 1, 1, 1, tzinfo=UTC),
    )
    waybill = WaybillPaper(
        waybill_no="YT1",
        carrier_code="3105980003",
        order_no=order.order_no,
        consignee_name="测试收货人",
        consignee_phone="13900000000",
        consignee_address="测试省测试市测试路1号",
        gross_weight_g=2_000,
    )
    return Papers(order, payment, waybill)


def with_order(**changes: Any) -> Papers:
    """Good papers with another order."""
    papers = good_papers()
    return replace(papers, order=replace(papers.order, **changes))


def with_payment(**changes: Any) -> Papers:
    """Good papers with another payment."""
    papers = good_papers()
    return replace(papers, payment=replace(papers.payment, **changes))


def with_waybill(**changes: Any) -> Papers:
    """Good papers with another waybill."""
    papers = good_papers()
    return replace(papers, waybill=replace(papers.waybill, **changes))


def with_goods(**changes: Any) -> Papers:
    """Good papers whose one line of goods differs."""
    return with_order(goods=(replace(FORMULA, **changes),))
