"""One more consumer order in the seeded world; run inside ``manage.py shell``."""

from datetime import date, datetime
from types import SimpleNamespace

from core import clock, tenancy
from core.models import Party, Pool
from customs.services import take_order
from imports.models import Product
from portal.demo import catalogue, selling
from portal.demo.dice import Dice
from portal.demo.sales import Sale
from warehouse.models import Holding

COMMAND = "from tests.browser.orders import take_one; take_one()"
DAY = date(2025, 12, 30)


def take_one() -> None:
    """Take an order for a unit that the first importer has on the shelf longest."""
    with tenancy.as_operator("test"), clock.at(DAY):
        importer = Party.objects.get(code="IM01")
        rows = Holding.objects.filter(owner=importer, place="bonded", units__gt=1)
        held = rows.order_by("-lot__expires_on").select_related("lot__product").first()
        year = SimpleNamespace(
            dice=Dice(1),
            products={row.sku: row for row in Product.objects.all()},
            rows={row.sku: row for row in catalogue.products()},
            world=SimpleNamespace(
                pool=Pool.objects.get(), parties={row.code: row for row in Party.objects.all()}
            ),
        )
        sale = Sale("SIM2025999999", importer.code, DAY, 1, ((held.lot.product.sku, 1),))
        ordered_at: datetime = clock.now()
        take_order(importer, selling._intake(year, sale, ordered_at))
