"""How a round was bought is on record, and its operator sees it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from djmoney.money import Money

from core import jobs
from core.web import locale
from imports import queries, services
from imports.domain.purchase import CapacityTooLow
from imports.models import (
    OrderShare,
    PlanningTerms,
    PurchaseOrder,
    PurchaseOrderLine,
    RoundPlan,
    RoundShare,
    SupplierRebate,
)
from imports.services import purchasing
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


def test_the_plan_of_a_round_is_kept_with_its_bound_and_everybodys_cost_alone(
    pool, importer, stranger, supplier, serum
):
    factories.offer(supplier, serum, {1: "10.00", 100: "8.00"})
    factories.plan(importer, serum, m04=60)
    factories.plan(stranger, serum, m04=40)
    round_ = factories.quarter(pool)

    services.consolidate_round(round_)

    plan = queries.plan_record(round_)
    # 800, 800, 800 and 1,000 dollars at 7
    assert (plan.cost_minor, plan.bound_minor, plan.greedy_minor) == (5_600_00,) * 3
    assert (plan.alone_minor, plan.saving_minor, plan.gap) == (7_000_00, 1_400_00, 0)
    assert plan.rates == {"USD": ["7.0000000000", "2026-03-02"]}
    shares = RoundShare.objects.order_by("-cost_cny_minor").values_list(
        "importer_id", "cost_cny_minor", "alone_cny_minor"
    )
    assert list(shares) == [
        (importer.pk, 3_430_00, 4_200_00),
        (stranger.pk, 2_170_00, 2_800_00),
    ]


def test_a_pool_may_share_savings_by_equal_price_from_a_day_on(
    pool, importer, stranger, supplier, serum
):
    PlanningTerms.objects.create(pool=pool, valid_from="2026-02-01", equal_price_percent=0)
    PlanningTerms.objects.create(pool=pool, valid_from="2026-03-02", equal_price_percent=100)
    PlanningTerms.objects.create(pool=pool, valid_from="2026-03-03", equal_price_percent=50)
    factories.offer(supplier, serum, {1: "10.00", 100: "8.00"})
    factories.plan(importer, serum, m04=60)
    factories.plan(stranger, serum, m04=40)

    services.consolidate_round(factories.quarter(pool))

    assert OrderShare.objects.get(owner=importer).cost_minor == 480_00


def test_a_rebate_on_the_suppliers_total_is_off_every_line_and_stands_on_the_order(
    pool, importer, supplier, serum
):
    second = factories.product(2)
    factories.offer(supplier, serum)
    factories.offer(supplier, second, {1: "9.99"})
    for start, percent in ((50, "2.00"), (90, "5.00")):
        SupplierRebate.objects.create(
            supplier_id=supplier.pk, from_units=start, percent=percent, valid_from="2026-01-01"
        )
    factories.plan(importer, serum, m04=58)
    factories.plan(importer, second, m05=31)

    (order,) = services.consolidate_round(factories.quarter(pool))

    # one unit more of the cheaper product reaches 5 %
    assert order.rebate_percent == Decimal("5.00")
    assert order.total_minor == 551_00 + 303_70
    line = PurchaseOrderLine.objects.get(product=second)
    assert (line.units, line.surplus_cause, line.unit_price_minor) == (32, "supplier_tier", 949)
    assert line.amount_minor == 303_70


def test_what_one_supplier_cannot_deliver_is_ordered_from_two_and_everybody_holds_what_was_asked(
    pool, importer, stranger, supplier, serum
):
    other = factories.supplier("kiwi-goods", "NZ")
    factories.offer(supplier, serum, {1: "10.00"}, capacity_units=60)
    factories.offer(other, serum, {1: "12.00"})
    factories.plan(importer, serum, m04=70)
    factories.plan(stranger, serum, m04=30)

    orders = services.consolidate_round(factories.quarter(pool))

    assert [order.total_minor for order in orders] == [600_00, 480_00]
    for owner, units in ((importer, 70), (stranger, 30)):
        shares = OrderShare.objects.filter(owner=owner)
        assert sum(share.units for share in shares) == units
        assert sum(share.asked_units for share in shares) == units


def test_more_than_can_be_delivered_is_refused_and_changes_nothing(pool, importer, supplier, serum):
    factories.offer(supplier, serum, capacity_units=60)
    factories.plan(importer, serum, m04=70)
    round_ = factories.quarter(pool)

    with pytest.raises(CapacityTooLow) as refused:
        services.consolidate_round(round_)

    assert refused.value.params == {"sku": "SERUM-1", "asked": 70, "units": 60}
    round_.refresh_from_db()
    assert round_.state == "open"
    assert not PurchaseOrder.objects.exists()


def test_whole_pallets_are_ordered_where_the_supplier_sells_by_pallet(
    pool, importer, supplier, serum
):
    factories.offer(supplier, serum, pack_units=6, pallet_units=48, is_ordered_by_pallet=True)
    factories.plan(importer, serum, m04=50)

    (order,) = services.consolidate_round(factories.quarter(pool))

    assert order.lines.get().units == 96


def test_a_newer_offer_of_a_supplier_replaces_its_older_one(pool, importer, supplier, serum):
    factories.offer(supplier, serum, {1: "9.00"}, valid_from=date(2025, 12, 1))
    factories.offer(supplier, serum, {1: "10.00"})
    factories.plan(importer, serum, m04=1)

    (order,) = services.consolidate_round(factories.quarter(pool))

    assert order.total_minor == 10_00


def test_containers_are_planned_where_the_pools_terms_say_so(
    pool, importer, stranger, supplier, tariffs
):
    PlanningTerms.objects.create(pool=pool, valid_from="2026-01-01", plans_containers=True)
    bulky = factories.product(7, volume_cm3=1_000_000)
    factories.offer(supplier, bulky, {1: "10.00", 65: "9.60"})
    factories.plan(importer, bulky, m04=33)
    factories.plan(stranger, bulky, m04=30)

    (order,) = services.consolidate_round(factories.quarter(pool))

    # 65 units are 6 dollars cheaper and need a second container of 64 m3
    assert order.lines.get().units == 63


def test_plans_that_change_while_a_round_is_planned_stop_it(
    pool, importer, supplier, serum, monkeypatch
):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=1)
    round_ = factories.quarter(pool)
    planned = services.plan_purchase(round_)
    factories.plan(importer, serum, year=2026, m05=3, version_before=factories.STARTED)
    monkeypatch.setattr("imports.services.rounds.plan_purchase", lambda *_, **__: planned)
    importer_line = type(factories.plan(importer, factories.product(2), m04=0))
    importer_line.objects.filter(product=serum, version_before=None).update(m04=2)

    with pytest.raises(services.PlansChangedMeanwhile):
        services.consolidate_round(round_)
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({"bound_cny_minor": 101}, "no_purchase_costs_less_than_its_bound"),
        ({"greedy_cny_minor": 99}, "a_plan_is_never_dearer_than_the_plain_way"),
    ],
)
def test_the_database_refuses_a_plan_that_belies_itself(pool, change, law):
    fields = {
        "planned_on": "2026-03-02",
        "cost_cny_minor": 100,
        "bound_cny_minor": 100,
        "greedy_cny_minor": 100,
        "alone_cny_minor": 100,
        "equal_price_percent": 50,
        "milliseconds": 1,
    }
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        RoundPlan.objects.create(round=factories.quarter(pool), **{**fields, **change})


def test_the_database_refuses_a_share_above_the_cost_alone(pool, importer):
    with pytest.raises(IntegrityError, match="nobody_pays_more_than_alone"), transaction.atomic():
        RoundShare.objects.create(
            round=factories.quarter(pool),
            importer_id=importer.pk,
            cost_cny_minor=101,
            alone_cny_minor=100,
        )


def test_the_operator_reads_how_a_round_was_bought(
    client, operator_user, pool, importer, supplier, serum
):
    factories.offer(supplier, serum, {1: "10.00", 100: "9.00", 500: "8.00"}, pack_units=12)
    factories.plan(importer, serum, m04=94, tolerance_units=3)
    round_ = factories.quarter(pool)
    services.consolidate_round(round_)
    client.force_login(operator_user)

    page = client.get(reverse("imports:round", args=[round_.pk])).content.decode()

    # 96 x 10.00 = 960 against 108 x 9.00 = 972
    assert page.count(locale.money(6_720_00, "CNY")) == 4
    assert locale.money(-84_00, "CNY") in page
    (row,) = queries.surplus_of(round_)
    assert (row.tolerated_units, row.buffer_units, row.surplus_cause) == (2, 0, "pack")
    (nearest, _) = queries.buy_ups_of(round_)
    assert (nearest.from_units, nearest.more_units, nearest.gain_minor) == (100, 12, -84_00)


@pytest.mark.parametrize("lines", [1, 12])
def test_the_record_of_a_plan_costs_one_query_a_list(
    lines, pool, importer, supplier, django_assert_num_queries
):
    for number in range(lines):
        of = factories.product(number + 10)
        factories.offer(supplier, of, {1: "10.00", 50: "9.00"}, pack_units=4)
        factories.plan(importer, of, m04=2)
    round_ = factories.quarter(pool)
    services.consolidate_round(round_)

    with django_assert_num_queries(1):
        assert len(queries.surplus_of(round_)) == lines
    with django_assert_num_queries(1):
        assert len(queries.buy_ups_of(round_)) == lines
    with django_assert_num_queries(1):
        assert queries.plan_record(round_).cost_minor == lines * 4 * 70_00


# large rounds, planned by a worker


def test_a_large_round_is_planned_by_a_worker_while_its_page_tells_how_far(
    pool, importer, supplier, serum, client, operator_user, monkeypatch
):
    monkeypatch.setattr(purchasing, "MOST_OFFERS_TOGETHER", 0)
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=60)
    round_ = factories.quarter(pool)
    client.force_login(operator_user)
    page = reverse("imports:round", args=[round_.pk])
    ask = reverse("imports:consolidate", args=[round_.pk])

    client.post(ask)
    client.post(ask)
    waiting = client.get(page).content.decode()
    jobs.run_until_idle()
    watched = client.get(page, headers={"HX-Request": "true"}).content.decode()

    round_.refresh_from_db()
    job = services.consolidation_job(round_)
    assert (round_.state, job.state, job.done, job.total) == ("consolidated", "done", 1, 1)
    assert "The purchase is being planned" in waiting
    assert f'action="{ask}"' not in waiting
    assert "Show how it was bought, and the orders" in watched
    assert "The purchase is being planned" not in client.get(page).content.decode()
    assert queries.plan_record(round_).cost_minor == 60 * 10 * 7 * 100


def test_a_large_round_that_cannot_be_bought_says_why_and_is_tried_again(
    pool, importer, supplier, serum, client, operator_user, monkeypatch
):
    factories.offer(supplier, serum, capacity_units=10)
    factories.plan(importer, serum, m04=60)
    round_ = factories.quarter(pool)
    services.order_consolidation(round_)
    jobs.run_until_idle()
    client.force_login(operator_user)

    page = client.get(reverse("imports:round", args=[round_.pk])).content.decode()
    services.add_offer(
        supplier=factories.supplier("second"), product=serum, prices={1: Money("9.00", "USD")},
        currency="USD", incoterm="FOB", origin_port="USLAX", moq_units=1, pack_units=1,
        lead_time_days=30, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    services.order_consolidation(round_)
    jobs.run_until_idle()

    assert "The round could not be consolidated" in page
    round_.refresh_from_db()
    assert round_.state == "consolidated"


def test_a_round_in_whose_program_many_offers_hang_together_is_large(
    pool, importer, supplier, monkeypatch
):
    SupplierRebate.objects.create(
        supplier_id=supplier.pk, from_units=100, percent=5, valid_from=date(2026, 1, 1)
    )
    for number in range(1, 4):
        product = factories.product(number)
        factories.offer(supplier, product)
        factories.plan(importer, product, m04=9)
    round_ = factories.quarter(pool)

    monkeypatch.setattr(purchasing, "MOST_OFFERS_TOGETHER", 3)
    assert not services.is_large(round_)
    monkeypatch.setattr(purchasing, "MOST_OFFERS_TOGETHER", 2)
    assert services.is_large(round_)
    monkeypatch.setattr(purchasing, "MOST_ASKS", 2)
    assert services.is_large(round_)
