"""A pool with an account book, one ordered product, and a consignment at the door."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from core import clock, tenancy
from core.models import Party, Pool
from imports.models import Consignment, Product, PurchaseOrderLine
from tests.conftest import party
from tests.warehouse import goods
from warehouse import services
from warehouse.models import Lot, Receipt

ARRIVED = date(2025, 3, 10)
EXPIRES = date(2026, 9, 30)


@dataclass
class Shelf:
    """What a test finds in the warehouse."""

    pool: Pool
    supplier: Party
    importer: Party
    stranger: Party
    product: Product
    order_line: PurchaseOrderLine
    consignment: Consignment
    receipt: Receipt


@pytest.fixture(autouse=True)
def day_of_arrival():
    with clock.at(ARRIVED):
        yield


@pytest.fixture
def supplier(db: None) -> Party:
    return party(Party.Kind.SUPPLIER, "waikato", name="Waikato Dairy", country="NZ")


@pytest.fixture
def account_book(pool: Pool):
    return services.open_book(
        pool=pool,
        number="T3105W000001",
        cycle_from=date(2025, 1, 1),
        cycle_before=date(2026, 1, 1),
    )


@pytest.fixture
def product(db: None) -> Product:
    return goods.product("9421902960017", "Whole milk powder")


@pytest.fixture
def order_line(
    as_operator, pool, supplier, product, importer, stranger, operator
) -> PurchaseOrderLine:
    shares = {importer: 60, stranger: 30, operator: 10}
    return goods.ordered(pool, supplier, {product: shares})[0]


@pytest.fixture
def consignment(pool, order_line) -> Consignment:
    return goods.consigned(pool, [order_line])


@pytest.fixture
def as_operator():
    with tenancy.as_operator("test"):
        yield


@pytest.fixture
def received(as_operator, account_book, consignment, order_line) -> Receipt:
    counted = goods.counted(order_line, good=100, expires_on=EXPIRES)
    return goods.received(consignment, [counted], on=ARRIVED)


@pytest.fixture
def shelf(received, pool, supplier, importer, stranger, product, order_line, consignment) -> Shelf:
    services.allocate(received)
    return Shelf(pool, supplier, importer, stranger, product, order_line, consignment, received)


@pytest.fixture
def stock_up(as_operator, account_book, pool, supplier, importer) -> Callable[..., Receipt]:
    """Receive and allocate units of a product, all of them to the one importer."""

    def stock_up(product: Product, good: int, **lot: object) -> Receipt:
        line = goods.ordered(pool, supplier, {product: {importer: good}})[0]
        consignment = goods.consigned(pool, [line])
        receipt = goods.received(consignment, [goods.counted(line, good=good, **lot)], on=ARRIVED)
        services.allocate(receipt)
        return receipt

    return stock_up


@pytest.fixture
def lot(shelf):
    return Lot.objects.get(receipt_line__receipt=shelf.receipt)


@pytest.fixture
def house(pool):
    return services.open_warehouse(pool, "NB1", "Beilun hall 1")
