"""What an importer is bound to: its band, its deadlines, what the fill phase still accepts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.commitments import (
    Band,
    BeyondTolerance,
    DatesOutOfOrder,
    Deadlines,
    DoesNotReduceMissing,
    OutsideBand,
    topped_up,
)
from imports.domain.consolidation import Ask
from imports.domain.filling import container_fill

BAND = Band(raise_percent=20, cut_percent=10)


@pytest.mark.parametrize(("submitted", "limits"), [(100, (90, 120)), (5, (5, 6)), (1, (1, 1))])
def test_a_band_is_rounded_towards_what_was_submitted(submitted, limits):
    assert BAND.limits(submitted) == limits


@given(st.integers(0, 10**6), st.integers(0, 300), st.integers(0, 100))
def test_what_was_submitted_is_always_inside_the_band(submitted, up, down):
    band = Band(up, down)
    low, high = band.limits(submitted)

    assert low <= submitted <= high
    assert band.refuse_outside(submitted, submitted) is None


@pytest.mark.parametrize("units", [89, 121])
def test_a_change_outside_the_band_is_refused_with_what_is_open(units):
    with pytest.raises(OutsideBand) as refused:
        BAND.refuse_outside(units, 100)
    assert (refused.value.params["low"], refused.value.params["high"]) == (90, 120)


def test_topping_up_turns_tolerance_into_units():
    assert topped_up(Ask(10, 4), 3, missing=5, sku="A") == Ask(13, 1)


@pytest.mark.parametrize("more", [0, -2, 6])
def test_an_edit_that_does_not_reduce_what_is_missing_is_refused(more):
    with pytest.raises(DoesNotReduceMissing) as refused:
        topped_up(Ask(10, 40), more, missing=5, sku="A")
    assert refused.value.params["missing"] == 5


def test_nobody_tops_up_beyond_what_it_said_that_it_would_take():
    with pytest.raises(BeyondTolerance):
        topped_up(Ask(10, 4), 5, missing=9, sku="A")


@pytest.mark.parametrize("days", [(1, 1, 2), (1, 2, 2), (3, 2, 4)])
def test_deadlines_follow_each_other(days):
    with pytest.raises(DatesOutOfOrder):
        Deadlines(*(date(2026, 1, day) for day in days)).refuse_out_of_order()


def test_filling_a_container_saves_each_its_part_of_the_empty_room():
    fill = container_fill(
        1, {"A": 30, "B": 10, "C": 0}, containers=1, capacity_cm3=80, carriage_minor=8_000
    )

    assert (fill.free_cm3, fill.empty_minor) == (40, 4_000)
    assert fill.gains == {"A": 3_000, "B": 1_000}
