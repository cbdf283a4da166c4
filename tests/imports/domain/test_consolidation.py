"""One purchase for many importers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.consolidation import (
    Ask,
    NoPriceForUnits,
    NothingAsked,
    Offer,
    Share,
    Surplus,
    Tier,
    asked_units,
    choose_offer,
    plan_line,
)

PLAIN = Offer(
    offer_id=1,
    supplier_id=1,
    product_id=1,
    currency="USD",
    incoterm="FOB",
    moq_units=1,
    pack_units=1,
    tiers=(Tier(1, 1_000),),
)
TIERED = replace(PLAIN, tiers=(Tier(1, 100_00), Tier(100, 90_00), Tier(500, 80_00)))


def test_the_pool_buys_what_was_asked_when_packs_and_minimum_allow():
    plan = plan_line(PLAIN, {"A": Ask(30), "B": Ask(12)})

    assert (plan.units, plan.amount_minor, plan.surplus) == (42, 42_000, Surplus.NONE)
    assert plan.shares == {"A": Share(30, 30_000), "B": Share(12, 12_000)}
    assert plan.buffer_units == 0


def test_units_are_bought_in_whole_packs_and_the_rest_goes_to_the_buffer():
    plan = plan_line(replace(PLAIN, pack_units=12), {"A": Ask(30), "B": Ask(10)})

    assert (plan.units, plan.surplus, plan.surplus_units) == (48, Surplus.PACK, 8)
    assert plan.buffer_units == 8
    # 48 x 10.00 = 480.00 in proportion to 30 : 10
    assert plan.shares == {"A": Share(30, 36_000), "B": Share(10, 12_000)}


def test_a_minimum_order_is_met_and_named_as_the_cause_of_the_surplus():
    plan = plan_line(replace(PLAIN, moq_units=100, pack_units=24), {"A": Ask(60)})

    assert (plan.units, plan.surplus, plan.buffer_units) == (120, Surplus.MINIMUM_ORDER, 60)
    assert plan.shares == {"A": Share(60, 120_000)}


def test_tolerance_takes_surplus_before_the_buffer_and_pays_for_it():
    asks = {"A": Ask(30, tolerance_units=5), "B": Ask(10)}
    plan = plan_line(replace(PLAIN, pack_units=12), asks)

    assert plan.buffer_units == 3
    assert plan.shares["A"].units == 35
    # A: 35 units and 30/40 of the 3 in the buffer; B: 10 units and 10/40 of them
    assert (plan.shares["A"].cost_minor, plan.shares["B"].cost_minor) == (37_250, 10_750)


@pytest.mark.parametrize(
    ("asked", "units", "amount"), [(95, 100, 9_000_00), (480, 500, 40_000_00), (89, 89, 8_900_00)]
)
def test_the_next_price_tier_is_bought_up_to_when_the_whole_line_gets_cheaper(asked, units, amount):
    plan = plan_line(TIERED, {"A": Ask(asked)})

    assert (plan.units, plan.amount_minor) == (units, amount)


def test_buying_up_to_a_tier_is_named_as_the_cause_of_the_surplus():
    plan = plan_line(TIERED, {"A": Ask(50), "B": Ask(45)})

    assert (plan.surplus, plan.buffer_units) == (Surplus.PRICE_TIER, 5)
    assert plan.shares == {"A": Share(50, 4_736_84), "B": Share(45, 4_263_16)}


def test_pooled_units_reach_a_tier_that_nobody_reaches_alone():
    alone = plan_line(TIERED, {"A": Ask(80)})
    pooled = plan_line(TIERED, {"A": Ask(80), "B": Ask(60)})

    assert alone.shares["A"].cost_minor == 8_000_00
    assert pooled.shares["A"].cost_minor == 7_200_00


def test_units_below_the_first_tier_are_bought_up_to_it():
    offer = replace(PLAIN, tiers=(Tier(50, 1_000),))

    assert plan_line(offer, {"A": Ask(10)}).units == 50


def test_nothing_asked_is_refused():
    with pytest.raises(NothingAsked):
        plan_line(PLAIN, {"A": Ask(0, tolerance_units=9)})


def test_an_offer_without_prices_is_refused():
    with pytest.raises(NoPriceForUnits):
        plan_line(replace(PLAIN, tiers=()), {"A": Ask(1)})


def test_the_cheapest_offer_in_cny_is_chosen_and_the_older_one_when_equal():
    yen = replace(PLAIN, offer_id=2, currency="JPY", tiers=(Tier(1, 1_400),))
    rates = {"USD": Decimal("0.07"), "JPY": Decimal("0.045")}

    assert choose_offer([PLAIN, yen], {"A": Ask(1)}, rates).offer is yen
    assert choose_offer([replace(PLAIN, offer_id=3), PLAIN], {"A": Ask(1)}, rates).offer is PLAIN


def test_a_round_takes_the_months_it_covers():
    months = {date(2026, month, 1): month for month in range(1, 13)}

    assert asked_units(months, first=date(2026, 4, 1), last=date(2026, 6, 1)) == 15


offers = st.builds(
    lambda moq, pack, tiers: replace(
        PLAIN,
        moq_units=moq,
        pack_units=pack,
        tiers=tuple(Tier(start, price) for start, price in tiers.items()),
    ),
    st.integers(1, 500),
    st.integers(1, 48),
    st.dictionaries(st.integers(1, 900), st.integers(1, 10_000), min_size=1, max_size=4),
)
asks = st.dictionaries(
    st.integers(1, 20),
    st.builds(Ask, st.integers(0, 400), st.integers(0, 40)),
    min_size=1,
    max_size=8,
).filter(lambda each: any(ask.units for ask in each.values()))


@given(offers, asks)
def test_every_unit_bought_has_one_owner(offer, asked):
    plan = plan_line(offer, asked)

    assert sum(share.units for share in plan.shares.values()) + plan.buffer_units == plan.units


@given(offers, asks)
def test_the_importers_bear_the_whole_amount_to_the_cent(offer, asked):
    plan = plan_line(offer, asked)

    assert sum(share.cost_minor for share in plan.shares.values()) == plan.amount_minor
    assert plan.amount_minor == plan.units * plan.unit_price_minor


@given(offers, asks)
def test_nobody_gets_less_than_asked_or_more_than_tolerated(offer, asked):
    plan = plan_line(offer, asked)

    for key, ask in asked.items():
        assert ask.units <= plan.shares[key].units <= ask.units + ask.tolerance_units


@given(offers, asks)
def test_a_purchase_is_whole_packs_no_less_than_the_minimum_order(offer, asked):
    plan = plan_line(offer, asked)

    assert plan.units % offer.pack_units == 0
    assert plan.units >= max(offer.moq_units, plan.asked_units)


@given(offers, asks)
def test_an_importer_who_asked_nothing_and_tolerates_nothing_pays_nothing(offer, asked):
    plan = plan_line(offer, {**asked, 99: Ask(0)})

    assert plan.shares[99] == Share(0, 0)


@given(offers, asks)
def test_no_tier_start_would_make_the_line_cheaper(offer, asked):
    plan = plan_line(offer, asked)

    for tier in offer.tiers:
        units = offer.in_packs(max(tier.from_units, plan.asked_units, offer.moq_units))
        assert plan.amount_minor <= units * offer.price_minor(units)
