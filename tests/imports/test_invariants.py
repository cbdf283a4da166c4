"""The laws of plan and buy, and that each notices when it is broken."""

from datetime import date

import pytest

from core import invariants
from imports import services
from imports.models import (
    ConsignmentLine,
    OrderShare,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
)
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def broken():
    return {f.name: list(f.violations) for f in invariants.check_all("imports.") if not f.holds}


@pytest.fixture
def line(pool, importer, supplier, serum, tariffs):
    factories.offer(supplier, serum, pack_units=12)
    factories.plan(importer, serum, m04=10)
    order = factories.placed_order(pool)
    services.ship_order(order, departed_on=date(2026, 3, 4))
    return PurchaseOrderLine.objects.get()


def test_the_laws_hold_for_an_order_on_its_way(line):
    assert broken() == {}


def test_a_share_that_went_missing_is_noticed(line, importer):
    OrderShare.objects.filter(owner=importer).delete()

    assert broken() == {
        "imports.shares_equal_lines": [
            f"order line {line.pk}: 12 units of 12000, shares give 2 of 0"
        ]
    }


def test_a_cent_too_much_in_a_share_is_noticed(line, importer):
    OrderShare.objects.filter(owner=importer).update(cost_minor=12_001)

    assert broken() == {
        "imports.shares_equal_lines": [
            f"order line {line.pk}: 12 units of 12000, shares give 12 of 12001"
        ]
    }


def test_an_order_total_that_differs_from_its_lines_is_noticed(line):
    PurchaseOrder.objects.update(total_minor=11_999)

    assert broken() == {
        "imports.orders_equal_lines": ["order PO-2026-000001 says 11999, its lines give 12000"]
    }


def test_a_buffer_that_costs_the_operator_is_noticed(line, operator, importer):
    OrderShare.objects.filter(owner=operator).update(cost_minor=5)
    OrderShare.objects.filter(owner=importer).update(cost_minor=11_995)

    assert broken() == {
        "imports.buffer_costs_nothing": [f"order line {line.pk}: the operator bears 5"]
    }


def test_rounds_that_cover_the_same_month_are_noticed(line, pool):
    Round.objects.create(
        pool=pool, code="twice", first_month=date(2026, 6, 1), last_month=date(2026, 7, 1)
    )

    assert broken() == {
        "imports.rounds_do_not_overlap": [
            "rounds ningbo-2025-2026-04 and twice cover the same month"
        ]
    }


def test_units_that_travel_without_being_bought_are_noticed(line):
    ConsignmentLine.objects.update(units=13)

    assert broken() == {
        "imports.nothing_travels_unordered": [
            f"order line {line.pk}: 12 units were bought, 13 travel"
        ]
    }
