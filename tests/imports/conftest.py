"""A day in March 2026 with rates and tariffs on record, and the operator in view."""

from collections.abc import Iterator

import pytest

from core import clock, tenancy
from core.models import Party
from imports import services
from imports.models import Product
from tests.imports import factories


@pytest.fixture
def in_march(db: None) -> Iterator[None]:
    """2 March 2026, everybody's rows in view."""
    factories.load_rates(factories.FIXED_ON)
    with clock.at(factories.FIXED_ON), tenancy.as_operator("test"):
        yield


@pytest.fixture
def tariffs(db: None) -> int:
    return services.load_tariffs()


@pytest.fixture
def supplier(db: None) -> Party:
    return factories.supplier()


@pytest.fixture
def serum(db: None) -> Product:
    return factories.product(1)
