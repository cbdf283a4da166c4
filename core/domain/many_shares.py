"""Many splits at once, in columns: the shares of :mod:`core.domain.shares`, cell for cell.

Cells lie group by group; ``counts`` says how many belong to each. What might not fit into 64 bits
is shared by the plain functions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from core.domain.shares import K, Weight, split_in_proportion

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Column = Whole | Sequence[int]
Key = Callable[[Whole], Whole]
"""Of cells, given by their places: the larger comes first."""

LARGEST_SHARE = 1 << 50
"""Up to here an estimate by doubles is off by less than one unit."""
LARGEST_SUM = 1 << 60
"""Up to here a remainder that is off by one divisor still fits."""
BLOCK = 1 << 17
"""Cells that are worked on together: as many as stay in a processor's cache."""
MANY = 500
"""Keys from which one split is faster in columns."""
_GUESSES, _SAMPLE, _MARGIN = 8, 9, 0.12
"""Steps that go by a sample of so many cells, and how far from the limit they aim: what lies
between the limit and the aim is looked at again, so it lies on the side of fewer cells."""


def split_each(amounts: Column, weights: Column, counts: Column, *, ranks: Column | Key) -> Whole:
    """Shares of each group's amount in proportion to its weights, by largest remainders.

    What ``split_in_proportion`` gives for each group by itself: exact sums, each share within one
    unit, a negative amount as its mirror image. Among equal remainders the smallest rank comes
    first; ranks may be a function of cells, asked only of those that tie. Numbers that 64 bits do
    not hold come back as Python's own.

    Raises:
        NothingToShareBy: as there, of the first such group.
    """
    total, cells, sizes = columns = [_column(each) for each in (amounts, weights, counts)]
    rank_of = ranks if callable(ranks) else _column(ranks).__getitem__
    full = sizes > 0
    if any(each.dtype != np.int64 for each in columns) or total[~full].any():
        return _plainly(total, cells, sizes, rank_of(np.arange(len(cells))))
    total, sizes = total[full], sizes[full]
    shares = np.empty_like(cells)
    for groups, span in _blocks(sizes):
        block = total[groups], cells[span], sizes[groups]
        split = _split if _fit(*block) else _plain_block
        shares[span] = split(*block, _moved(rank_of, span.start))
    return shares


def split_among_many(
    amount: int, weights: Mapping[K, Weight], *, tie_break: Callable[[K], Any] = str
) -> dict[K, int]:
    """What ``split_in_proportion`` gives, in columns where there are many keys.

    Raises:
        NothingToShareBy: as there.
    """
    if len(weights) < MANY:
        return split_in_proportion(amount, weights, tie_break=tie_break)
    names, ordered = list(weights), cast("list[int]", list(weights.values()))
    shares = split_each([amount], ordered, [len(names)], ranks=ranks_by(tie_break, names))
    return dict(zip(names, shares.tolist(), strict=True))


def _column(values: Column) -> Whole:
    """An array; of 64 bits where every number is whole and fits, else of what was given."""
    found = np.asarray(values)
    if found.dtype.kind == "i" or not found.size:
        return found.astype(np.int64, copy=False)
    return np.array(values, dtype=object)


def _blocks(counts: Whole) -> Iterator[tuple[slice, slice]]:
    """Runs of groups and of their cells, each of some ``BLOCK`` cells; a group stays whole."""
    ends, first, start = np.cumsum(counts), 0, 0
    while first < len(counts):
        last = max(first + 1, int(np.searchsorted(ends, start + BLOCK, side="right")))
        yield slice(first, last), slice(start, int(ends[last - 1]))
        first, start = last, int(ends[last - 1])


def _fit(amounts: Whole, weights: Whole, counts: Whole) -> bool:
    """Whether no step of a split of these groups leaves 64 bits."""
    most, widest = int(amounts.max()), float(weights.sum(dtype=np.float64))
    if widest >= LARGEST_SUM:
        widest = float(np.add.reduceat(weights, _starts(counts), dtype=np.float64).max())
    return max(most, -int(amounts.min())) <= LARGEST_SHARE and widest < LARGEST_SUM


def _split(amounts: Whole, weights: Whole, counts: Whole, rank_of: Key) -> Whole:
    """The shares of groups that fit; what is to be refused is left to the plain functions."""
    starts, size = _starts(counts), np.abs(amounts)
    totals = np.add.reduceat(weights, starts)
    if weights.min() < 0 or ((size > 0) & (totals == 0)).any():
        return _plain_block(amounts, weights, counts, rank_of)
    shares, remainders = divide(weights, size, np.maximum(totals, 1), counts)
    left = size - np.add.reduceat(shares, starts)
    shares += take_largest(left, counts, remainders.__getitem__, lambda cells: -rank_of(cells))
    if amounts.min() < 0:
        shares *= np.repeat(np.sign(amounts), counts)
    return shares


def _moved(rank_of: Key, start: int) -> Key:
    """The key of a block's cells by their places in it."""
    return lambda cells: rank_of(cells + start)


def divide(numbers: Whole, times: Whole, over: Whole, counts: Whole) -> tuple[Whole, Whole]:
    """``divmod(number * times, over)`` of each cell, exact although the product needs 128 bits.

    ``times`` and ``over`` are the groups'. The quotient is estimated in doubles, at most one off;
    its remainder is exact modulo 2 ** 64 and says whether it is. Needs quotients of at most
    ``LARGEST_SHARE`` and divisors from 1 to below ``LARGEST_SUM``.
    """
    over_each = np.repeat(over.view(np.uint64), counts)
    estimate = numbers * np.repeat(times / over, counts)
    quotients = np.floor(estimate, out=estimate).astype(np.int64)
    left = numbers.view(np.uint64) * np.repeat(times.view(np.uint64), counts)
    left -= quotients.view(np.uint64) * over_each
    off = np.flatnonzero(left >= over_each)
    remainders = left.view(np.int64)
    if len(off):
        divisor = over_each[off].view(np.int64)
        steps = remainders[off] // divisor
        quotients[off] += steps
        remainders[off] -= steps * divisor
    return quotients, remainders


def take_largest(need: Whole, counts: Whole, *keys: Key) -> Mask:
    """The ``need`` cells of each group that are largest by the first key, then by the next.

    Cells that no key tells apart are taken in the order in which they lie. A later key is asked
    of tied cells only. Keys lie within 2 ** 61 of zero. In effect a search for each group's limit
    that all groups make together: half of the cells or more drop out at each step.
    """
    taken = np.zeros(int(counts.sum()), dtype=np.bool_)
    full = counts > 0
    _take(taken, _Race(np.arange(len(taken)), need[full], counts[full]), keys)
    return taken


class _Race(NamedTuple):
    """Cells not decided yet, group by group, and how many of each group's are still needed."""

    cells: Whole
    need: Whole
    counts: Whole

    def of(self, groups: Mask) -> "_Race":
        """The race of some groups only."""
        if groups.all():
            return self
        kept = np.flatnonzero(np.repeat(groups, self.counts))
        return _Race(self.cells[kept], self.need[groups], self.counts[groups])


def _take(taken: Mask, race: _Race, keys: Sequence[Key]) -> None:
    is_sure = race.need == race.counts
    if is_sure.any():
        taken[race.of(is_sure).cells] = True
    race = race.of(~is_sure & (race.need > 0))
    if not len(race.cells):
        return
    if not keys:
        taken[race.cells[_places(race.counts) < np.repeat(race.need, race.counts)]] = True
        return
    tied = list(_narrow(taken, race, keys[0](race.cells)))
    if tied:
        _take(taken, _Race(*map(np.concatenate, zip(*tied, strict=True))), keys[1:])


def _narrow(taken: Mask, race: _Race, values: Whole) -> Iterator[_Race]:
    """Take what a key decides; the groups, and of each the cells, that it leaves tied."""
    for turn in count():
        if not len(race.cells):
            return
        cells, need, counts = race
        starts = _starts(counts)
        low, high = (edge.reduceat(values, starts) for edge in (np.minimum, np.maximum))
        if (is_flat := low == high).any():
            yield race.of(is_flat)
        limit = np.clip(_guess(values, race, turn, low, high), low + 1, np.maximum(high, low + 1))
        above = values >= np.repeat(limit, counts)
        number = np.add.reduceat(above.view(np.int8), starts, dtype=np.int64)
        is_won = number <= need
        won = np.repeat(is_won, counts)
        taken[cells[np.flatnonzero(above & won)]] = True
        need, rest = need - number * is_won, np.where(is_won, counts - number, number)
        goes_on = (need > 0) & ~is_flat
        kept = np.flatnonzero((above != won) & np.repeat(goes_on, counts))
        race, values = _Race(cells[kept], need[goes_on], rest[goes_on]), values[kept]


def _guess(values: Whole, race: _Race, turn: int, low: Whole, high: Whole) -> Whole:
    """Where each group's limit may lie: by a sample of its values; after some turns half way."""
    if turn >= _GUESSES:
        return low + (high - low + 1) // 2
    part = race.need / race.counts
    if len(values) < _SAMPLE * 4 * len(race.counts):
        return high - ((high - low) * part).astype(np.int64)
    steps = np.arange(_SAMPLE) / _SAMPLE
    places = _starts(race.counts)[:, None] + (race.counts[:, None] * steps).astype(np.int64)
    sample = np.sort(values[places], axis=1)
    aimed = part + np.where(part < 0.5, _MARGIN, -_MARGIN)
    place = np.clip(((1 - aimed) * _SAMPLE).astype(np.int64), 0, _SAMPLE - 1)
    return sample[np.arange(len(sample)), place]


def _starts(counts: Whole) -> Whole:
    return np.cumsum(counts) - counts


def _places(counts: Whole) -> Whole:
    """The place of each cell in its group."""
    return np.arange(int(counts.sum())) - np.repeat(_starts(counts), counts)


def _plain_block(amounts: Whole, weights: Whole, counts: Whole, rank_of: Key) -> Whole:
    return _plainly(amounts, weights, counts, rank_of(np.arange(len(weights))))


def _plainly(amounts: Whole, weights: Whole, counts: Whole, ranks: Whole) -> Whole:
    """The same group by group, in Python's whole numbers."""
    found: list[int] = []
    for amount, span in zip(amounts.tolist(), _spans(counts), strict=True):
        order = ranks[span].tolist()
        own = dict(enumerate(weights[span].tolist()))
        found += split_in_proportion(amount, own, tie_break=order.__getitem__).values()
    return _column(found)


def ranks_by(tie_break: Callable[[K], Any], names: "Sequence[K] | npt.NDArray[Any]") -> Key:
    """The rank of cells by what ``tie_break`` makes of their names, for those asked about only."""

    def ranks(cells: Whole) -> Whole:
        own = (
            names[cells].tolist()
            if isinstance(names, np.ndarray)
            else map(names.__getitem__, cells.tolist())
        )
        marks = list(map(tie_break, own))
        found = np.empty(len(marks), dtype=np.int64)
        found[sorted(range(len(marks)), key=marks.__getitem__)] = np.arange(len(marks))
        return found

    return ranks


def _spans(counts: Whole) -> Iterator[slice]:
    ends = np.cumsum(counts).tolist()
    return (slice(start, end) for start, end in zip([0, *ends], ends, strict=False))
