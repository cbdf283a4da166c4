"""The fill page of a round, as its operator uses it."""

import pytest
from django.urls import reverse

from imports import services
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


def page_of(client, round_):
    answer = client.get(reverse("imports:fill", args=[round_.pk]))
    return answer.status_code, answer.content.decode()


def test_the_operator_sees_what_is_missing_and_who_could_top_up(
    as_operator, pool, importer, stranger, supplier, serum
):
    factories.offer(supplier, serum, {1: "10.00", 100: "9.00"}, pack_units=12)
    factories.plan(importer, serum, m04=50, tolerance_units=9)
    factories.plan(stranger, serum, m05=8)

    status, page = page_of(as_operator, factories.quarter(pool))

    assert status == 200
    assert all(text in page for text in (importer.name, "SERUM-1", "7 units of 1 importer<"))
    assert stranger.name not in page
    (row,) = services.fill_of(_round(pool))
    assert (row.open_units, row.is_within_reach) == (7, False)
    line = row.filling
    assert (line.plan.units, line.pack_missing_units, line.tier_missing_units) == (60, 0, 48)
    assert line.gain_minor == 58_00


def _round(pool):
    return pool.rounds.get()


def test_a_round_that_is_consolidated_is_no_longer_filled(
    as_operator, pool, importer, supplier, serum
):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=5)
    round_ = factories.quarter(pool)
    services.consolidate_round(round_)

    assert "Nothing is missing" in page_of(as_operator, round_)[1]


def test_products_without_an_offer_are_left_out_of_the_page(as_operator, pool, importer, serum):
    factories.plan(importer, serum, m04=5)

    assert page_of(as_operator, factories.quarter(pool))[0] == 200
    assert services.fill_of(_round(pool)) == []


def test_importers_do_not_find_the_fill_page(as_importer, pool):
    assert page_of(as_importer, factories.quarter(pool))[0] == 404


@pytest.mark.parametrize("products", [1, 15])
def test_filling_costs_as_many_queries_for_many_products_as_for_one(
    products, pool, importer, supplier, django_assert_max_num_queries
):
    for number in range(products):
        of = factories.product(number + 10)
        factories.offer(supplier, of)
        factories.plan(importer, of, m04=1)
    round_ = factories.quarter(pool)

    with django_assert_max_num_queries(9):
        assert len(services.fill_of(round_)) == products
