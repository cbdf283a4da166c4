"""A small pool with goods in it, for the benchmarks whose rows need one."""

from datetime import date

from django.conf import settings

from core import clock, facts, tenancy
from core.keys import KeyRing
from core.models import Appointment, Country, Party, Pool, Port
from imports.models import Consignment, Product
from tests.conftest import party
from tests.warehouse import goods
from warehouse import services
from warehouse.models import Lot

ARRIVED = date(2025, 3, 10)
PORTS = [("NZAKL", "Auckland", "-36.84", "174.78"), ("CNNGB", "Ningbo", "29.87", "121.55")]


def one_lot(units: int) -> tuple[Party, Product, Lot]:
    """Units of one product as one lot on the bonded shelf, all of one importer."""
    KeyRing.make(settings.KEY_DIR)
    operator = party(Party.Kind.OPERATOR, "operator")
    importer = party(Party.Kind.IMPORTER, "kowhai")
    supplier = party(Party.Kind.SUPPLIER, "waikato")
    pool = Pool.objects.create(
        code="bench", year=2025, operator=operator, keeper=operator, broker=operator, port="CNNGB"
    )
    Country.objects.create(alpha2="NZ", alpha3="NZL", name="New Zealand", name_zh="新西兰")
    Country.objects.create(alpha2="CN", alpha3="CHN", name="China", name_zh="中国")
    Port.objects.create(
        unlocode="NZAKL", name="Auckland", country="NZ", latitude="-36.84", longitude="174.78"
    )
    Port.objects.create(
        unlocode="CNNGB", name="Ningbo", country="CN", latitude="29.87", longitude="121.55"
    )
    Appointment.objects.create(
        importer_id=importer.pk,
        kind=Appointment.Kind.DOMESTIC_AGENT,
        party=operator,
        valid_from=date(2025, 1, 1),
    )
    services.open_book(
        pool=pool, number="B1", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    product = goods.product("9421902960017", "Whole milk powder")
    with clock.at(ARRIVED), tenancy.as_operator("benchmark"):
        line = goods.ordered(pool, supplier, {product: {importer: units}})[0]
        consignment = goods.consigned(pool, [line])
        _travelled(consignment)
        counted = goods.counted(line, good=units, expires_on=date(2026, 9, 30))
        services.allocate(goods.received(consignment, [counted], on=ARRIVED))
    return importer, product, Lot.objects.get()


def _travelled(consignment: Consignment) -> None:
    for name, port in (("departed", "NZAKL"), ("arrived", "CNNGB")):
        facts.append(
            f"imports.consignment.{name}",
            subject=f"consignment:{consignment.pk}",
            data={"consignment": consignment.pk, "port": port, "mode": consignment.mode},
        )
