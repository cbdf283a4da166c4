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


@given(st.lists(st.integers(0, 3), max_size=60))
def test_a_fair_queue_loses_nothing_and_keeps_each_importers_order(importers):
    queue = FairQueue()
    for item, importer in enumerate(importers):
        queue.put(importer, item)

    served = [queue.take() for _ in importers]

    assert sorted(served) == list(range(len(importers)))
    assert not queue
    for importer in set(importers):
        mine = [item for item in served if importers[item] == importer]
        assert mine == sorted(mine)


def test_one_of_each_importer_is_served_in_turn():
    queue = FairQueue()
    for item, importer in enumerate([0, 0, 0, 0, 1, 2]):
        queue.put(importer, item)

    assert [queue.take() for _ in range(6)] == [0, 4, 5, 1, 2, 3]


def test_a_small_importer_does_not_wait_for_a_large_one():
    served = list(absorb([0.0] * 10 + [0.5], [0] * 10 + [1], lambda _: 1.0, stretch=1))

    assert {each.item: each.ended for each in served}[10] == 3.0
    assert max(each.ended for each in served) == 11.0


@pytest.mark.parametrize(("stretch", "longest"), [(1, 1.0), (4, 5.0)])
def test_orders_that_come_faster_than_they_are_taken_wait(stretch, longest):
    served = list(absorb([0.0, 3.0], [0, 0], lambda _: 1.0, stretch=stretch))

    assert max(each.wait for each in served) == longest
