"""An importer with goods in the pool, and orders for them as platforms send them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from core import clock, tenancy
from core.models import Party, Pool
from customs import services
from customs.domain.papers import Buyer
from customs.services import OrderedLine, OrderIntake, Parcel, Payment
from imports.models import Product
from tests.conftest import party
from tests.warehouse import goods
from warehouse import services as warehouse

TODAY = date(2025, 5, 1)
ORDERED_AT = datetime(2025, 5, 1, 1, 0, tzinfo=UTC)
BUYER = Buyer("测试订购人", "11010519491231002X", "13800000000")
OTHER_BUYER = Buyer("另一位", "110101199003070134", "13700000000")
GUARANTEE_MINOR = 10_000_000


@pytest.fixture(autouse=True)
def may_day():
    with clock.at(ORDERED_AT + timedelta(minutes=30)):
        yield


@pytest.fixture
def formula(db: None) -> Product:
    return goods.product(
        "9421902960017",
        "Infant formula",
        name_zh="婴儿配方奶粉",
        hs_code="1901101000",
        declared_unit="122",
        net_weight_g=800,
        gross_weight_g=950,
        statutory_qty_per_unit=Decimal("0.8"),
        model_zh="800克/罐",
    )


@pytest.fixture
def honey(db: None) -> Product:
    return goods.product(
        "9400569000019", "Manuka honey", name_zh="麦卢卡蜂蜜", hs_code="0409000000",
        declared_unit="142", net_weight_g=500, gross_weight_g=600,
        statutory_qty_per_unit=Decimal("0.5"),
    )  # fmt: skip


@pytest.fixture
def platform(db: None) -> Party:
    return party(Party.Kind.PLATFORM, "mall", name="Example Mall", customs_code="3105960001")


@pytest.fixture
def payment_company(db: None) -> Party:
    return party(Party.Kind.PAYMENT, "pay", customs_code="3101960002")


@pytest.fixture
def carrier(db: None) -> Party:
    return party(Party.Kind.LOGISTICS, "courier", customs_code="3105980003")


@pytest.fixture
def stocked(pool: Pool, importer: Party, operator: Party, formula: Product, honey: Product) -> Pool:
    """A pool in which the importer owns 100 units of each product, and taxes are guaranteed."""
    supplier = party(Party.Kind.SUPPLIER, "waikato", country="NZ")
    warehouse.open_book(
        pool=pool, number="L3105B25A001", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    with tenancy.as_operator("test"):
        for item in (formula, honey):
            line = goods.ordered(pool, supplier, {item: {importer: 100}})[0]
            consignment = goods.consigned(pool, [line])
            receipt = warehouse.receive(
                consignment, [goods.counted(line, good=100)], on=date(2025, 3, 10)
            )
            warehouse.allocate(receipt)
    services.grant_guarantee(operator, GUARANTEE_MINOR, key="2025")
    return pool


@pytest.fixture
def order_of(
    stocked: Pool,
    formula: Product,
    platform: Party,
    payment_company: Party,
    carrier: Party,
) -> Callable[..., OrderIntake]:
    """An order of formula at 250.00 a tin whose papers keep every rule; ``more`` spoils it."""
    serial = count(1)

    def order_of(
        units: int = 2, *, buyer: Buyer = BUYER, price_minor: int = 25_000, **more: Any
    ) -> OrderIntake:
        lines = more.pop("lines", (OrderedLine(formula, units, price_minor),))
        number = f"SH-{next(serial):04d}"
        goods_minor = sum(line.units * line.price_minor for line in lines)
        tax_minor = more.pop("tax_minor", None)
        if tax_minor is None:
            tax_minor = services.quote(stocked, lines, on=TODAY).total_minor
        paid_minor = goods_minor + tax_minor
        intake = OrderIntake(
            pool=stocked,
            platform=platform,
            order_no=number,
            ordered_at=ORDERED_AT,
            buyer=buyer,
            lines=lines,
            goods_minor=goods_minor,
            freight_minor=0,
            tax_minor=tax_minor,
            paid_minor=paid_minor,
            payment=Payment(
                payment_company, f"PAY-{number}", number, buyer, paid_minor, ORDERED_AT
            ),
            parcel=Parcel(
                carrier, f"YT-{number}", number, "测试收货人", "13900000000",
                "测试省测试市测试路1号", 1_200 * sum(line.units for line in lines),
            ),
        )  # fmt: skip
        return replace(intake, **more)

    return order_of


@pytest.fixture
def take(importer: Party, order_of: Callable[..., OrderIntake]) -> Callable[..., Any]:
    """Take an order for the importer."""

    def take(*args: Any, **more: Any) -> Any:
        return services.take_order(importer, order_of(*args, **more))

    return take
