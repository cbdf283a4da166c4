"""Alone: the same units in the same months, bought, shipped and paid without the pool."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.alone import (
    OwnOrder,
    Sailing,
    Want,
    own_part_minor,
    year_alone,
)
from fx_settlement.domain.fees import Fee
from fx_settlement.domain.statement import Component
from imports.domain.consolidation import Offer, Tier
from imports.domain.costs import Terms
from imports.domain.lanes import US_WEST_COAST
from imports.domain.tariffs import TariffBook, tariff_from_texts

TABLE = Path(__file__).parents[3] / "imports" / "data" / "tariffs.csv"
with TABLE.open(encoding="utf-8", newline="") as _file:
    BOOK = TariffBook({row["key"]: tariff_from_texts(row) for row in csv.DictReader(_file)})
TERMS = Terms(
    lane=US_WEST_COAST,
    book=BOOK,
    cny_per={"USD": Decimal("6.652882")},
    on=date(2026, 11, 22),
)
WIRE = Fee(percent=Decimal("0.1"), minimum_minor=5_000, maximum_minor=100_000, fixed_minor=15_000)


def offer(*, moq=1, pack=1, tiers=((1, 100_00),)):
    return Offer(
        offer_id=1,
        supplier_id=1,
        product_id=1,
        currency="CNY",
        incoterm="FOB",
        moq_units=moq,
        pack_units=pack,
        tiers=tuple(Tier(*tier) for tier in tiers),
    )


SINGLE = offer()


def want(units, terms=SINGLE, pool_price=100_00):
    return Want(
        product=1,
        units=units,
        offer=terms,
        pool_price_minor=pool_price,
        volume_cm3=2_400,
        gross_weight_g=800,
    )


def sailing(*wants, mid="1", all_in="1", currency="CNY"):
    order = OwnOrder(currency, Decimal(mid), Decimal(all_in), WIRE, wants)
    return Sailing((order,), TERMS)


def test_a_quarter_of_150_boxes_costs_alone_what_the_tariffs_say():
    alone = year_alone([sailing(want(150))])

    assert dict(alone.minor) == {
        Component.GOODS: 15_000_00,
        Component.CURRENCY: 200_00,
        Component.FREIGHT: 665_29,
        Component.HANDLING: 1_982_85,
        Component.AGENCY: 800_00,
        Component.INSURANCE: 38_91,
    }
    assert alone.total_minor == 18_687_05
    assert {row.key for row in alone.rows} >= {"LCL_LAX_SHA_2015B", "AGENT_MIN", "INS_SEA"}


def test_the_wire_and_the_margin_stand_on_one_line():
    alone = year_alone([sailing(want(150), mid="6", all_in="6.03", currency="USD")])

    assert alone.minor[Component.GOODS] == 90_000_00
    assert alone.minor[Component.CURRENCY] == 450_00 + 90_45 + 150_00


def test_packs_and_minimum_orders_are_bought_in_full():
    terms = offer(moq=200, pack=12, tiers=((1, 100_00),))

    alone = year_alone([sailing(want(150, terms))])

    assert alone.minor[Component.GOODS] == 20_400_00
    assert alone.left_over_minor == 5_400_00


def test_what_is_left_over_serves_the_next_need_and_spares_an_order():
    terms = offer(moq=200, pack=1, tiers=((1, 100_00),))
    once = year_alone([sailing(want(200, terms))])

    twice = year_alone([sailing(want(150, terms)), sailing(want(50, terms))])

    assert twice.minor == once.minor
    assert twice.left_over_minor == 0


def test_at_the_low_end_what_is_left_over_is_sold_on_at_its_price():
    terms = offer(moq=200, pack=1, tiers=((1, 100_00),))

    alone = year_alone([sailing(want(150, terms))])

    assert alone.left_over_minor == 5_000_00
    assert alone.low_minor <= alone.total_minor - 5_000_00
    assert alone.high_minor >= alone.total_minor


def test_a_price_tier_that_the_pool_reaches_and_the_importer_does_not_is_a_saving():
    terms = offer(moq=1, pack=1, tiers=((1, 100_00), (1_000, 90_00)))

    alone = year_alone([sailing(want(150, terms, pool_price=90_00))])

    assert alone.price_tiers_minor == 1_500_00


def test_a_tier_that_the_pool_misses_is_a_negative_saving():
    alone = year_alone([sailing(want(150, pool_price=101_00))])

    assert alone.price_tiers_minor == -150_00


def test_buying_up_to_the_next_tier_is_taken_where_it_costs_less():
    terms = offer(tiers=((1, 100_00), (100, 90_00)))

    alone = year_alone([sailing(want(95, terms))])

    assert alone.minor[Component.GOODS] == 9_000_00
    assert alone.left_over_minor == 450_00


def test_a_year_without_goods_costs_nothing():
    alone = year_alone([])

    assert (alone.total_minor, alone.low_minor, alone.high_minor, alone.rows) == (0, 0, 0, [])


def test_fixed_and_minimum_charges_are_counted_apart():
    alone = year_alone([sailing(want(150))])

    ocean, station, agency, wire = 425_79, 128_00, 575_00, 185_00
    filing, papers = 232_85, 1_550_00
    assert alone.minimums_minor == ocean + station + agency + wire + filing + papers


@pytest.mark.parametrize(("share", "part"), [(0, 0), (1, 34), (3, 100)])
def test_an_importers_part_of_the_pools_minimums_is_rounded_up(share, part):
    assert own_part_minor(100, share=share, of=3) == part


def test_without_charges_there_is_no_part():
    assert own_part_minor(100, share=0, of=0) == 0


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_the_range_always_holds_the_figure(needs):
    terms = offer(moq=48, pack=6, tiers=((1, 100_00), (480, 95_00)))

    alone = year_alone([sailing(want(units, terms)) for units in needs])

    assert alone.low_minor <= alone.total_minor <= alone.high_minor
