"""Consignments: the cheapest way for the whole order, and its charges."""

from datetime import date
from decimal import Decimal

import pytest
from djmoney.money import Money

from core.domain.transitions import StepNotAllowed
from core.models import Fact
from imports import queries, services
from imports.domain.lanes import NoLane
from imports.domain.tariffs import TariffMissing
from imports.models import Consignment, ConsignmentCharge, PurchaseOrder
from imports.services.consignments import ArrivesBeforeItDeparts
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


@pytest.fixture
def order(pool, importer, stranger, supplier, serum):
    """8,000 boxes of 500 cm3 and 100 g at 10.00 USD: 4 m3 and 800 kg, worth 560,000.00 CNY."""
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=2_000)
    factories.plan(stranger, serum, m05=6_000)
    return factories.placed_order(pool)


@pytest.mark.usefixtures("tariffs")
def test_four_cubic_metres_travel_as_part_of_a_container(order):
    consignment = services.ship_order(order, departed_on=date(2026, 3, 4))

    assert (consignment.mode, consignment.containers) == ("sea_lcl", 0)
    assert (consignment.volume_cm3, consignment.gross_weight_g) == (4_000_000, 800_000)
    assert consignment.goods_cny_minor == 560_000_00
    assert (consignment.origin_port, consignment.destination_port) == ("USLAX", "CNNGB")
    assert (consignment.number, consignment.state) == ("CN-2026-000001", "departed")
    assert order.state == "shipped"
    assert [(line.units, line.order_line_id) for line in consignment.lines.all()] == [
        (8_000, order.lines.get().pk)
    ]


@pytest.mark.usefixtures("tariffs")
def test_its_charges_are_those_of_the_cost_model_in_both_currencies(order):
    consignment = services.ship_order(order, departed_on=date(2026, 3, 4))

    charges = {row.tariff_key: row for row in queries.charges_of(consignment)}
    ocean, agency = charges["LCL_LAX_SHA_2015B"], charges["AGENT_TIERED_B"]
    assert (ocean.kind, ocean.currency, ocean.basis) == ("freight", "USD", "volume")
    assert (ocean.amount_minor, ocean.amount_cny_minor) == (400_00, 2_800_00)
    assert (agency.kind, agency.basis, agency.amount_cny_minor) == ("agency", "value", 5_880_00)
    # goods 560,000 and carriage 2,800 + 245 + 1,550 + 800, times 0.0022 / 0.9978
    assert charges["INS_SEA"].amount_cny_minor == 1_246_61
    assert {row.tariff_key for row in charges.values() if row.is_fixed} == {
        "AES_FILING", "AIRIMP_DELIVERY", "KCN_CLEAR", "KCN_DOC", "KCN_EDI",
    }  # fmt: skip
    assert sum(row.amount_cny_minor for row in charges.values()) == 12_521_61


@pytest.mark.usefixtures("tariffs")
def test_a_large_order_fills_containers(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=140_000)

    consignment = services.ship_order(factories.placed_order(pool), departed_on=date(2026, 3, 4))

    # 70 m3 and 14 t: two containers of 64 m3
    assert (consignment.mode, consignment.containers) == ("sea_fcl", 2)


@pytest.mark.usefixtures("tariffs")
def test_a_few_light_boxes_fly(pool, importer, supplier, serum):
    factories.offer(supplier, serum)
    factories.plan(importer, serum, m04=300)

    consignment = services.ship_order(factories.placed_order(pool), departed_on=date(2026, 3, 4))

    assert consignment.mode == "air"


@pytest.mark.usefixtures("tariffs")
def test_departure_and_arrival_are_facts_of_their_own_days_and_ports(order):
    consignment = services.ship_order(
        order, departed_on=date(2026, 3, 4), arrived_on=date(2026, 3, 30)
    )

    assert (consignment.state, consignment.arrived_on) == ("arrived", date(2026, 3, 30))
    assert PurchaseOrder.objects.get(pk=order.pk).state == "arrived"
    rows = Fact.objects.filter(name__startswith="imports.consignment").order_by("pk")
    assert [(f.name, f.data["port"], f.data["on"], f.at.date()) for f in rows] == [
        ("imports.consignment.departed", "USLAX", "2026-03-04", date(2026, 3, 4)),
        ("imports.consignment.arrived", "CNNGB", "2026-03-30", date(2026, 3, 30)),
    ]


@pytest.mark.usefixtures("tariffs")
def test_an_order_travels_once(order):
    copy = PurchaseOrder.objects.get(pk=order.pk)
    services.ship_order(order, departed_on=date(2026, 3, 4))

    for late in (order, copy):
        with pytest.raises(StepNotAllowed):
            services.ship_order(late, departed_on=date(2026, 3, 4))
    assert Consignment.objects.count() == 1


@pytest.mark.usefixtures("tariffs")
def test_a_consignment_arrives_once_and_not_before_it_departs(order):
    consignment = services.ship_order(order, departed_on=date(2026, 3, 4))
    copy = Consignment.objects.get(pk=consignment.pk)

    with pytest.raises(ArrivesBeforeItDeparts):
        services.arrive(consignment, on=date(2026, 3, 3))
    services.arrive(consignment, on=date(2026, 3, 30))
    with pytest.raises(StepNotAllowed):
        services.arrive(copy, on=date(2026, 3, 31))
    assert Consignment.objects.get().arrived_on == date(2026, 3, 30)


@pytest.mark.usefixtures("tariffs")
def test_a_refused_arrival_date_leaves_the_order_unshipped(order):
    with pytest.raises(ArrivesBeforeItDeparts):
        services.ship_order(order, departed_on=date(2026, 3, 4), arrived_on=date(2026, 3, 1))

    assert PurchaseOrder.objects.get(pk=order.pk).state == "placed"
    assert not Consignment.objects.exists()
    assert not ConsignmentCharge.objects.exists()


def test_without_tariffs_nothing_is_shipped(order):
    with pytest.raises(TariffMissing):
        services.ship_order(order, departed_on=date(2026, 3, 4))

    assert PurchaseOrder.objects.get(pk=order.pk).state == "placed"


def test_an_offer_from_a_country_without_lane_is_refused(serum):
    with pytest.raises(NoLane):
        factories.offer(factories.supplier("coffee", "BR"), serum)


def test_an_offer_names_one_currency(supplier, serum):
    with pytest.raises(services.PriceInOtherCurrency):
        services.add_offer(
            supplier=supplier,
            product=serum,
            currency="USD",
            incoterm="FOB",
            prices={1: Money("900", "JPY")},
            valid_from=date(2026, 1, 1),
        )


@pytest.mark.usefixtures("tariffs")
def test_terms_take_the_lane_of_the_port_and_the_rates_of_the_day():
    terms = queries.terms("USLAX", date(2026, 3, 4))

    assert (terms.lane.code, terms.cny_per) == ("USWC", {"USD": Decimal("7.0000000000")})


@pytest.mark.usefixtures("tariffs")
def test_the_charges_of_a_consignment_cost_one_query(order, django_assert_num_queries):
    consignment = services.ship_order(order, departed_on=date(2026, 3, 4))

    with django_assert_num_queries(1):
        assert len(queries.charges_of(consignment)) == 9
    with django_assert_num_queries(1):
        assert [row.mode for row in queries.consignments_of(order.pk)] == ["sea_lcl"]
