"""What a line still misses, and who gains when it is filled."""

from hypothesis import given
from hypothesis import strategies as st

from imports.domain.consolidation import Ask, Offer, Tier, plan_line
from imports.domain.filling import TopUp, filling


def offer(pack=1, tiers=((1, 1_000),)):
    return Offer(
        offer_id=1,
        supplier_id=1,
        product_id=1,
        currency="USD",
        incoterm="FOB",
        moq_units=1,
        pack_units=pack,
        tiers=tuple(Tier(start, price) for start, price in tiers),
    )


def test_units_that_fill_a_pack_and_that_nobody_takes_are_named_with_their_cost():
    found = filling(plan_line(offer(pack=12), {"A": Ask(30, 2), "B": Ask(10)}))

    assert (found.pack_missing_units, found.buffer_cost_minor) == (6, 60_00)


def test_units_missing_to_the_next_tier_and_what_each_would_gain_are_told():
    tiers = ((1, 1_000), (100, 900), (500, 850))
    found = filling(plan_line(offer(tiers=tiers), {"A": Ask(50, 20), "B": Ask(10, 5)}))

    assert (found.tier_missing_units, found.tier_price_minor) == (40, 900)
    assert found.top_ups == (TopUp("A", 50, 20, 50_00), TopUp("B", 10, 5, 10_00))
    assert (found.gain_minor, found.open_units) == (60_00, 25)


def test_at_the_last_tier_nothing_is_missing_and_nothing_can_be_gained():
    found = filling(plan_line(offer(), {"A": Ask(7)}))

    assert (found.tier_missing_units, found.gain_minor, found.pack_missing_units) == (0, 0, 0)


def test_a_tolerance_that_took_up_a_pack_is_no_longer_open():
    found = filling(plan_line(offer(pack=12), {"A": Ask(10, 5)}))

    assert found.top_ups == (TopUp("A", 10, 3, 0),)


@given(
    st.integers(1, 24),
    st.dictionaries(st.integers(1, 300), st.integers(1, 900), min_size=1, max_size=3),
    st.dictionaries(st.text("abc", max_size=2), st.integers(1, 90), min_size=1),
)
def test_buying_what_is_missing_reaches_the_price_that_was_promised(pack, tiers, asked):
    terms = offer(pack=pack, tiers=tuple(tiers.items()))
    found = filling(plan_line(terms, {key: Ask(units) for key, units in asked.items()}))

    reached = found.plan.units + found.tier_missing_units
    assert terms.price_minor(reached) <= found.plan.unit_price_minor
    assert terms.in_packs(reached) == reached


def test_a_tier_that_whole_packs_step_over_is_not_promised():
    terms = offer(pack=2, tiers=((1, 2), (141, 1), (142, 3)))

    found = filling(plan_line(terms, {"kowhai": Ask(1)}))

    assert (found.tier_missing_units, found.tier_price_minor) == (0, 2)
