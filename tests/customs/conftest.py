"""An importer with goods in the pool, and orders for them as platforms send them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import Party, Pool
from customs import services
from customs.services import OrderIntake
from imports.models import Product
from tests.customs import shop
from tests.customs.shop import ORDERED_AT, Shop


@pytest.fixture(autouse=True)
def may_day():
    with clock.at(ORDERED_AT + timedelta(minutes=30)):
        yield


@pytest.fixture
def formula(db: None) -> Product:
    return shop.formula()


@pytest.fixture
def honey(db: None) -> Product:
    return shop.honey()


@pytest.fixture
def stocked(pool: Pool, importer: Party, formula: Product, honey: Product) -> Pool:
    """A pool in which the importer owns 100 units of each product, and taxes are guaranteed."""
    shop.stock_up(pool, importer, [formula, honey])
    return pool


@pytest.fixture
def order_of(stocked: Pool, formula: Product) -> Callable[..., OrderIntake]:
    """An order of formula at 250.00 a tin whose papers keep every rule; arguments spoil it."""
    return Shop.open(stocked, formula).order


@pytest.fixture
def take(importer: Party, order_of: Callable[..., OrderIntake]) -> Callable[..., Any]:
    """Take an order for the importer."""

    def take(*args: Any, **more: Any) -> Any:
        return services.take_order(importer, order_of(*args, **more))

    return take
