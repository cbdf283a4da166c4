"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction

from imports.models import (
    ForecastLine,
    OrderShare,
    PurchaseOrder,
    PurchaseOrderLine,
)
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def refused(write):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return str(caught.value)


def test_a_second_current_line_of_a_product_and_year_is_refused(importer, serum):
    factories.plan(importer, serum, m01=1)

    refused(lambda: factories.plan(importer, serum, m01=2))
    assert ForecastLine.objects.get().m01 == 1


def test_a_unit_price_other_than_the_amount_by_units_is_refused(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=1)
    factories.placed_order(pool)

    fault = refused(lambda: PurchaseOrderLine.objects.update(amount_minor=999))

    assert "a_unit_price_is_the_amount_by_units_rounded_down" in fault


def test_cutting_a_share_below_what_was_asked_is_refused(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=4)
    factories.placed_order(pool)

    fault = refused(lambda: OrderShare.objects.update(units=3))

    assert "nobody_is_cut_below_what_was_asked" in fault


def test_a_placed_order_without_its_day_is_refused(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=4)
    factories.placed_order(pool)

    fault = refused(lambda: PurchaseOrder.objects.update(ordered_on=None))

    assert "a_placed_order_has_its_day" in fault


def test_a_product_without_ten_digits_of_hs_code_is_refused(serum):
    serum.hs_code = "33049900"

    assert "an_hs_code_has_ten_digits" in refused(serum.save)
