"""A pool for a drill: importers with stock, products on record, a shop with its companies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.conf import settings

from core import tenancy
from core.keys import KeyRing
from core.models import Appointment, Country, Party, Pool, Port
from customs import services as customs
from customs.domain.papers import Buyer
from customs.services import OrderedLine, OrderIntake, Parcel, Payment
from imports.domain.consolidation import Surplus
from imports.models import (
    Consignment,
    ConsignmentLine,
    GoodsRecord,
    OrderShare,
    Product,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
    SupplierOffer,
)
from portal.demo.buyers import AREAS, identity_number
from warehouse import services as warehouse
from warehouse.services import ReceivedLine

YEAR = 2025
OPENED = datetime(YEAR, 11, 1, tzinfo=UTC)
ARRIVED, EXPIRES = date(YEAR, 10, 8), date(YEAR + 2, 9, 30)
PRICE_MINOR = 25_000
ORDERS_OF_A_PERSON = 50
"""Under the limit of a person's year at this price with taxes."""


@dataclass(frozen=True)
class DrillWorld:
    """What the orders of a drill are made of."""

    pool: Pool
    importers: list[Party]
    product: Product
    platform: Party
    company: Party
    carrier: Party
    tax_minor: int

    def intake(self, number: int, ordered_at: datetime) -> OrderIntake:
        """One order of the drill; the same number is the same order."""
        buyer = _buyer(number // ORDERS_OF_A_PERSON)
        paid = PRICE_MINOR + self.tax_minor
        order_no = f"DRILL-{number:07d}"
        payment = Payment(self.company, f"P-{order_no}", order_no, buyer, paid, ordered_at)
        return OrderIntake(
            pool=self.pool,
            platform=self.platform,
            order_no=order_no,
            ordered_at=ordered_at,
            buyer=buyer,
            lines=(OrderedLine(self.product, 1, PRICE_MINOR),),
            goods_minor=PRICE_MINOR,
            freight_minor=0,
            tax_minor=self.tax_minor,
            paid_minor=paid,
            payment=payment,
            parcel=Parcel(
                carrier=self.carrier,
                waybill_no=f"W-{order_no}",
                order_no=order_no,
                consignee_name=buyer.name,
                consignee_phone=buyer.phone,
                consignee_address=f"演练路{number // ORDERS_OF_A_PERSON}号",
                gross_weight_g=1_200,
            ),
        )


def _buyer(number: int) -> Buyer:
    born = date(1950 + number // 10_000 % 50, 1 + number // 1_000 % 10, 1)
    identity = identity_number(AREAS[number // 500_000 % len(AREAS)], born, number % 1_000)
    return Buyer(f"演练{number}", identity, f"138{number:08d}")


def build(orders_of: Sequence[int]) -> DrillWorld:
    """A pool in an empty database in which each importer owns what its orders will take."""
    KeyRing.make(settings.KEY_DIR)
    operator = _party(Party.Kind.OPERATOR, "operator")
    importers = [_party(Party.Kind.IMPORTER, f"importer-{n}") for n in range(len(orders_of))]
    pool = _pool(operator)
    for importer in importers:
        Appointment.objects.create(
            importer_id=importer.pk,
            kind=Appointment.Kind.DOMESTIC_AGENT,
            party=operator,
            valid_from=date(YEAR, 1, 1),
        )
    product = _product(pool)
    with tenancy.as_operator("drill"):
        _stock(pool, product, dict(zip(importers, orders_of, strict=True)))
    lines = [OrderedLine(product, 1, PRICE_MINOR)]
    return DrillWorld(
        pool=pool,
        importers=importers,
        product=product,
        platform=_party(Party.Kind.PLATFORM, "mall"),
        company=_party(Party.Kind.PAYMENT, "pay"),
        carrier=_party(Party.Kind.LOGISTICS, "courier"),
        tax_minor=customs.quote(pool, lines, on=OPENED.date()).total_minor,
    )


def _party(kind: str, code: str) -> Party:
    return Party.objects.create(
        kind=kind, code=code, name=code, country="CN", customs_code=f"3105{len(code):06d}"
    )


def _pool(operator: Party) -> Pool:
    for code, alpha3, name in (("NZ", "NZL", "New Zealand"), ("CN", "CHN", "China")):
        Country.objects.get_or_create(alpha2=code, defaults={"alpha3": alpha3, "name": name})
    for code, country in (("NZAKL", "NZ"), ("CNNGB", "CN")):
        Port.objects.get_or_create(
            unlocode=code,
            defaults={"name": code, "country": country, "latitude": 0, "longitude": 0},
        )
    pool = Pool.objects.create(
        code=f"drill-{YEAR}",
        year=YEAR,
        operator=operator,
        keeper=operator,
        broker=operator,
        port="CNNGB",
        zone_code="3105W90001",
        customs_district="3105",
    )
    warehouse.open_book(
        pool=pool, number="DRILL", cycle_from=date(YEAR, 1, 1), cycle_before=date(YEAR + 1, 1, 1)
    )
    return pool


def _product(pool: Pool) -> Product:
    customs_data = {
        "hs_code": "1901101000",
        "name_zh": "婴儿配方奶粉",
        "origin": "NZ",
        "declared_unit": "122",
        "statutory_unit": "035",
        "statutory_qty_per_unit": Decimal("0.8"),
        "shelf_life_days": 730,
    }
    product = Product.objects.create(
        gtin="09421902960017",
        sku="DRILL",
        name="Infant formula",
        net_weight_g=800,
        gross_weight_g=950,
        volume_cm3=2_400,
        **customs_data,
    )
    GoodsRecord.objects.create(
        product=product,
        zone_code=pool.zone_code,
        version=1,
        state=GoodsRecord.State.CONFIRMED,
        submitted_at=OPENED,
        decided_at=OPENED,
        **customs_data,
    )
    return product


def _stock(pool: Pool, product: Product, units: dict[Party, int]) -> None:
    """Bring in and allot exactly the units that each importer's orders will take."""
    line = _ordered(pool, product, units)
    consignment = Consignment.objects.create(
        pool=pool,
        order=line.order,
        number="DRILL-1",
        origin_port="NZAKL",
        destination_port=pool.port,
        mode=Consignment.Mode.SEA_LCL,
        departed_on=date(YEAR, 9, 1),
        arrived_on=ARRIVED,
        volume_cm3=2_400 * line.units,
        gross_weight_g=950 * line.units,
        goods_cny_minor=1,
        state=Consignment.State.ARRIVED,
    )
    ConsignmentLine.objects.create(consignment=consignment, order_line=line, units=line.units)
    counted = ReceivedLine(line.pk, line.units, 0, 0, "L-1", date(YEAR - 1, 10, 1), EXPIRES)
    warehouse.allocate(warehouse.receive(consignment, [counted], on=ARRIVED))
    warehouse.accept_entry(consignment, ARRIVED)


def _ordered(pool: Pool, product: Product, units: dict[Party, int]) -> PurchaseOrderLine:
    supplier, total = _party(Party.Kind.SUPPLIER, "supplier"), sum(units.values())
    window = Round.objects.create(
        pool=pool, code="drill", first_month=date(YEAR, 1, 1), last_month=date(YEAR, 12, 1)
    )
    order = PurchaseOrder.objects.create(
        round=window,
        supplier_id=supplier.pk,
        number="DRILL-1",
        currency="USD",
        incoterm="FOB",
        origin_port="NZAKL",
        ordered_on=date(YEAR, 8, 1),
        total_minor=total,
        state=PurchaseOrder.State.PLACED,
    )
    offer = SupplierOffer.objects.create(
        supplier_id=supplier.pk,
        product=product,
        valid_from=date(YEAR, 1, 1),
        currency="USD",
        incoterm="FOB",
        origin_port="NZAKL",
    )
    line = PurchaseOrderLine.objects.create(
        order=order,
        product=product,
        offer=offer,
        units=total,
        asked_units=total,
        surplus_units=0,
        surplus_cause=Surplus.NONE,
        pack_units=1,
        unit_price_minor=1,
        amount_minor=total,
    )
    OrderShare.objects.bulk_create(
        OrderShare(line=line, owner_id=owner.pk, asked_units=own, units=own, cost_minor=own)
        for owner, own in units.items()
        if own
    )
    return line
