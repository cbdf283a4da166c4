"""The operator sees what pooling saves in safety stock, and when it is too early to say."""

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.domain.calendar import add_months
from imports import services
from imports.models import UnitsDrawn
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")

START = date(2025, 9, 1)


def drew(importer, product, units):
    UnitsDrawn.objects.bulk_create(
        UnitsDrawn(importer_id=importer.pk, product=product, month=add_months(START, n), units=each)
        for n, each in enumerate(units)
    )


def test_the_benefit_is_measured_on_closed_months_of_products_that_several_sell(
    importer, stranger, supplier, serum
):
    factories.offer(supplier, serum, lead_time_days=0)
    drew(importer, serum, [10, 20, 10, 20, 10, 20, 999])
    drew(stranger, serum, [20, 10, 20, 10, 20, 10, 999])
    drew(importer, factories.product(2), [5, 5, 5, 5, 5, 5])

    found = services.pooling_benefit()

    assert (found.months, found.alone_only) == (6, 1)
    (row,) = found.rows
    assert row.sku == "SERUM-1"
    # standard deviations of 5.477 each, over three months, at 1.645
    assert row.stock.alone_units == pytest.approx(2 * 30**0.5 * 1.645 * 3**0.5)
    assert found.ratio == pytest.approx((1 / 6) ** 0.5)
    assert found.low <= found.ratio <= found.high


def test_before_half_a_year_is_over_nothing_is_claimed(client, operator_user, importer, serum):
    drew(importer, serum, [10, 20])
    client.force_login(operator_user)

    with clock.at(date(2025, 11, 2)):
        assert services.pooling_benefit().rows == ()
        page = client.get(reverse("imports:benefit")).content.decode()
    assert "Too early to say" in page


def test_the_operator_reads_the_band_beside_the_figure(
    client, operator_user, importer, stranger, serum
):
    drew(importer, serum, [10, 20, 10, 20, 10, 20])
    drew(stranger, serum, [20, 10, 20, 10, 20, 11])
    client.force_login(operator_user)

    page = client.get(reverse("imports:benefit")).content.decode()

    assert "Together the importers need" in page
    assert "SERUM-1" in page


@pytest.mark.parametrize("products", [1, 8])
def test_the_benefit_costs_four_queries(products, importer, stranger, django_assert_num_queries):
    for number in range(products):
        of = factories.product(number + 10)
        drew(importer, of, [1, 2, 3, 4, 5, 6])
        drew(stranger, of, [6, 2, 3, 4, 5, 6])

    with django_assert_num_queries(4):
        assert len(services.pooling_benefit().rows) == products
