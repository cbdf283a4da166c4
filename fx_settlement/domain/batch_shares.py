"""Sharing what a batch cost among its obligations, in columns.

The shares of :mod:`fx_settlement.domain.allocation`, obligation for obligation; where numbers
might leave 64 bits, by its functions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from core.domain.many_shares import (
    LARGEST_SHARE,
    LARGEST_SUM,
    Key,
    Whole,
    divide,
    ranks_by,
    split_each,
    take_largest,
)
from core.domain.shares import lot_drawn
from fx_settlement.domain.allocation import NothingToAllocate, shares_of_cost, shares_of_fee
from fx_settlement.domain.fees import Fee


@dataclass(frozen=True)
class Owed:
    """A batch's obligations in columns: ids, importers, signed foreign amounts in minor units."""

    obligations: Whole
    importers: Whole
    amounts: Whole

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int]]) -> "Owed":
        """From rows of id, importer and amount."""
        return cls(*_columns(rows, 3))

    @cached_property
    def by_importer(self) -> "_Sorted":
        """The obligations importer by importer; sorted once for all costs."""
        order = _order(self.importers)
        importers, amounts = self.importers[order], self.amounts[order]
        starts = _starts_of_runs(importers)
        return _Sorted(
            order, importers[starts], starts, np.diff(starts, append=len(order)), amounts
        )


@dataclass(frozen=True)
class _Sorted:
    """Obligations sorted by importer: their places, and each importer's run."""

    order: Whole
    importers: Whole
    starts: Whole
    counts: Whole
    amounts: Whole


def _order(column: Whole) -> Whole:
    """The places of a column's rows in its order, equal ones as they lie.

    What spans less than 16 bits, as ids mostly do, is sorted by radix, several times as fast.
    """
    if len(column) and int(column.max()) - int(column.min()) < 1 << 16:
        return np.argsort((column - column.min()).astype(np.uint16), kind="stable")
    return np.argsort(column, kind="stable")


def _starts_of_runs(*columns: Whole) -> Whole:
    """Where a run of equal rows begins."""
    is_new = np.zeros(len(columns[0]), dtype=np.bool_)
    is_new[:1] = True
    for column in columns:
        is_new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(is_new)


@dataclass(frozen=True)
class Paid:
    """Obligations that wires paid: ids, importers, wires, foreign amounts, and cost in fen."""

    obligations: Whole
    importers: Whole
    wires: Whole
    amounts: Whole
    costs: Whole

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int, int]]) -> "Paid":
        """From rows of id, importer, wire, amount and cost."""
        return cls(*_columns(rows, 5))


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> Iterator[Whole]:
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * width)
    return map(np.ascontiguousarray, flat.reshape(-1, width).T)


@dataclass(frozen=True)
class WireFee:
    """What a wire cost, and the rule by which a wire alone would be charged."""

    minor: int
    rule: Fee


@dataclass(frozen=True)
class CostParts:
    """A cost by importer, and by obligation in the order in which these were given."""

    by_importer: dict[int, int]
    by_obligation: Whole


def parts_of_cost(cost_minor: int, owed: Owed, *, batch: str) -> CostParts:
    """A conversion's cost over importers and their obligations, as ``shares_of_cost`` gives it.

    Raises:
        NothingToAllocate: the obligations do not add up to a positive amount.
    """
    lines = owed.by_importer
    is_wide = _is_wide(lines.amounts)
    total = sum(lines.amounts.tolist()) if is_wide else int(lines.amounts.sum())
    if total <= 0:
        raise NothingToAllocate(cost=cost_minor, owed=total)
    if is_wide or _largest(lines.amounts) * abs(cost_minor) > LARGEST_SHARE * total:
        return _plain_parts(cost_minor, owed, batch)
    net = np.add.reduceat(lines.amounts, lines.starts)
    all_of_them = np.array([len(net)])
    rate = (cost_minor, total)
    own = _shares(np.array([cost_minor]), all_of_them, net, rate, _drawn(batch, lines.importers))
    names = owed.obligations[lines.order]
    shares = _shares(own, lines.counts, lines.amounts, rate, _drawn(batch, names))
    by_obligation = np.empty_like(shares)
    by_obligation[lines.order] = shares
    return CostParts(dict(zip(lines.importers.tolist(), own.tolist(), strict=True)), by_obligation)


def _is_wide(amounts: Whole) -> bool:
    return float(np.abs(amounts.astype(np.float64)).sum()) >= LARGEST_SUM


def _largest(amounts: Whole) -> int:
    """More than any amount, or sum of some, is from zero."""
    return int(np.abs(amounts).sum())


def _plain_parts(cost_minor: int, owed: Owed, batch: str) -> CostParts:
    by_importer: dict[int, dict[int, int]] = {}
    columns = (owed.importers.tolist(), owed.obligations.tolist(), owed.amounts.tolist())
    for importer, obligation, minor in zip(*columns, strict=True):
        by_importer.setdefault(importer, {})[obligation] = minor
    found = shares_of_cost(cost_minor, by_importer, batch=batch)
    return CostParts(
        found.by_importer, np.array([found.by_obligation[each] for each in columns[1]])
    )


def _drawn(batch: str, names: Whole) -> Key:
    """The rank of cells by lot, the first to come first."""
    return ranks_by(lambda name: lot_drawn(batch, name), names)


def _shares(
    totals: Whole, counts: Whole, amounts: Whole, rate: tuple[int, int], drawn: Key
) -> Whole:
    """Each group's total shared by largest remainders of its amounts times a rate.

    A total below zero is shared as its mirror image. Equal remainders go to the larger quota,
    then by lot. ``rate`` is a cost over a total.
    """
    sign = np.where(totals < 0, -1, 1)
    times, over = sign * rate[0], np.full_like(totals, rate[1])
    shares, remainders = divide(amounts, times, over, counts)
    left = sign * totals - np.add.reduceat(shares, np.cumsum(counts) - counts)
    sizes = amounts * np.repeat(np.sign(times), counts)
    shares += take_largest(
        left, counts, remainders.__getitem__, sizes.__getitem__, lambda cells: -drawn(cells)
    )
    shares *= np.repeat(sign, counts)
    return shares


def parts_of_fees(fees: Mapping[int, WireFee], paid: Paid, *, batch: str) -> Whole:
    """Each obligation's part of its wire's fee, in the order in which they were given.

    A wire's fee is shared by importer as ``shares_of_fee`` does, nobody above its own wire's fee,
    and an importer's part over its obligations in proportion to what each owes.

    Raises:
        CapsTooLow: the fees alone add up to less than a wire's fee.
    """
    first = _order(paid.importers)
    order = first[_order(paid.wires[first])]
    wires, importers, amounts = paid.wires[order], paid.importers[order], paid.amounts[order]
    starts = _starts_of_runs(wires, importers)
    pairs = _Pairs(
        wires[starts],
        importers[starts],
        np.add.reduceat(amounts, starts),
        np.add.reduceat(paid.costs[order], starts),
    )
    shares = split_each(
        pairs.shares_of(fees, batch),
        np.maximum(amounts, 0),
        np.diff(starts, append=len(order)),
        ranks=ranks_by(str, paid.obligations[order]),
    )
    parts = np.empty_like(shares)
    parts[order] = shares
    return parts


@dataclass(frozen=True)
class _Pairs:
    """What each importer owed through each wire, and what that cost, wire by wire."""

    wires: Whole
    importers: Whole
    owed: Whole
    costs: Whole

    def shares_of(self, fees: Mapping[int, WireFee], batch: str) -> Whole:
        """Each pair's part of its wire's fee; where a cap cuts one, the plain function shares."""
        starts = _starts_of_runs(self.wires)
        counts = np.diff(starts, append=len(self.wires))
        own = [fees[wire] for wire in self.wires[starts].tolist()]
        weights = np.maximum(self.owed, 0)
        is_plain = np.add.reduceat(weights, starts) == 0
        shares = split_each(
            np.where(is_plain, 0, [fee.minor for fee in own]),
            weights,
            counts,
            ranks=_drawn(batch, self.importers),
        )
        wire_of = np.repeat(np.arange(len(own)), counts)
        least = np.array([fee.rule.at_most(1) for fee in own])
        for pair in np.flatnonzero(shares > least[wire_of]).tolist():
            rule = own[wire_of[pair]].rule
            is_plain[wire_of[pair]] |= int(shares[pair]) > rule.at_most(int(self.costs[pair]))
        for wire in np.flatnonzero(is_plain).tolist():
            span = slice(int(starts[wire]), int(starts[wire] + counts[wire]))
            shares[span] = self._plainly(own[wire], span, batch)
        return shares

    def _plainly(self, fee: WireFee, span: slice, batch: str) -> list[int]:
        importers = self.importers[span].tolist()
        owed = dict(zip(importers, self.owed[span].tolist(), strict=True))
        costs = zip(importers, self.costs[span].tolist(), strict=True)
        alone = {importer: fee.rule.at_most(cost) for importer, cost in costs}
        shares = shares_of_fee(fee.minor, owed, alone, batch=batch)
        return [shares[importer] for importer in importers]
