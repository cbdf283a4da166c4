"""Sharing units when there are fewer than were asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.domain.allocation import (
    Explanation,
    NegativeAsk,
    Rule,
    mix_lots,
    ration_proportionally,
    ration_uniformly,
    water_level,
)

asks = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 200), min_size=1)
units = st.integers(0, 1_700)


def test_everybody_gets_what_was_asked_when_enough_arrived():
    result = ration_uniformly(200, {"A": 40, "B": 60, "C": 100})

    assert result.granted == {"A": 40, "B": 60, "C": 100}
    assert result.level_units is None


def test_a_short_delivery_fills_everybody_to_one_level():
    result = ration_uniformly(100, {"A": 20, "B": 60, "C": 100})

    assert result.granted == {"A": 20, "B": 40, "C": 40}
    assert result.level_units == 40


def test_a_unit_left_at_the_level_goes_to_the_key_that_sorts_first():
    result = ration_uniformly(101, {"A": 20, "B": 60, "C": 100})

    assert result.granted == {"A": 20, "B": 41, "C": 40}
    assert result.level_units == 40


def test_asking_for_three_times_as_much_gains_nothing_under_the_uniform_rule():
    honest = ration_uniformly(100, {"A": 40, "B": 60, "C": 100})
    inflated = ration_uniformly(100, {"A": 120, "B": 60, "C": 100})

    assert (honest.granted["A"], honest.level_units) == (34, 33)
    assert (inflated.granted["A"], inflated.level_units) == (34, 33)


def test_asking_for_three_times_as_much_doubles_the_share_under_the_proportional_rule():
    honest = ration_proportionally(100, {"A": 40, "B": 60, "C": 100})
    inflated = ration_proportionally(100, {"A": 120, "B": 60, "C": 100})

    assert honest.granted["A"] == 20
    assert inflated.granted["A"] == 43


def test_a_cut_share_is_explained_by_what_was_asked_and_the_level():
    result = ration_uniformly(100, {"A": 20, "B": 60, "C": 100})

    assert result.explanation("C") == Explanation(Rule.UNIFORM, 100, 40, 40)
    assert result.explanation("C").is_cut
    assert not result.explanation("A").is_cut


def test_an_ask_below_zero_is_refused():
    with pytest.raises(NegativeAsk) as refusal:
        ration_uniformly(10, {"A": 5, "B": -1})

    assert refusal.value.params == {"units": -1}


def test_nothing_received_gives_nothing_to_anybody():
    assert ration_uniformly(0, {"A": 5, "B": 7}).granted == {"A": 0, "B": 0}


def test_nobody_asked_and_nobody_gets():
    assert ration_uniformly(10, {}).granted == {}


def test_the_level_of_no_asks_is_zero():
    assert water_level(10, []) == 0


def test_lots_that_expire_early_and_late_are_mixed_for_every_owner():
    mix = mix_lots({1: 60, 2: 40}, {"A": 50, "B": 50})

    assert mix == {1: {"A": 30, "B": 30}, 2: {"A": 20, "B": 20}}


@pytest.mark.parametrize("ration", [ration_uniformly, ration_proportionally])
@given(units=units, asked=asks)
def test_what_is_handed_out_is_what_arrived_or_what_was_asked(ration, units, asked):
    granted = ration(units, asked).granted

    assert sum(granted.values()) == min(units, sum(asked.values()))
    assert all(0 <= granted[key] <= asked[key] for key in asked)


@given(units=units, asked=asks)
def test_one_more_unit_never_gives_anybody_less(units, asked):
    before = ration_uniformly(units, asked).granted
    after = ration_uniformly(units + 1, asked).granted

    assert all(before[key] <= after[key] for key in asked)


@given(units=units, asked=asks)
def test_equal_asks_are_served_within_one_unit_and_larger_asks_never_less(units, asked):
    granted = ration_uniformly(units, asked).granted

    for a in asked:
        for b in asked:
            if asked[a] == asked[b]:
                assert abs(granted[a] - granted[b]) <= 1
            if asked[a] > asked[b]:
                assert granted[a] >= granted[b] - 1


@given(units=units, asked=asks, lie=st.integers(0, 2_000), data=st.data())
def test_a_lie_never_gains_more_than_one_useful_unit(units, asked, lie, data):
    liar = data.draw(st.sampled_from(sorted(asked)))

    honest = ration_uniformly(units, asked).granted[liar]
    told = ration_uniformly(units, {**asked, liar: lie}).granted[liar]

    assert min(told, asked[liar]) <= honest + 1


@given(units=units, asked=asks)
def test_nobody_is_cut_who_asked_for_no_more_than_the_level(units, asked):
    result = ration_uniformly(units, asked)

    if result.level_units is not None:
        for key, ask in asked.items():
            at_level = min(ask, result.level_units)
            may_be_one_above = ask > result.level_units
            assert result.granted[key] - at_level in range(1 + may_be_one_above)


@given(
    due=st.dictionaries(st.integers(1, 9), st.integers(0, 300), min_size=1),
    sizes=st.lists(st.integers(0, 200), max_size=5),
)
def test_mixed_lots_hand_out_every_unit_and_nobody_more_than_its_due(due, sizes):
    lots = dict(enumerate(sizes, start=1))

    mix = mix_lots(lots, due)

    per_owner = {key: sum(shares.get(key, 0) for shares in mix.values()) for key in due}
    assert sum(per_owner.values()) == min(sum(sizes), sum(due.values()))
    assert all(per_owner[key] <= due[key] for key in due)
    assert all(sum(mix[lot].values()) <= lots[lot] for lot in lots)
