"""Lists without end, goods under another name, and the last unit wanted by two."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import tenancy
from core.domain.errors import Refusal
from core.models import Membership, Party
from customs import services as customs
from imports.domain.perishables import StorageTerms, refuse_unfit_for_pool
from imports.models import Product
from tests.attacks.examples import PAGES
from tests.conftest import party, user_of
from tests.customs.shop import Shop
from warehouse import services as warehouse
from warehouse.domain.fefo import NotEnoughStock
from warehouse.models import Holding

pytestmark = pytest.mark.django_db

FRESH = [
    "0201300010", "0302110000", "0401200000", "0406100000", "0603110000", "0702000000",
    "0803900000", "0106199090", "0403201000",
]  # fmt: skip
INNOCENT = ["Cosmetics", "stationery", "SHELF-STABLE", "不易腐", "", "0402 milk powder"]


@pytest.mark.parametrize("hs_code", FRESH)
def test_fresh_goods_stay_out_of_the_pool_whatever_they_are_called(hs_code):
    with pytest.raises(Refusal):
        refuse_unfit_for_pool(
            hs_code=hs_code, shelf_life_days=3_000, lead_time_days=1, terms=StorageTerms()
        )


def test_a_product_renamed_into_another_category_is_still_left_out_of_the_plan(importer_user):
    for number, (hs_code, name) in enumerate(zip(FRESH, INNOCENT * 2, strict=False)):
        Product.objects.create(
            gtin=f"{number:014d}", sku=f"FRESH-{number}", name=name or "x", name_zh=name,
            category=name, hs_code=hs_code, origin="NZ", net_weight_g=1, gross_weight_g=1,
            volume_cm3=1, declared_unit="011", statutory_unit="035", statutory_qty_per_unit=1,
        )  # fmt: skip
    client = Client()
    client.force_login(importer_user)

    assert b"FRESH" not in client.get("/imports/plan/template.csv").content


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1000000000", "9" * 40, "x", "1.5"])
def test_a_shop_cannot_ask_for_more_than_a_page(world, limit):
    shop = Client(headers={"Authorization": f"Bearer {world.keys['importer']}"})

    for path in ("orders", "stock", "products", "notices"):
        assert shop.get(f"/api/v1/{path}?limit={limit}").status_code == 422


def test_a_cursor_that_we_did_not_give_is_declined(world):
    shop = Client(headers={"Authorization": f"Bearer {world.keys['importer']}"})

    for cursor in ("-1", "x", "9" * 30, "1;DROP TABLE", "1' OR '1'='1"):
        assert shop.get(f"/api/v1/orders?cursor={cursor}").status_code == 422


LISTS = (
    "customs/orders/",
    "customs/batches/",
    "warehouse/stock/",
    "warehouse/parcels/",
    "parties/",
)
LISTS += ("members/", "work/", "settlement/batches/", "warehouse/receipts/", "imports/plan/")


def test_no_list_asks_the_database_once_per_row(world):
    def cost():
        asked = {}
        for where in LISTS:
            page = PAGES[where]
            who = next(name for name in ("importer", "operator") if name in page.who)
            client = world.client(who)
            client.get(page.example(world))
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(page.example(world))
            asked[where] = len(queries)
        return asked

    before = cost()
    _more(world)

    assert cost() == before


def _more(world):
    """Ten of everything that the lists show."""
    for number in range(10):
        other = party(Party.Kind.IMPORTER, f"more-{number}")
        user = user_of(other, "importer")
        Membership.objects.create(user=user, party=world.importer, role="importer")
    named = [Party.objects.get(code=code) for code in ("mall", "pay", "courier")]
    shop = Shop(world.pool, world.lot.product, *named)
    for number in range(10):
        order = customs.take_order(world.importer, shop.order(1, number=f"MORE-{number}"))
        customs.declare_batch(world.pool, [order], request_key=f"more-{number}")


def test_the_last_unit_is_promised_to_one_of_two(world):
    product = world.lot.product
    with tenancy.as_operator("test"):
        free = sum(
            row.units - row.reserved_units
            for row in Holding.objects.filter(lot__product=product, owner_id=world.importer.pk)
        )
        warehouse.reserve(world.importer, product, free - 1, "all-but-one")
        warehouse.reserve(world.importer, product, 1, "first")
        with pytest.raises(NotEnoughStock):
            warehouse.reserve(world.importer, product, 1, "second")
        holding = Holding.objects.filter(lot=world.lot, owner_id=world.importer.pk).first()
        with pytest.raises(IntegrityError), transaction.atomic():
            Holding.objects.filter(pk=holding.pk).update(reserved_units=holding.units + 1)
