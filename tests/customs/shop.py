"""A shop with goods in the pool, and its orders as a platform sends them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from core import tenancy
from core.models import Party, Pool
from customs import services
from customs.domain.papers import Buyer
from customs.services import OrderedLine, OrderIntake, Parcel, Payment
from imports.models import GoodsRecord, Product
from tests.conftest import party
from tests.warehouse import goods
from warehouse import services as warehouse

TODAY = date(2025, 5, 1)
ORDERED_AT = datetime(2025, 5, 1, 1, 0, tzinfo=UTC)
BUYER = Buyer("测试订购人", "11010519491231002X", "13800000000")
OTHER_BUYER = Buyer("另一位", "110101199003070134", "13700000000")
GUARANTEE_MINOR = 10_000_000


def formula() -> Product:
    """A tin of infant formula."""
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


def honey() -> Product:
    """A jar of honey, which is in the reduced VAT class."""
    return goods.product(
        "9400569000019",
        "Manuka honey",
        name_zh="麦卢卡蜂蜜",
        hs_code="0409000000",
        declared_unit="142",
        net_weight_g=500,
        gross_weight_g=600,
        statutory_qty_per_unit=Decimal("0.5"),
    )


def stock_up(pool: Pool, importer: Party, products: list[Product]) -> None:
    """A hundred units of each product for the importer, and a guarantee for the taxes."""
    supplier = party(Party.Kind.SUPPLIER, "waikato", country="NZ")
    warehouse.open_book(
        pool=pool, number="L3105B25A001", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    confirm(products, pool.zone_code)
    with tenancy.as_operator("test"):
        for product in products:
            line = goods.ordered(pool, supplier, {product: {importer: 100}})[0]
            consignment = goods.consigned(pool, [line])
            counted = [goods.counted(line, good=100)]
            warehouse.allocate(goods.received(consignment, counted, on=date(2025, 3, 10)))
    services.grant_guarantee(pool.operator, GUARANTEE_MINOR, key="2025")


def restock(pool: Pool, importer: Party, product: Product) -> None:
    """A hundred units of another product for the importer."""
    confirm([product], pool.zone_code)
    with tenancy.as_operator("test"):
        supplier = Party.objects.filter(kind=Party.Kind.SUPPLIER).first()
        line = goods.ordered(pool, supplier, {product: {importer: 100}})[0]
        consignment = goods.consigned(pool, [line])
        counted = [goods.counted(line, good=100)]
        warehouse.allocate(goods.received(consignment, counted, on=date(2025, 3, 10)))


def confirm(products: list[Product], zone_code: str) -> None:
    """Goods records of products as a broker has confirmed them in a zone."""
    GoodsRecord.objects.bulk_create(
        GoodsRecord(
            product=product,
            zone_code=zone_code,
            version=1,
            state=GoodsRecord.State.CONFIRMED,
            submitted_at=ORDERED_AT,
            decided_at=ORDERED_AT,
            **{
                name: getattr(product, name)
                for name in (
                    "hs_code", "name_zh", "model_zh", "origin", "declared_unit", "statutory_unit",
                    "statutory_qty_per_unit", "second_unit", "second_qty_per_unit",
                    "shelf_life_days",
                )
            },
        )
        for product in products
    )  # fmt: skip


@dataclass
class Shop:
    """Where orders come from; numbers run from SH-0001."""

    pool: Pool
    product: Product
    platform: Party
    payment_company: Party
    carrier: Party
    serial: Any = field(default_factory=lambda: count(1))

    @classmethod
    def open(cls, pool: Pool, product: Product) -> "Shop":
        """A shop that sells one product, with the companies that it works with."""
        return cls(
            pool,
            product,
            party(Party.Kind.PLATFORM, "mall", name="Example Mall", customs_code="3105960001"),
            party(Party.Kind.PAYMENT, "pay", customs_code="3101960002"),
            party(Party.Kind.LOGISTICS, "courier", customs_code="3105980003"),
        )

    def order(
        self,
        units: int = 2,
        *,
        buyer: Buyer = BUYER,
        price_minor: int = 25_000,
        number: str = "",
        **more: Any,
    ) -> OrderIntake:
        """An order whose papers keep every rule; ``more`` replaces any of its fields."""
        lines = more.pop("lines", (OrderedLine(self.product, units, price_minor),))
        goods_minor = sum(line.units * line.price_minor for line in lines)
        tax_minor = more.pop("tax_minor", None)
        if tax_minor is None:
            tax_minor = services.quote(self.pool, lines, on=TODAY).total_minor
        paid_minor = goods_minor + tax_minor
        number = number or f"SH-{next(self.serial):04d}"
        intake = OrderIntake(
            pool=self.pool,
            platform=self.platform,
            order_no=number,
            ordered_at=ORDERED_AT,
            buyer=buyer,
            lines=lines,
            goods_minor=goods_minor,
            freight_minor=0,
            tax_minor=tax_minor,
            paid_minor=paid_minor,
            payment=self._payment(number, buyer, paid_minor),
            parcel=self._parcel(number, sum(line.units for line in lines)),
        )
        return replace(intake, **more)

    def _payment(self, number: str, buyer: Buyer, paid_minor: int) -> Payment:
        return Payment(self.payment_company, f"PAY-{number}", number, buyer, paid_minor, ORDERED_AT)

    def _parcel(self, number: str, units: int) -> Parcel:
        return Parcel(
            carrier=self.carrier,
            waybill_no=f"YT-{number}",
            order_no=number,
            consignee_name="测试收货人",
            consignee_phone="13900000000",
            consignee_address="测试省测试市测试路1号",
            gross_weight_g=1_200 * units,
        )
