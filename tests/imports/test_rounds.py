"""Rounds: one purchase for everybody, shared to the unit and the cent."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import invariants, tenancy
from core.domain.transitions import StepNotAllowed
from core.models import Fact
from imports import queries, services
from imports.domain.consolidation import NoOfferInForce, NothingAsked
from imports.models import OrderShare, PurchaseOrder, PurchaseOrderLine, Round
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def test_a_round_buys_its_months_in_packs_and_shares_the_cost_to_the_cent(
    pool, importer, stranger, operator, supplier, serum
):
    factories.offer(supplier, serum, {1: "10.00"}, pack_units=12)
    factories.plan(importer, serum, m03=99, m04=10, m05=20, m07=99)
    factories.plan(stranger, serum, m06=10)

    (order,) = services.consolidate_round(factories.quarter(pool))

    line = PurchaseOrderLine.objects.get(order=order)
    assert (order.number, order.currency, order.total_minor) == ("PO-2026-000001", "USD", 480_00)
    assert (line.asked_units, line.units, line.surplus_units) == (40, 48, 8)
    assert line.surplus_cause == "pack"
    shares = OrderShare.objects.order_by("owner__code").values_list(
        "owner_id", "asked_units", "units", "cost_minor"
    )
    assert list(shares) == [
        (importer.pk, 30, 30, 360_00),
        (operator.pk, 0, 8, 0),
        (stranger.pk, 10, 10, 120_00),
    ]


def test_pooled_units_reach_the_price_tier_that_nobody_reaches_alone(
    pool, importer, stranger, supplier, serum
):
    factories.offer(supplier, serum, {1: "10.00", 100: "8.00"})
    factories.plan(importer, serum, m04=60)
    factories.plan(stranger, serum, m04=40)

    (order,) = services.consolidate_round(factories.quarter(pool))

    assert order.total_minor == 800_00
    # alone 600 and 400: of the 200 saved equal price gives 120, the Shapley value 100
    assert OrderShare.objects.get(owner=importer).cost_minor == 490_00


def test_each_supplier_gets_one_order_and_numbers_have_no_gaps(pool, importer, supplier, serum):
    other = factories.supplier("kiwi-goods", "NZ")
    second, third = factories.product(2), factories.product(3)
    for number, (by, of) in enumerate([(supplier, serum), (other, second), (supplier, third)]):
        factories.offer(by, of)
        factories.plan(importer, of, m04=number + 1)

    orders = services.consolidate_round(factories.quarter(pool))

    assert [order.number for order in orders] == ["PO-2026-000001", "PO-2026-000002"]
    assert [order.origin_port for order in orders] == ["USLAX", "NZAKL"]
    assert [order.lines.count() for order in orders] == [2, 1]


def test_the_supplier_that_is_cheapest_in_cny_is_chosen(pool, importer, supplier, serum):
    yen = factories.supplier("osaka-goods", "JP")
    factories.offer(supplier, serum, {1: "10.00"})
    factories.offer(yen, serum, {1: "1499"}, currency="JPY")
    factories.plan(importer, serum, m04=10)

    (order,) = services.consolidate_round(factories.quarter(pool))

    # 1,499 JPY = 69.95 CNY against 10.00 USD = 70.00 CNY
    assert (order.supplier_id, order.currency, order.total_minor) == (yen.pk, "JPY", 14_990)


def test_only_the_current_version_of_a_plan_is_bought(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    old = factories.plan(importer, serum, m04=99)
    old.version_before = factories.STARTED
    old.save()
    factories.plan(importer, serum, m04=3)

    (order,) = services.consolidate_round(factories.quarter(pool))

    assert order.lines.get().asked_units == 3


def test_a_round_across_new_year_takes_both_years(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m11=99, m12=4, tolerance_units=1)
    factories.plan(importer, serum, year=2027, m01=5, m02=99)
    round_ = factories.quarter(pool, date(2026, 12, 1), date(2027, 1, 1))

    (order,) = services.consolidate_round(round_)

    assert order.lines.get().asked_units == 9


def test_a_planned_product_without_supplier_stops_the_round_and_changes_nothing(
    pool, importer, supplier, serum
):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=1)
    factories.plan(importer, factories.product(2), m04=1)
    round_ = factories.quarter(pool)

    with pytest.raises(NoOfferInForce) as refused:
        services.consolidate_round(Round.objects.get(pk=round_.pk))

    assert refused.value.params["sku"] == "SERUM-2"
    assert not PurchaseOrder.objects.exists()
    assert not Fact.objects.exists()
    assert Round.objects.get(pk=round_.pk).state == "open"


def test_an_offer_is_used_only_while_it_is_in_force(pool, importer, supplier, serum):
    factories.offer(supplier, serum, valid_before=date(2026, 3, 2))
    factories.plan(importer, serum, m04=1)

    with pytest.raises(NoOfferInForce):
        services.consolidate_round(factories.quarter(pool))


def test_a_round_in_which_nobody_asks_is_refused(pool, importer, serum):
    factories.plan(importer, serum, m01=5)
    round_ = factories.quarter(pool)

    with pytest.raises(NothingAsked):
        services.consolidate_round(round_)
    assert Round.objects.get(pk=round_.pk).state == "open"


def test_a_round_is_consolidated_once_also_by_two_who_hold_old_copies(
    pool, importer, supplier, serum
):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=1)
    round_ = factories.quarter(pool)
    copy = Round.objects.get(pk=round_.pk)
    services.consolidate_round(round_)

    for late in (round_, copy):
        with pytest.raises(StepNotAllowed):
            services.consolidate_round(late)
    assert PurchaseOrder.objects.count() == 1


def test_months_are_bought_for_by_one_round_of_a_pool(pool):
    factories.quarter(pool)

    with pytest.raises(services.MonthsAlreadyInRound):
        factories.quarter(pool, date(2026, 6, 1), date(2026, 8, 1))
    assert factories.quarter(pool, date(2026, 7, 1), date(2026, 9, 1)).state == "open"


def test_placing_orders_dates_them_and_tells_the_log(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=5)

    order = factories.placed_order(pool, date(2026, 3, 5))

    assert (order.state, order.ordered_on) == ("placed", date(2026, 3, 5))
    assert order.round.state == "ordered"
    assert Fact.objects.get(name="imports.order.placed").data == {
        "order": order.pk,
        "number": "PO-2026-000001",
        "supplier": supplier.pk,
        "currency": "USD",
        "total_minor": 50_00,
        "on": "2026-03-05",
    }


def test_orders_are_placed_after_consolidation_only(pool):
    with pytest.raises(StepNotAllowed):
        services.place_orders(factories.quarter(pool))


def test_an_importer_sees_its_own_share_of_an_order(pool, importer, stranger, supplier, serum):
    factories.offer(supplier, serum, pack_units=12)
    factories.plan(importer, serum, m04=3)
    factories.plan(stranger, serum, m04=4)
    order = factories.placed_order(pool)

    with tenancy.acting_for(importer):
        own = queries.shares_of(order.pk)
        through_the_line = order.lines.get().shares.count()

    assert [(share.owner_id, share.units) for share in own] == [(importer.pk, 3)]
    assert through_the_line == 1
    assert len(queries.shares_of(order.pk)) == 3


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(1, 40), st.integers(1, 99)),
        min_size=1,
        max_size=4,
    ).filter(lambda rows: any(mine + yours for mine, yours, _, _ in rows))
)
def test_the_laws_of_plan_and_buy_hold_for_any_round(rows, pool, importer, stranger, supplier):
    start = PurchaseOrder.objects.count()
    with rolled_back():
        for number, (mine, yours, pack, price) in enumerate(rows):
            of = factories.product(number + 500)
            factories.offer(supplier, of, {1: f"{price}.37", 90: f"{price}.00"}, pack_units=pack)
            factories.plan(importer, of, m04=mine)
            factories.plan(stranger, of, m05=yours, tolerance_units=pack)
        factories.placed_order(pool)

        assert [f.violations for f in invariants.check_all("imports.") if not f.holds] == []
    assert PurchaseOrder.objects.count() == start


@contextmanager
def rolled_back():
    """A block whose writes are undone, so that examples do not see each other."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("lines", [1, 25])
def test_consolidation_costs_as_many_queries_for_many_products_as_for_one(
    lines, pool, importer, supplier, django_assert_max_num_queries
):
    for number in range(lines):
        of = factories.product(number + 10)
        factories.offer(supplier, of)
        factories.plan(importer, of, m04=1)
    round_ = factories.quarter(pool)

    with django_assert_max_num_queries(40):
        services.consolidate_round(round_)


@pytest.mark.parametrize("lines", [1, 12])
def test_pages_of_a_round_cost_one_query_each(
    lines, pool, importer, supplier, django_assert_num_queries
):
    for number in range(lines):
        of = factories.product(number + 10)
        factories.offer(supplier, of)
        factories.plan(importer, of, m04=2)
    order = factories.placed_order(pool)
    round_ = order.round

    with django_assert_num_queries(1):
        assert [row.line_count for row in queries.orders_of(round_)] == [lines]
    with django_assert_num_queries(1):
        assert [row.order_count for row in queries.rounds([pool])] == [1]
    with django_assert_num_queries(1):
        assert len(queries.order_lines(order.pk)) == lines
    with django_assert_num_queries(1):
        assert len(queries.shares_of(order.pk)) == lines
    with django_assert_num_queries(1):
        assert [(row.products, row.units) for row in queries.owners_of(order.pk)] == [
            (lines, 2 * lines)
        ]
