"""Sharing what a batch cost among its obligations, in columns.

The shares of :mod:`fx_settlement.domain.allocation`, obligation for obligation; where numbers
might leave 64 bits, by its functions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from core.domain.many_shares import (
    LARGEST_SHARE,
    LARGEST_SUM,
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
    order = np.argsort(owed.importers, kind="stable")
    importers, starts, counts = np.unique(
        owed.importers[order], return_index=True, return_counts=True
    )
    amounts = owed.amounts[order]
    total = sum(amounts.tolist()) if _is_wide(amounts) else int(amounts.sum())
    if total <= 0:
        raise NothingToAllocate(cost=cost_minor, owed=total)
    if _is_wide(amounts) or _largest(amounts) * abs(cost_minor) > LARGEST_SHARE * total:
        return _plain_parts(cost_minor, owed, batch)
    net = np.add.reduceat(amounts, starts)
    own = _shares(np.array([cost_minor]), net, cost_minor, total, importers, batch)
    shares = _shares(own, amounts, cost_minor, total, owed.obligations[order], batch, counts)
    by_obligation = np.empty_like(shares)
    by_obligation[order] = shares
    return CostParts(dict(zip(importers.tolist(), own.tolist(), strict=True)), by_obligation)


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


def _shares(
    totals: Whole,
    amounts: Whole,
    cost: int,
    over: int,
    names: Whole,
    batch: str,
    counts: Whole | None = None,
) -> Whole:
    """Each group's total shared by largest remainders of ``amount * cost / over``.

    A total below zero is shared as its mirror image. Equal remainders go to the larger quota,
    then by lot.
    """
    groups = np.array([len(amounts)]) if counts is None else counts
    sign = np.where(totals < 0, -1, 1)
    times = sign * cost
    shares, remainders = divide(amounts, times, np.full_like(times, over), groups)
    left = sign * totals - np.add.reduceat(shares, np.cumsum(groups) - groups)
    sizes = amounts * np.repeat(np.sign(times), groups)
    drawn = ranks_by(lambda name: lot_drawn(batch, name), names.tolist())
    shares += take_largest(
        left, groups, remainders.__getitem__, sizes.__getitem__, lambda cells: -drawn(cells)
    )
    shares *= np.repeat(sign, groups)
    return shares


def parts_of_fees(fees: Mapping[int, WireFee], paid: Paid, *, batch: str) -> Whole:
    """Each obligation's part of its wire's fee, in the order in which they were given.

    A wire's fee is shared by importer as ``shares_of_fee`` does, nobody above its own wire's fee,
    and an importer's part over its obligations in proportion to what each owes.

    Raises:
        CapsTooLow: the fees alone add up to less than a wire's fee.
    """
    order = np.lexsort((paid.importers, paid.wires))
    wires, importers, amounts = paid.wires[order], paid.importers[order], paid.amounts[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (np.diff(wires) != 0) | (np.diff(importers) != 0)
    starts = np.flatnonzero(is_new)
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
        ranks=ranks_by(str, paid.obligations[order].tolist()),
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
        """Each pair's part of its wire's fee.

        Wires of which some part may be above its cap, the fee of a wire alone, are left to the
        plain function: a fee alone is never below that of the smallest wire.
        """
        wires, starts, counts = np.unique(self.wires, return_index=True, return_counts=True)
        minor = np.array([fees[wire].minor for wire in wires.tolist()])
        least = np.array([fees[wire].rule.at_most(1) for wire in wires.tolist()])
        weights = np.maximum(self.owed, 0)
        is_plain = np.add.reduceat(weights, starts) == 0
        shares = split_each(
            np.where(is_plain, 0, minor),
            weights,
            counts,
            ranks=ranks_by(lambda importer: lot_drawn(batch, importer), self.importers.tolist()),
        )
        is_plain |= np.maximum.reduceat(shares, starts) > least
        for wire in np.flatnonzero(is_plain).tolist():
            span = slice(int(starts[wire]), int(starts[wire] + counts[wire]))
            shares[span] = self._plainly(fees[int(wires[wire])], span, batch)
        return shares

    def _plainly(self, fee: WireFee, span: slice, batch: str) -> list[int]:
        importers = self.importers[span].tolist()
        owed = dict(zip(importers, self.owed[span].tolist(), strict=True))
        costs = zip(importers, self.costs[span].tolist(), strict=True)
        alone = {importer: fee.rule.at_most(cost) for importer, cost in costs}
        shares = shares_of_fee(fee.minor, owed, alone, batch=batch)
        return [shares[importer] for importer in importers]
