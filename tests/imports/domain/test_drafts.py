"""A year's figures as they are typed, by month and by quarter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.drafts import FIELDS, QUARTERS, Figures, edited, spread
from imports.domain.forecasts import MONTHS, MOST_UNITS, UnitsNotWhole

units = st.integers(0, MOST_UNITS)
figures = st.builds(Figures, st.tuples(*[units] * 12), units)


def test_a_typed_month_takes_its_place_and_leaves_the_others():
    row = edited(Figures(tuple(range(12)), 5), {"m03": " 1,200 "})

    assert row.figures == Figures((0, 1, 1200, *range(3, 12)), 5)
    assert row.faults == {}


def test_an_emptied_cell_is_none():
    assert edited(Figures((7,) * 12), {"m01": ""}).figures.months == (0, *[7] * 11)


def test_a_faulty_cell_keeps_its_figure_and_the_others_are_taken():
    row = edited(Figures((7,) * 12), {"m01": "ten", "m02": "8", "tolerance": "-1"})

    assert row.figures == Figures((7, 8, *[7] * 10), 0)
    assert {name: fault.params["value"] for name, fault in row.faults.items()} == {
        "m01": "ten",
        "tolerance": "-1",
    }
    assert all(isinstance(fault, UnitsNotWhole) for fault in row.faults.values())


@pytest.mark.parametrize(
    ("months", "typed", "spreads"),
    [
        ((0, 0, 0), 100, (34, 33, 33)),
        ((1, 1, 2), 100, (25, 25, 50)),
        ((0, 5, 0), 12, (0, 12, 0)),
        ((3, 3, 3), 0, (0, 0, 0)),
        ((1, 1, 1), 2, (1, 1, 0)),
    ],
)
def test_a_quarter_is_spread_over_its_months_as_they_stand(months, typed, spreads):
    assert spread(typed, months) == spreads


@given(figures, st.sampled_from(QUARTERS), units)
def test_a_typed_quarter_is_the_sum_of_its_months_and_moves_no_other_month(row, name, typed):
    after = edited(row, {name: str(typed)}).figures
    others = {key: n for key, n in row.cells().items() if key in (*QUARTERS, "tolerance")} | {
        name: typed
    }

    assert {key: after.cells()[key] for key in others} == others
    assert after.total_units == row.total_units - row.cells()[name] + typed


@given(figures)
def test_a_row_typed_as_it_stands_does_not_change(row):
    texts = {name: str(n) for name, n in row.cells().items()}

    assert edited(row, {name: texts[name] for name in FIELDS}).figures == row
    assert edited(row, {name: texts[name] for name in QUARTERS}).figures == row


@given(figures, st.permutations([*MONTHS, "tolerance"]), st.lists(units, min_size=13, max_size=13))
def test_cells_typed_together_are_cells_typed_one_after_the_other(row, names, typed):
    texts = dict(zip(names, map(str, typed), strict=True))
    one_by_one = row
    for name, text in texts.items():
        one_by_one = edited(one_by_one, {name: text}).figures

    assert edited(row, texts).figures == one_by_one
