"""Each role's home page shows what matters to it today, and nothing of anybody else."""

from datetime import date

import pytest

from core import clock, tenancy
from core.models import Job, Party
from customs.models import DeclarationBatch
from fx_settlement.models import SettlementBatch
from imports.models import Product, Round
from tests.conftest import party
from tests.imports import factories
from tests.warehouse import goods
from warehouse import services as warehouse

HOME = "/home/"
ARRIVED = date(2025, 3, 10)


@pytest.fixture
def milk(db) -> Product:
    return goods.product("9421902960017", "Whole milk powder")


@pytest.fixture
def ordered(pool, milk, importer, stranger, operator):
    """One order: 60 units for Kowhai, 30 for a stranger, 10 for the buffer."""
    supplier = party(Party.Kind.SUPPLIER, "waikato", name="Waikato Dairy", country="NZ")
    with tenancy.as_operator("test"):
        shares = {importer: 60, stranger: 30, operator: 10}
        return goods.ordered(pool, supplier, {milk: shares})[0]


@pytest.fixture
def received(pool, ordered):
    """The order counted in at the warehouse: 95 good, 5 short."""
    with clock.at(ARRIVED), tenancy.as_operator("test"):
        warehouse.open_book(
            pool=pool,
            number="T3105W000001",
            cycle_from=date(2025, 1, 1),
            cycle_before=date(2026, 1, 1),
        )
        consignment = goods.consigned(pool, [ordered])
        counted = goods.counted(ordered, good=95, short=5, expires_on=date(2026, 9, 30))
        return goods.received(consignment, [counted], on=ARRIVED)


def page_of(client) -> str:
    return client.get(HOME).content.decode()


def test_an_importer_without_a_plan_is_told_how_to_start(as_importer):
    page = page_of(as_importer)

    assert "Upload the year's forecast" in page
    assert "No order is on its way" in page


def test_an_importer_sees_its_plan_by_month(as_importer, pool, importer, stranger, milk):
    with tenancy.as_operator("test"):
        factories.plan(importer, milk, year=2025, m01=1000, m03=500)
        factories.plan(stranger, milk, year=2025, m01=7777)

    page = page_of(as_importer)

    assert "<b>1,500</b>" in page
    assert "<title>Mar · Plan: 500</title>" in page
    assert "7,777" not in page


def test_an_importer_sees_its_own_part_of_an_order(as_importer, ordered):
    page = page_of(as_importer)

    assert ordered.order.number in page
    assert '<td class="num">60</td>' in page
    assert '<td class="num">100</td>' not in page


def test_an_importer_sees_its_free_stock_and_its_first_expiry(as_importer, received):
    with clock.at(ARRIVED), tenancy.as_operator("test"):
        warehouse.allocate(received)

    page = page_of(as_importer)

    assert "of 60 units owned" in page
    assert "30 Sep 2026" in page


def test_the_operator_without_a_pool_has_nothing_to_decide(as_operator):
    assert "Nothing waits for you" in page_of(as_operator)


def test_an_open_round_waits_for_the_operator(as_operator, pool):
    with tenancy.as_operator("test"):
        factories.quarter(pool, date(2025, 4, 1), date(2025, 6, 1))
    code = Round.objects.get().code

    page = page_of(as_operator)

    assert f"Add up the plans of round {code}" in page
    assert "Apr 2025 – Jun 2025" in page


def test_a_receipt_that_is_not_shared_out_waits_with_its_shortage(as_operator, received):
    page = page_of(as_operator)

    assert f"Share out what consignment {received.consignment.number} brought" in page
    assert "95 good, 0 damaged, 5 short of 100 units" in page


def test_a_receipt_that_was_shared_out_no_longer_waits(as_operator, received):
    with clock.at(ARRIVED), tenancy.as_operator("test"):
        warehouse.allocate(received)

    assert "Share out what" not in page_of(as_operator)


def test_parked_work_waits_for_the_operator(as_operator, pool):
    Job.objects.create(key="k", task="t", state="parked", ordered_at=clock.now())

    assert "1 piece of background work is parked" in page_of(as_operator)


def test_the_operator_sees_units_and_owners_in_the_warehouse(as_operator, received):
    with clock.at(ARRIVED), tenancy.as_operator("test"):
        warehouse.allocate(received)

    page = page_of(as_operator)

    assert "<b>95</b>" in page
    assert "of 3 owners" in page


@pytest.mark.parametrize("products", [1, 12])
def test_an_importers_home_costs_the_same_whatever_it_plans(
    as_importer, pool, importer, products, django_assert_num_queries
):
    with tenancy.as_operator("test"):
        for number in range(products):
            factories.plan(importer, factories.product(number), year=2025, m01=10)

    with django_assert_num_queries(12):
        as_importer.get(HOME)


def test_the_saving_is_reckoned_apart_from_the_page(as_importer, pool):
    page = page_of(as_importer)

    assert 'hx-get="/home/saving/"' in page
    assert '<a href="/home/saving/">' in page


def test_before_anything_is_settled_the_saving_says_so(as_importer, pool):
    part = as_importer.get("/home/saving/", headers={"HX-Request": "true"}).content.decode()

    assert "Nothing is settled yet" in part
    assert 'id="saving-kpi" hx-swap-oob="true"' in part
    assert "<html" not in part


def test_the_saving_is_also_a_page_of_its_own(as_importer, pool):
    page = as_importer.get("/home/saving/").content.decode()

    assert "Nothing is settled yet" in page
    assert "hx-swap-oob" not in page
    assert "</html>" in page


@pytest.mark.parametrize("who", ["as_operator", "as_broker"])
def test_an_importers_saving_is_nobody_elses(request, who):
    assert request.getfixturevalue(who).get("/home/saving/").status_code == 404


def test_a_settlement_batch_waits_with_its_next_step(as_operator, pool):
    SettlementBatch.objects.create(
        pool=pool,
        number="SB-2025-000001",
        currency="NZD",
        month=date(2025, 3, 1),
        opened_at=clock.now(),
        changed_at=clock.now(),
    )

    assert "Lock settlement batch SB-2025-000001" in page_of(as_operator)


def test_a_broker_without_batches_is_told_how_they_come_about(as_broker):
    page = page_of(as_broker)

    assert "No batch yet" in page
    assert "<b>0</b>" in page


def test_a_broker_sees_its_batches_and_no_others(as_broker, pool, broker, operator):
    for number, owner in (("DB-2025-000001", broker), ("DB-2025-000002", operator)):
        DeclarationBatch.objects.create(
            pool=pool,
            broker_id=owner.pk,
            number=number,
            declared_at=clock.now(),
            request_key=number,
        )

    page = page_of(as_broker)

    assert "DB-2025-000001" in page
    assert "DB-2025-000002" not in page


def test_a_consignment_at_the_door_waits_to_be_counted(as_operator, pool, ordered):
    with tenancy.as_operator("test"):
        consignment = goods.consigned(pool, [ordered])

    page = page_of(as_operator)

    assert f"Count consignment {consignment.number} in" in page
    assert f"/warehouse/receipts/count/{consignment.pk}/" in page


@pytest.mark.parametrize("rounds", [1, 4])
def test_the_operators_home_costs_the_same_whatever_waits(
    as_operator, pool, rounds, django_assert_num_queries
):
    with tenancy.as_operator("test"):
        for number in range(rounds):
            month = date(2025, 3 * number + 1, 1)
            factories.quarter(pool, month, date(2025, 3 * number + 3, 1))

    with django_assert_num_queries(23):
        as_operator.get(HOME)
