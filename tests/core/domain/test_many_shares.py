"""Many splits at once give what each gives by itself, by the same rule."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.many_shares import (
    LARGEST_SHARE,
    LARGEST_SUM,
    MANY,
    divide,
    split_among_many,
    split_each,
    take_largest,
)
from core.domain.shares import NothingToShareBy, lot_drawn, split_in_proportion

SMALL = st.integers(0, 5)
ORDINARY = st.integers(0, 10**9)
NEAR_THE_LIMITS = st.sampled_from(
    [LARGEST_SHARE - 1, LARGEST_SHARE, LARGEST_SUM - 1, LARGEST_SUM, 2**62, 2**63 - 1, 2**63, 2**70]
)
NUMBERS = st.one_of(SMALL, ORDINARY, NEAR_THE_LIMITS)
GROUPS = st.lists(
    st.tuples(
        st.one_of(NUMBERS, NUMBERS.map(lambda amount: -amount)),
        st.lists(st.tuples(NUMBERS, st.integers(0, 3)), max_size=7),
    ).filter(lambda group: not group[0] or any(weight for weight, _ in group[1])),
    max_size=6,
)


def one_by_one(groups):
    """The plain split of each group, its cells in order."""
    return [
        list(
            split_in_proportion(
                amount,
                {place: weight for place, (weight, _) in enumerate(cells)},
                tie_break=lambda place, cells=cells: cells[place][1],
            ).values()
        )
        for amount, cells in groups
    ]


def at_once(groups):
    cells = [cell for _, own in groups for cell in own]
    shares = split_each(
        [amount for amount, _ in groups],
        [weight for weight, _ in cells],
        [len(own) for _, own in groups],
        ranks=[rank for _, rank in cells],
    ).tolist()
    ends = np.cumsum([0, *(len(own) for _, own in groups)]).tolist()
    return [shares[start:end] for start, end in pairwise(ends)]


def test_a_cent_lost_to_rounding_goes_to_the_lowest_rank_of_each_group():
    shares = split_each([100, 5], [1, 1, 1, 70, 30], [3, 2], ranks=[2, 0, 1, 0, 1])

    assert shares.tolist() == [33, 34, 33, 4, 1]


@given(GROUPS)
@example([(2**70, [(1, 0), (2, 0)]), (3, [(1, 1), (1, 0)])])
@example([(LARGEST_SHARE, [(LARGEST_SUM - 3, 0), (1, 1), (1, 0)])])
def test_shares_are_those_of_each_group_by_itself(groups):
    assert at_once(groups) == one_by_one(groups)


@given(GROUPS.filter(bool), st.randoms())
def test_a_line_gets_the_same_share_in_whichever_order_lines_and_groups_come(groups, order):
    named = [
        (amount, [(weight, place) for place, (weight, _) in enumerate(own)])
        for amount, own in groups
    ]
    shuffled = [(amount, order.sample(own, len(own))) for amount, own in named]
    places = order.sample(range(len(named)), len(named))

    def by_line(groups):
        return [
            sorted(zip([rank for _, rank in own], shares, strict=True))
            for (_, own), shares in zip(groups, at_once(groups), strict=True)
        ]

    mixed = by_line([shuffled[place] for place in places])
    assert [mixed[places.index(number)] for number in range(len(named))] == by_line(named)


@pytest.mark.parametrize("size", [1, 2, 7, 500, 60_000])
@pytest.mark.parametrize("most", [2, 500, 10**9, 10**13])
def test_hundreds_of_thousands_of_cells_are_split_as_they_are_one_by_one(size, most):
    draw = np.random.default_rng(size)
    counts = draw.integers(1, 2 * size, 1 + 300_000 // size)
    weights = draw.integers(1, most, counts.sum())
    amounts = draw.integers(-(10**12), 10**12, len(counts))
    ranks = draw.integers(0, 9, len(weights))

    shares = split_each(amounts, weights, counts, ranks=ranks)

    starts = np.cumsum(counts) - counts
    assert np.array_equal(np.add.reduceat(shares, starts), amounts)
    for group in draw.integers(0, len(counts), 1 + 2_000 // size).tolist():
        span = slice(int(starts[group]), int(starts[group] + counts[group]))
        cells = list(zip(weights[span].tolist(), ranks[span].tolist(), strict=True))
        assert [shares[span].tolist()] == one_by_one([(int(amounts[group]), cells)])


@pytest.mark.parametrize("size", [3, 1_000])
def test_many_cells_of_equal_weight_share_their_odd_units_by_rank(size):
    draw = np.random.default_rng(4)
    counts = np.full(200, size)
    ranks = np.concatenate([draw.permutation(size) for _ in counts])

    shares = split_each(np.full(200, 2), np.ones(200 * size, np.int64), counts, ranks=ranks)

    assert np.array_equal(shares, (ranks < 2).astype(np.int64))


@pytest.mark.parametrize(
    ("amounts", "weights", "counts", "amount"),
    [
        ([5], [0, 0], [2], 5),
        ([1, -7], [1, 0], [1, 1], 7),
        ([0], [-1, 3], [2], 0),
        ([4], [], [0], 4),
        ([3, 4], [1], [1, 0], 4),
        ([2**70], [0], [1], 2**70),
    ],
)
def test_a_group_without_weights_refuses_as_it_does_by_itself(amounts, weights, counts, amount):
    with pytest.raises(NothingToShareBy) as refused:
        split_each(amounts, weights, counts, ranks=[0] * len(weights))

    assert refused.value.params == {"amount": amount}


def test_nothing_is_split_into_nothings():
    assert split_each([0, 0], [0, 0, 0], [2, 1], ranks=[0, 0, 0]).tolist() == [0, 0, 0]
    assert split_each([], [], [], ranks=[]).tolist() == []


def test_weights_that_are_fractions_are_split_exactly_as_well():
    thirds = [Fraction(1, 3), Fraction(2, 3)]

    assert split_each([5], thirds, [2], ranks=[0, 1]).tolist() == [2, 3]


@given(
    st.lists(
        st.tuples(st.integers(-LARGEST_SHARE, LARGEST_SHARE), st.integers(1, LARGEST_SUM - 1)),
        min_size=1,
        max_size=9,
    ),
    st.data(),
)
def test_products_beyond_64_bits_are_divided_exactly(groups, data):
    numbers = [data.draw(st.integers(-over, over)) for _, over in groups]
    times, over = (np.array(column) for column in zip(*groups, strict=True))

    quotients, remainders = divide(np.array(numbers), times, over, np.ones(len(groups), np.int64))

    assert list(zip(quotients.tolist(), remainders.tolist(), strict=True)) == [
        divmod(number * factor, divisor)
        for number, (factor, divisor) in zip(numbers, groups, strict=True)
    ]


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(-3, 3), st.sampled_from([-(2**60), -1, 0, 2**60])), max_size=6
        ),
        max_size=5,
    ),
    st.data(),
)
def test_the_largest_are_found_as_by_sorting(groups, data):
    need = [data.draw(st.integers(0, len(own))) for own in groups]
    first, second = (
        np.array([cell[key] for own in groups for cell in own], dtype=np.int64) for key in (0, 1)
    )

    taken = take_largest(
        np.array(need, dtype=np.int64),
        np.array([len(own) for own in groups], dtype=np.int64),
        first.__getitem__,
        second.__getitem__,
    ).tolist()

    expected = []
    for number, own in zip(need, groups, strict=True):
        order = sorted(range(len(own)), key=lambda place: (-own[place][0], -own[place][1]))
        expected += [place in order[:number] for place in range(len(own))]
    assert taken == expected


@given(
    amount=st.integers(-(10**12), 10**12),
    number=st.integers(MANY - 1, MANY + 5),
    most=st.sampled_from([1, 4, 10**12, 2**64]),
    order=st.randoms(),
    tie_break=st.sampled_from([str, lambda name: lot_drawn("B-1", name)]),
)
def test_an_amount_is_split_among_many_as_among_few(amount, number, most, order, tie_break):
    names = order.sample(range(2 * MANY), number)
    weights = {name: order.randint(1, most) for name in names}

    shares = split_among_many(amount, weights, tie_break=tie_break)

    assert shares == split_in_proportion(amount, weights, tie_break=tie_break)
    assert list(shares) == names
