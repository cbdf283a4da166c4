"""Unused units are shared out fairly, and nobody who gives is left with less than it keeps."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.charge_bases import Basis as ChargeBasis
from warehouse.domain.ownership import Basis, proceeds_of_buffer
from warehouse.domain.pricing import Travelled, landed_minor
from warehouse.domain.releasing import FreeUnits, OfferedUnits, share_out, unused


def test_an_owner_keeps_what_lives_longest():
    free = [FreeUnits(1, 7, 40, date(2026, 1, 1)), FreeUnits(2, 7, 40, date(2027, 1, 1))]

    assert unused(free, {7: 50}) == [FreeUnits(1, 7, 30, date(2026, 1, 1))]


def test_asking_above_the_level_does_not_help():
    offers = [OfferedUnits(1, 7, 68, None, 100)]

    honest, _ = share_out(offers, {1: 120, 2: 50})
    greedy, _ = share_out(offers, {1: 900, 2: 50})

    assert honest.granted == greedy.granted == {1: 34, 2: 34}
    assert honest.level_units == 34


free_units = st.lists(
    st.builds(
        FreeUnits,
        st.integers(1, 9),
        st.integers(1, 4),
        st.integers(1, 60),
        st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    ),
    unique_by=lambda each: (each.lot_id, each.owner_id),
    max_size=12,
)
asks = st.dictionaries(st.integers(11, 15), st.integers(0, 80), max_size=5)


@given(free_units, st.dictionaries(st.integers(1, 4), st.integers(0, 90)))
def test_nobody_is_left_with_less_than_it_keeps(free, keep):
    owned, gone = Counter(), Counter()
    for each in free:
        owned[each.owner_id] += each.units
    for each in unused(free, keep):
        gone[each.owner_id] += each.units

    for owner in owned:
        assert owned[owner] - gone[owner] == min(owned[owner], keep.get(owner, 0))


@given(free_units, asks)
def test_every_unit_that_one_gives_another_gets(free, asked):
    offers = [OfferedUnits(x.lot_id, x.owner_id, x.units, x.expires_on, 5) for x in free]

    rationing, sold = share_out(offers, asked)

    got, gave = Counter(), Counter()
    for each in sold:
        assert each.units > 0
        got[each.buyer_id] += each.units
        gave[each.offer.lot_id, each.offer.owner_id] += each.units
    assert got == +Counter(rationing.granted)
    assert got.total() == min(sum(x.units for x in free), sum(asked.values()))
    for offer in offers:
        assert gave[offer.lot_id, offer.owner_id] <= offer.units


@given(free_units, asks)
def test_who_gives_as_much_is_relieved_of_as_much(free, asked):
    offers = [OfferedUnits(x.lot_id, x.owner_id, x.units, x.expires_on, 5) for x in free]
    given_units, gone = Counter(), Counter()
    for each in offers:
        given_units[each.owner_id] += each.units

    for each in share_out(offers, asked)[1]:
        gone[each.offer.owner_id] += each.units

    for one in given_units:
        for other in given_units:
            if given_units[one] >= given_units[other]:
                assert gone[one] >= gone[other] - 1


def test_a_price_is_what_was_paid_less_the_discount_and_never_below_zero():
    basis = Basis(Fraction(12345, 10), Fraction(1, 3))

    assert basis.price_minor(0) == 1235
    assert basis.price_minor(235) == 1000
    assert basis.price_minor(9_999) == 0


@given(st.fractions(0, 10**6), st.fractions(0, 10**4), st.integers(0, 10**4))
def test_a_seller_never_loses_more_than_the_discount(landed, storage, discount):
    basis = Basis(landed, storage)

    assert basis.price_minor(discount) >= landed + storage - discount
    assert basis.price_minor(discount) < max(0, landed + storage - discount) + 1


lines = st.lists(
    st.builds(
        Travelled,
        st.integers(1, 99),
        st.integers(1, 500),
        st.integers(1, 10**6),
        st.integers(1, 10**6),
        st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda line: line.line_id,
)


@given(
    lines,
    st.integers(0, 10**8),
    st.lists(
        st.tuples(st.sampled_from(list(ChargeBasis)), st.integers(1, 10**6)),
        max_size=4,
    ),
)
def test_units_times_their_landed_cost_is_what_was_paid(travelled, goods, charges):
    landed = landed_minor(travelled, goods_minor=goods, charges=charges)

    total = sum(landed[line.line_id] * line.units for line in travelled)
    assert total == goods + sum(minor for _, minor in charges)


@pytest.mark.parametrize("basis", [ChargeBasis.EQUAL, ChargeBasis.MANUAL])
def test_a_charge_in_parts_between_importers_is_carried_by_the_goods_value(basis):
    dear = Travelled(line_id=1, units=10, value=900, volume=1, weight=1)
    cheap = Travelled(line_id=2, units=10, value=100, volume=9, weight=9)

    landed = landed_minor([dear, cheap], goods_minor=0, charges=[(basis, 1_000)])

    assert landed == {1: 90, 2: 10}


def test_chargeable_weight_of_goods_by_air_is_the_greater_of_the_two():
    bulky = Travelled(line_id=1, units=1, value=1, volume=12_000, weight=1_000)
    heavy = Travelled(line_id=2, units=1, value=1, volume=1_000, weight=2_000)

    landed = landed_minor(
        [bulky, heavy], goods_minor=0, charges=[(ChargeBasis.CHARGEABLE, 400)], cm3_per_kg=6_000
    )

    assert landed == {1: 200, 2: 200}


def test_the_proceeds_of_the_buffer_go_to_those_who_bore_it():
    assert proceeds_of_buffer(100, {1: 2, 2: 1, 3: 0}) == {1: 67, 2: 33}
