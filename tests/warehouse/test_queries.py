"""What the warehouse tells, and that telling costs the same whatever the size."""

from datetime import date

import pytest

from core import tenancy
from tests.warehouse import goods
from tests.warehouse.conftest import EXPIRES
from warehouse import queries, services
from warehouse.domain.book import Counters
from warehouse.models import Lot

pytestmark = pytest.mark.usefixtures("as_operator")


def fill(stock_up, kinds):
    for n in range(kinds):
        stock_up(goods.product(f"94219029{n:04d}", f"Product {n}"), 5, lot_no=f"L-{n}")


def test_a_position_splits_owned_units_into_reserved_packed_and_free(shelf):
    parcel = services.reserve(shelf.importer, shelf.product, 10, "order-1")
    services.pick(services.dispatch(shelf.importer, "parcel-1", parcel))
    services.reserve(shelf.importer, shelf.product, 15, "order-2")

    position = queries.positions(shelf.importer)[0]

    assert (position.gtin, position.lot_no, position.expires_on) == (
        shelf.product.gtin,
        "L-1",
        EXPIRES,
    )
    assert position.owned_units == 60
    assert position.packed_units == 10
    assert position.reserved_units == 15
    assert position.free_units == 35


def test_an_importer_in_view_sees_no_position_of_another(shelf):
    with tenancy.acting_for(shelf.stranger):
        assert queries.positions(shelf.importer) == []
        assert [row.owned_units for row in queries.positions(shelf.stranger)] == [30]


def test_free_units_are_those_that_live_long_enough(importer, product, stock_up):
    stock_up(product, 10, lot_no="EARLY", expires_on=date(2025, 6, 1))
    stock_up(product, 7, lot_no="LATE", expires_on=date(2026, 9, 1))
    services.reserve(importer, product, 2, "order-1", minimum_expiry=date(2026, 1, 1))

    assert queries.free_units(importer, product, last_day_from=date(2025, 6, 1)) == 15
    assert queries.free_units(importer, product, last_day_from=date(2025, 6, 2)) == 5


def test_stock_is_told_by_owner_place_and_expiry(shelf):
    rows = queries.stock()

    assert [(row.owner, row.place, row.expires_on, row.units) for row in rows] == [
        ("Beilun Pool Services", "bonded", EXPIRES, 10),
        ("Kowhai Trading", "bonded", EXPIRES, 60),
        ("Other Seller", "bonded", EXPIRES, 30),
    ]


def test_the_book_names_what_lies_between_it_and_the_shelves(shelf, operator):
    parcel = services.reserve(shelf.importer, shelf.product, 4, "order-1")
    services.book_expect_out(shelf.product, 4, "parcel-1")
    services.ship(services.pick(services.dispatch(shelf.importer, "parcel-1", parcel)))

    row = queries.book_positions(operator)[0]

    assert row.counters == Counters(actual_in=100, expected_out=4)
    assert row.reconciliation.physical == 96
    assert row.reconciliation.left_not_written_off == 4
    assert row.reconciliation.drift_units == 0


def test_goods_written_off_before_they_leave_are_named_too(shelf, operator):
    parcel = services.reserve(shelf.importer, shelf.product, 4, "order-1")
    services.dispatch(shelf.importer, "parcel-1", parcel)
    services.book_expect_out(shelf.product, 4, "parcel-1")
    services.book_actual_out(shelf.product, 4, "parcel-1")

    row = queries.book_positions(operator)[0]

    assert row.reconciliation.written_off_not_left == 4
    assert row.reconciliation.drift_units == 0


@pytest.mark.parametrize("kinds", [1, 12])
def test_what_is_told_costs_the_same_whatever_the_size(
    kinds, stock_up, importer, operator, django_assert_num_queries
):
    fill(stock_up, kinds)
    lot = Lot.objects.order_by("pk").first()
    receipt = lot.receipt_line.receipt

    with django_assert_num_queries(1):
        assert len(queries.positions(importer)) == kinds
    with django_assert_num_queries(1):
        assert len(queries.stock()) == kinds
    with django_assert_num_queries(1):
        assert len(queries.receipts(operator)) == kinds
    with django_assert_num_queries(1):
        assert len(queries.receipt_lines(receipt)) == 1
    with django_assert_num_queries(1):
        assert len(queries.shares_of(importer)) == kinds
    with django_assert_num_queries(1):
        assert len(queries.lot_history(lot)) == 2
    with django_assert_num_queries(1):
        assert queries.awaited(operator) == []
    with django_assert_num_queries(4):
        assert len(queries.book_positions(operator)) == kinds


@pytest.mark.parametrize("lines", [1, 12])
def test_receiving_and_sharing_out_cost_the_same_whatever_the_number_of_lines(
    lines, account_book, pool, supplier, importer, django_assert_max_num_queries
):
    items = [goods.product(f"94219029{n:04d}", f"Product {n}") for n in range(lines)]
    order_lines = goods.ordered(pool, supplier, {item: {importer: 5} for item in items})
    consignment = goods.consigned(pool, order_lines)
    counts = [goods.counted(line, good=5) for line in order_lines]

    with django_assert_max_num_queries(37):
        receipt = goods.received(consignment, counts, on=date(2025, 3, 10))
    with django_assert_max_num_queries(15):
        services.allocate(receipt)


@pytest.mark.parametrize("parcels", [1, 8])
def test_parcels_cost_two_queries_however_many(parcels, shelf, operator, django_assert_num_queries):
    for n in range(parcels):
        made = services.reserve(shelf.importer, shelf.product, 1, f"order-{n}")
        services.dispatch(shelf.importer, f"parcel-{n}", made)

    with django_assert_num_queries(2):
        rows = queries.parcels(operator)

    assert [row.reference for row in rows] == [f"parcel-{n}" for n in range(parcels)]
    assert rows[0].lines[0].units == 1
