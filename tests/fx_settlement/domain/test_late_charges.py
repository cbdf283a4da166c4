"""A late charge's split: exact, independent of order, and by the rule of the charge it follows."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.transitions import StepNotAllowed
from fx_settlement.domain.late_charges import (
    LATE_STEPS,
    Move,
    Part,
    Rule,
    Stock,
    split_late,
    units_of,
)
from imports.domain.charge_bases import Measure

SEA = 1_000
UNIT = Measure(volume=2_400, weight=1_150, value=1_250, units=1)


def rule(basis="volume", **manual):
    return Rule(basis, {int(key[1:]): part for key, part in manual.items()}, SEA, "LC-1")


def had(units):
    return Measure(units * 2_400, units * 1_150, units * 1_250, units)


def test_a_share_is_split_between_units_on_hand_and_units_gone():
    split = split_late(
        900_00,
        rule(),
        {1: had(60), 2: had(30)},
        {1: [Stock(7, 45, 15, UNIT)], 2: [Stock(7, 30, 0, UNIT)]},
        {7: 79},
    )

    assert split.shares == {1: 600_00, 2: 300_00}
    assert split.parts == (Part(1, 7, 45, 15, 450_00, 150_00), Part(2, 7, 30, 0, 300_00, 0))
    assert split.rises == {7: (750_00, 79)}
    assert (split.on_hand_minor, split.gone_minor) == (750_00, 150_00)


def test_bulky_units_on_hand_carry_more_than_small_ones_that_are_gone():
    bulky, small = Measure(volume=3_000), Measure(volume=1_000)

    split = split_late(
        100, rule(), {1: had(1)}, {1: [Stock(7, 10, 0, bulky), Stock(8, 0, 10, small)]}, {7: 10}
    )

    assert split.parts == (Part(1, 7, 10, 0, 75, 0), Part(1, 8, 0, 10, 0, 25))


@pytest.mark.parametrize("basis", ["equal", "manual"])
def test_by_parts_between_importers_goods_carry_by_their_value(basis):
    dear, cheap = Measure(value=900, units=1), Measure(value=100, units=1)

    split = split_late(
        200,
        rule(basis, i1=1, i2=1),
        {1: had(50), 2: had(1)},
        {1: [Stock(7, 1, 0, dear), Stock(8, 0, 1, cheap)]},
        {7: 1},
    )

    assert split.shares == {1: 100, 2: 100}
    assert split.parts[:2] == (Part(1, 7, 1, 0, 90, 0), Part(1, 8, 0, 1, 0, 10))


def test_who_never_had_a_unit_bears_its_share_and_no_lot_carries_it():
    split = split_late(90, rule(), {1: had(1)}, {}, {})

    assert split.parts == (Part(1, None, 0, 0, 0, 90),)
    assert split.rises == {}


def test_what_is_given_back_is_shared_as_what_is_charged():
    split = split_late(-100, rule(), {1: had(3)}, {1: [Stock(7, 1, 2, UNIT)]}, {7: 1})

    assert split.parts == (Part(1, 7, 1, 2, -33, -67),)
    assert split.rises == {7: (-33, 1)}


def test_goods_without_that_measure_carry_by_units():
    split = split_late(
        90, rule("volume"), {1: had(3)}, {1: [Stock(7, 1, 2, Measure(units=1))]}, {7: 1}
    )

    assert split.parts == (Part(1, 7, 1, 2, 30, 60),)


def test_units_on_hand_and_gone_are_read_from_every_movement():
    moves = [
        Move(7, 90, "supplier", 99, "bonded", 100),
        Move(7, 99, "bonded", 1, "bonded", 60),
        Move(7, 1, "bonded", 2, "bonded", 12),
        Move(7, 1, "bonded", 1, "packed", 20),
        Move(7, 1, "packed", 1, "consumer", 15),
        Move(7, 1, "consumer", 1, "quarantine", 2),
        Move(7, 99, "bonded", 99, "missing", 3),
    ]

    found = units_of(moves)

    assert found[7, 1] == (60 - 12 - 15 + 2, 12 + 13)
    assert found[7, 2] == (12, 0)
    assert found[7, 99] == (37, 60 + 3)
    assert found[7, 90] == (0, 0)


units = st.integers(0, 40)
stocks = st.dictionaries(
    st.integers(1, 6),
    st.dictionaries(st.integers(1, 4), st.tuples(units, units), max_size=4),
    min_size=1,
    max_size=6,
)
bases = st.sampled_from(["volume", "weight", "value", "units", "chargeable", "equal"])


def world(held, sizes, order):
    """Measures and stock of the same goods, written down in an order."""
    unit = {
        lot: Measure(volume=size, weight=size * 2 % 7 + 1, value=Fraction(size, 3), units=1)
        for lot, size in sizes.items()
    }
    measures, stock, on_hand = {}, {}, {}
    for importer in order(held):
        rows = [Stock(lot, *held[importer][lot], unit[lot]) for lot in order(held[importer])]
        stock[importer] = rows
        measures[importer] = sum(
            (each.unit.part(Fraction(each.on_hand + each.gone)) for each in rows),
            Measure(1, 1, 1, 1),
        )
        for each in rows:
            on_hand[each.lot_id] = on_hand.get(each.lot_id, 0) + each.on_hand
    return measures, stock, on_hand


@given(
    st.integers(-(10**9), 10**9),
    stocks,
    st.fixed_dictionaries({lot: st.integers(0, 50) for lot in range(1, 5)}),
    bases,
)
def test_every_cent_is_borne_once_whatever_the_order(amount, held, sizes, basis):
    forward = split_late(amount, rule(basis), *world(held, sizes, sorted))
    backward = split_late(
        amount, rule(basis), *world(held, sizes, lambda keys: sorted(keys, reverse=True))
    )

    assert forward == backward
    assert sum(forward.shares.values()) == amount
    for importer, share in forward.shares.items():
        own = [part for part in forward.parts if part.importer_id == importer]
        assert sum(part.on_hand_minor + part.gone_minor for part in own) == share
    assert sum(minor for minor, _ in forward.rises.values()) == forward.on_hand_minor
    assert all(part.on_hand_minor == 0 for part in forward.parts if part.on_hand_units == 0)
    assert all(number > 0 for _, number in forward.rises.values())


@given(st.integers(-(10**9), 10**9), stocks, bases)
def test_what_is_taken_back_is_what_was_charged(amount, held, basis):
    sizes = dict.fromkeys(range(1, 5), 3)
    charged = split_late(amount, rule(basis), *world(held, sizes, sorted))

    for part in charged.parts:
        back = part.mirrored()
        assert (part.on_hand_minor + back.on_hand_minor, part.gone_minor + back.gone_minor) == (
            0,
            0,
        )


def test_what_is_posted_is_neither_dropped_nor_posted_again():
    with pytest.raises(StepNotAllowed):
        LATE_STEPS.next("posted", "drop")
    assert LATE_STEPS.next("posted", "reverse") == "reversed"
    assert LATE_STEPS.allowed("reversed") == ()
