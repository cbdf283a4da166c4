"""One product's way through the stages before: ordered, shipped, received, sold."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock, facts, tenancy
from core.models import Appointment, Country, Party, Pool, Port
from imports.models import (
    Consignment,
    ConsignmentLine,
    OrderShare,
    Product,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
    SupplierOffer,
)
from tests.conftest import party
from tests.traceability import story
from tests.warehouse import goods
from traceability import projections, services
from warehouse import services as warehouse
from warehouse.models import DispatchOrder, Lot

ZONE = ZoneInfo("Asia/Shanghai")
MADE, LEFT, CAME = date(2025, 3, 14), date(2025, 9, 24), date(2025, 10, 19)
COUNTED, SOLD, SCANNED = date(2025, 10, 21), date(2025, 11, 2), date(2025, 11, 9)
EXPIRES = date(2027, 3, 14)
PORTS = [
    {
        "unlocode": "NZAKL", "name": "Auckland", "country": "NZ",
        "latitude": "-36.84000", "longitude": "174.78000",
    },
    {
        "unlocode": "CNNGB", "name": "Ningbo", "country": "CN",
        "latitude": "29.87000", "longitude": "121.55000",
    },
]  # fmt: skip
INVT_NO = "310520251000000471"


@pytest.fixture(autouse=True)
def known_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts of stages that this test database does not load are known by name."""
    for name, _, data in story.STORY:
        known = facts.registry.get(name, frozenset())
        monkeypatch.setitem(facts.registry, name, known | frozenset(data))


@dataclass
class Way:
    """A lot on the shelf whose first four units bear codes, and the means to sell them."""

    pool: Pool
    importer: Party
    product: Product
    lot: Lot
    codes: list[str]
    sold: list[DispatchOrder] = field(default_factory=list)

    def pack(self, *codes: str, on: date = SOLD) -> DispatchOrder:
        """Units taken from the shelf under a released declaration, not yet handed over."""
        number = len(self.sold) + 1
        with tenancy.as_operator("test"), clock.at(on):
            promised = warehouse.reserve(
                self.importer, self.product, len(codes), f"order-{number}", on
            )
            order = warehouse.dispatch(self.importer, f"order-{number}", promised)
            _answer("accepted", number, {"declaration": number, "invt_no": INVT_NO})
            released = {"declaration": number, "dispatch": order.pk, "invt_no": INVT_NO}
            _answer("released", number, released)
            warehouse.pick(order, [services.code_hmac(code) for code in codes])
        self.sold.append(order)
        return order

    def sell(self, *codes: str, on: date = SOLD) -> DispatchOrder:
        """Units released by customs and handed over for delivery."""
        order = self.pack(*codes, on=on)
        with tenancy.as_operator("test"), clock.at(on):
            warehouse.ship(order)
        self.project()
        return order

    def project(self) -> None:
        """Bring the event repository up to date."""
        facts.sequence()
        projections.project()


def _answer(what: str, number: int, data: dict[str, object]) -> None:
    facts.append(f"customs.declaration.{what}", subject=f"declaration:{number}", data=data)


@pytest.fixture
def places(db: None) -> None:
    Country.objects.create(alpha2="NZ", alpha3="NZL", name="New Zealand", name_zh="新西兰")
    Country.objects.create(alpha2="CN", alpha3="CHN", name="China", name_zh="中国")
    for row in PORTS:
        Port.objects.create(**row)


@pytest.fixture
def product(db: None) -> Product:
    return Product.objects.create(
        gtin=story.GTIN,
        sku="SP-800",
        name="Southern Pastures Infant Formula 800 g",
        name_zh="南岛牧场婴儿配方奶粉800克",
        brand="Southern Pastures",
        hs_code="1901101000",
        origin="NZ",
        net_weight_g=800,
        gross_weight_g=960,
        volume_cm3=1800,
        declared_unit="142",
        statutory_unit="035",
        statutory_qty_per_unit="0.8",
    )


@pytest.fixture
def consignment(pool: Pool, product: Product, importer: Party) -> Consignment:
    """A hundred units on the water, then at the pier."""
    supplier = party(Party.Kind.SUPPLIER, "pastures", name="Southern Pastures", country="NZ")
    window = Round.objects.create(
        pool=pool, code="R1", first_month=date(2025, 9, 1), last_month=date(2025, 9, 1)
    )
    order = PurchaseOrder.objects.create(
        round=window,
        supplier_id=supplier.pk,
        number="PO-2025-000001",
        currency="NZD",
        incoterm="FOB",
        total_minor=300_000,
    )
    offer = SupplierOffer.objects.create(
        supplier_id=supplier.pk,
        product=product,
        currency="NZD",
        incoterm="FOB",
        origin_port="NZAKL",
        valid_from=date(2025, 1, 1),
    )
    line = PurchaseOrderLine.objects.create(
        order=order,
        product=product,
        offer=offer,
        units=100,
        asked_units=100,
        surplus_units=0,
        surplus_cause="none",
        pack_units=1,
        unit_price_minor=3000,
        amount_minor=300_000,
    )
    with tenancy.as_operator("test"):
        OrderShare.objects.create(
            line=line, owner=importer, asked_units=100, units=100, cost_minor=300_000
        )
    made = Consignment.objects.create(
        pool=pool,
        order=order,
        number="CN-2025-000001",
        origin_port="NZAKL",
        destination_port="CNNGB",
        mode=Consignment.Mode.SEA_LCL,
        departed_on=LEFT,
        arrived_on=CAME,
        state=Consignment.State.ARRIVED,
        volume_cm3=180_000,
        gross_weight_g=96_000,
        goods_cny_minor=1_300_000,
    )
    ConsignmentLine.objects.create(consignment=made, order_line=line, units=100)
    return made


@pytest.fixture
def receive(consignment: Consignment, pool: Pool, places: None) -> Callable[..., Lot]:
    """Count the consignment into the zone as one lot and share it out."""

    def receive(*, produced_on: date = MADE, expires_on: date = EXPIRES) -> Lot:
        warehouse.open_book(
            pool=pool,
            number="T3105W000001",
            cycle_from=date(2025, 1, 1),
            cycle_before=date(2026, 1, 1),
        )
        for name, port, on in (("departed", "NZAKL", LEFT), ("arrived", "CNNGB", CAME)):
            facts.append(
                f"imports.consignment.{name}",
                subject=f"consignment:{consignment.pk}",
                data={"consignment": consignment.pk, "port": port, "mode": consignment.mode},
                at=_noon(on),
            )
        line = consignment.lines.get().order_line_id
        counted = warehouse.ReceivedLine(line, 100, 0, 0, "SP-25-0917", produced_on, expires_on)
        with tenancy.as_operator("test"), clock.at(COUNTED):
            receipt = goods.received(consignment, [counted], on=COUNTED)
            warehouse.allocate(receipt)
        return Lot.objects.get()

    return receive


@pytest.fixture
def lot(receive: Callable[..., Lot]) -> Lot:
    return receive()


@pytest.fixture
def way(lot: Lot, pool: Pool, importer: Party, product: Product) -> Way:
    return on_the_way(lot, pool, importer, product)


def on_the_way(lot: Lot, pool: Pool, importer: Party, product: Product) -> Way:
    """The lot with four codes issued the day after its count."""
    agent = party(Party.Kind.AGENT, "agent", name="Beilun Agents", uscc="91330206MA2XXXXX1K")
    Appointment.objects.create(
        importer_id=importer.pk,
        kind=Appointment.Kind.DOMESTIC_AGENT,
        party=agent,
        valid_from=date(2025, 1, 1),
    )
    with clock.at(COUNTED + timedelta(days=1)):
        issued = services.issue_codes(lot, 4, draw=random.Random(5).randrange)  # noqa: S311
    way = Way(pool, importer, product, lot, issued)
    way.project()
    return way


def _noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=ZONE)


@pytest.fixture
def on_scan_day():
    with clock.at(SCANNED):
        yield
