from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.domain.peak import FairQueue, PeakDay, absorb, shares


def test_a_day_has_all_its_orders_and_the_burst_its_part():
    moments = PeakDay().arrivals(0.001)

    assert len(moments) == 600
    assert sum(72_000 <= at < 72_600 for at in moments) == PeakDay().of_burst(0.001) == 84
    assert all(0 <= at < 86_400 for at in moments)
    assert moments == sorted(moments)


def test_the_first_importer_sends_twice_what_the_second_sends():
    assert Counter(shares(3, 8)) == {0: 4, 1: 2, 2: 2}
    assert shares(3, 8) == [0, 1, 2, 0, 0, 1, 2, 0]


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 9))
def test_a_fair_queue_loses_nothing_and_keeps_each_importers_order(importers, most):
    queue = FairQueue()
    for item, importer in enumerate(importers):
        queue.put(importer, item)

    handed = []
    while queue:
        handed.append(queue.take_some(most))
    served = [item for items in handed for item in items]

    assert all(0 < len(items) <= most for items in handed)
    assert all(len({importers[item] for item in items}) == 1 for items in handed)
    assert sorted(served) == list(range(len(importers)))
    for importer in set(importers):
        mine = [item for item in served if importers[item] == importer]
        assert mine == sorted(mine)


def test_one_of_each_importer_is_served_in_turn():
    queue = FairQueue()
    for item, importer in enumerate([0, 0, 0, 0, 1, 2]):
        queue.put(importer, item)

    assert [queue.take_some(1) for _ in range(6)] == [[0], [4], [5], [1], [2], [3]]


def test_a_large_importer_hands_over_several_at_its_turn_and_then_waits_for_the_others():
    queue = FairQueue()
    for item, importer in enumerate([0, 0, 0, 0, 0, 1, 2]):
        queue.put(importer, item)

    assert [queue.take_some(2) for _ in range(5)] == [[0, 1], [5], [6], [2, 3], [4]]


def test_orders_that_are_served_together_are_ready_together():
    served = list(absorb([0.0, 0.0, 0.0], [0, 0, 0], lambda _: 1.0, stretch=1, at_once=2))

    assert [(each.item, each.ended, each.behind) for each in served] == [
        (0, 1.0, 3),
        (1, 1.0, 3),
        (2, 2.0, 1),
    ]


def test_a_small_importer_does_not_wait_for_a_large_one():
    served = list(absorb([0.0] * 10 + [0.5], [0] * 10 + [1], lambda _: 1.0, stretch=1))

    assert {each.item: each.ended for each in served}[10] == 3.0
    assert max(each.ended for each in served) == 11.0


@pytest.mark.parametrize(("stretch", "longest"), [(1, 1.0), (4, 5.0)])
def test_orders_that_come_faster_than_they_are_taken_wait(stretch, longest):
    served = list(absorb([0.0, 3.0], [0, 0], lambda _: 1.0, stretch=stretch))

    assert max(each.wait for each in served) == longest
