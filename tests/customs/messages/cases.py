"""A parcel with everything in clear; the person is invented."""

from dataclasses import replace
from datetime import UTC, datetime

from customs.domain.declaration import Enterprise
from customs.jurisdictions.cn.messages.retail import Goods, RetailCase
from tests.customs.declarations import declaration

BROKER = Enterprise("3105980001", "宁波示例报关有限公司")


def case(**changes) -> RetailCase:
    """Two tins of formula for 545.50 CNY, taxes included."""
    clear = replace(
        declaration(),
        buyer_name="测试订购人",
        buyer_id_number="11010519491231002X",
        buyer_phone="13800000000",
    )
    whole = RetailCase(
        declaration=clear,
        declared_at=datetime(2026, 5, 1, 1, 30, tzinfo=UTC),
        goods=(Goods("KG-3", "09421902960017"),),
        goods_minor=50_000,
        discount_minor=0,
        tax_minor=4_550,
        paid_minor=54_550,
        payment_company=Enterprise("3101960002", "示例支付"),
        transaction_no="PAY1",
        paid_at=datetime(2026, 5, 1, 1, 1, tzinfo=UTC),
        buyer_account="P1",
        consignee_name="测试收货人",
        consignee_phone="13900000000",
        consignee_address="测试省测试市测试路1号",
    )
    return replace(whole, **changes)
