"""Which lots are counted how often, and whose a difference is."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from warehouse.domain.counting import (
    Grade,
    PromisedUnitsMissing,
    grades,
    share_find,
    share_loss,
)

owners = st.dictionaries(
    st.integers(1, 5), st.tuples(st.integers(1, 90), st.integers(0, 90)), min_size=1
)


def test_what_moves_most_is_counted_most():
    assert grades({1: 700, 2: 150, 3: 100, 4: 50, 5: 0}) == {
        1: Grade.A,
        2: Grade.A,
        3: Grade.B,
        4: Grade.C,
        5: Grade.C,
    }


def test_a_pool_where_nothing_moved_counts_everything_seldom():
    assert grades({1: 0, 2: 0}) == {1: Grade.C, 2: Grade.C}


@given(st.dictionaries(st.integers(1, 30), st.integers(0, 500)))
def test_who_moves_more_is_never_counted_less_often(moved):
    found = grades(moved)

    assert found.keys() == moved.keys()
    for one in moved:
        for other in moved:
            assert moved[one] <= moved[other] or found[one] <= found[other]


def test_missing_units_are_everybodys_in_proportion():
    assert share_loss("L-1", 9, {1: 60, 2: 30}, {1: 60, 2: 30}) == {1: 6, 2: 3}


def test_promised_units_are_not_lost_silently():
    with pytest.raises(PromisedUnitsMissing) as refusal:
        share_loss("L-1", 9, {1: 60, 2: 30}, {1: 5, 2: 0})

    assert refusal.value.params == {"missing": 9, "lot": "L-1", "free": 5, "short": 4}


@given(owners, st.integers(1, 200))
def test_a_loss_is_shared_whole_and_spares_what_is_promised(held, missing):
    units = {owner: n for owner, (n, _) in held.items()}
    free = {owner: min(n, spare) for owner, (n, spare) in held.items()}
    assume(missing <= sum(free.values()))

    shares = share_loss("L", missing, units, free)

    assert sum(shares.values()) == missing
    assert all(0 < shares[owner] <= free[owner] for owner in shares)


def test_found_units_return_to_who_lost_them_and_the_rest_is_the_pools():
    assert share_find(12, {1: 6, 2: 3}, operator_id=9) == {1: 6, 2: 3, 9: 3}
    assert share_find(3, {1: 6, 2: 3}, operator_id=9) == {1: 2, 2: 1}


@given(st.dictionaries(st.integers(1, 5), st.integers(1, 90)), st.integers(1, 300))
def test_a_find_is_shared_whole_and_nobody_gets_back_more_than_it_lost(lost, found):
    shares = share_find(found, lost, operator_id=9)

    assert sum(shares.values()) == found
    assert all(shares[owner] <= lost[owner] for owner in shares if owner != 9)
