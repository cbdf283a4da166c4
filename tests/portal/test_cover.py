"""The page that says how long an importer's own units last."""

from datetime import date

import pytest
from django.urls import reverse

from core import clock, tenancy
from imports import services
from portal.queries.cover import covers
from tests.imports import factories

TODAY = date(2026, 3, 2)


@pytest.fixture
def order(pool, importer):
    """300 units on their way to the importer, who plans ten a day in April."""
    factories.load_rates(TODAY)
    services.load_tariffs()
    with clock.at(TODAY), tenancy.as_operator("test"):
        serum = factories.product(1)
        factories.offer(factories.supplier(), serum)
        factories.plan(importer, serum, m04=300)
        yield factories.placed_order(pool)


def test_cover_is_own_stock_and_own_arrivals_against_the_own_plan(order, importer, stranger):
    consignment = services.ship_order(order, departed_on=TODAY)
    services.expect_arrival(consignment, on=date(2026, 4, 11))

    (row,) = covers(importer, TODAY)

    assert (row.free_units, row.coming[0][1].units) == (0, 300)
    # nothing is planned in March; April is sold from its first day, the goods come on the 11th
    assert (row.cover.runs_out_on, row.cover.days_without) == (date(2026, 4, 1), 10)
    assert covers(stranger, TODAY) == []


def test_the_page_names_delays_and_what_is_coming(order, client, importer_user, importer):
    consignment = services.ship_order(order, departed_on=TODAY)
    services.expect_arrival(consignment, on=date(2026, 5, 16))
    client.force_login(importer_user)

    page = client.get(reverse("cover")).content.decode()

    assert "10 days late" in page
    assert "Serum 1" in page


def test_without_a_plan_the_page_says_what_to_do_first(client, importer_user):
    client.force_login(importer_user)

    assert "Plan your year first" in client.get(reverse("cover")).content.decode()
