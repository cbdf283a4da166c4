"""What shops send."""

from typing import Any


def an_order(pool: str, sku: str, number: str = "1") -> dict[str, Any]:
    """Two units at 250.00 with 45.50 of tax, their payment and their waybill."""
    buyer = {"name": "测试订购人", "id_number": "11010519491231002X", "phone": "13800000000"}
    return {
        "pool": pool,
        "platform": "mall",
        "order_no": f"SH-{number}",
        "ordered_at": "2025-05-01T09:00:00+08:00",
        "buyer": buyer,
        "lines": [{"product": sku, "units": 2, "price": "250.00"}],
        "goods": "500.00",
        "tax": "45.50",
        "paid": "545.50",
        "payment": {
            "company": "pay",
            "transaction_no": f"PAY-{number}",
            "payer": {"name": buyer["name"], "id_number": buyer["id_number"]},
            "amount": "545.50",
            "paid_at": "2025-05-01T09:01:00+08:00",
        },
        "waybill": {
            "carrier": "courier",
            "waybill_no": f"YT-{number}",
            "consignee": {
                "name": "测试收货人",
                "phone": "13900000000",
                "address": "测试省测试市测试路1号",
            },
            "gross_weight_g": 2400,
        },
    }
