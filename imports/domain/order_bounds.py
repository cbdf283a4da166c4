"""Bounds for suppliers that compete: every choice of tiers searched, with prices on their breaks.

A node fixes, for some suppliers, the tier that they reach or that they are left out. Below it each
SKU is bought where it costs least, in whole packs and minimum orders, once reaching a break has a
price (Lagrangian relaxation; Geoffrion 1974). Whatever those prices are, the sum is a bound; the
purchases met on the way are candidates. Nodes are opened in the order of their bounds.
"""

import heapq
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, count
from math import lcm
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from imports.domain.order_plan import Lines, PlanItem, PlanSupplier

STEPS = 10
FIRST_LOOKS, LOOK_EVERY = 60, 20
"""Purchases are made of the first nodes, then of every twentieth: they cost more than bounds."""

MOST_PAIRED = 4
"""Suppliers of a SKU, cheapest first, that are tried in pairs."""

ENOUGH = 0.005
"""Part of the cost within which the search need not close the gap."""

_OPEN = -2
_LEFT_OUT = -1
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Columns:
    """Ways to buy each SKU: up to two suppliers with their units, grouped by SKU."""

    sku: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    suppliers: npt.NDArray[np.int64]
    units: Floats
    of_two: npt.NDArray[np.int64]
    """Ways that buy from two suppliers."""

    def costs(self, unit_costs: Floats) -> Floats:
        """What each way costs, from unit costs by SKU and supplier."""
        found: Floats = unit_costs[self.sku, self.suppliers[:, 0]] * self.units[:, 0]
        two, places = self.of_two, self.suppliers[self.of_two, 1]
        found[two] += unit_costs[self.sku[two], places] * self.units[two, 1]
        return found


@dataclass(frozen=True, order=True)
class _Node:
    """Suppliers decided so far, and the bound below; equal bounds keep their order of making."""

    bound: float
    number: int
    states: tuple[int, ...] = field(compare=False)
    prices: Floats = field(compare=False)


class Search:
    """The search over a group's tiers; :attr:`bound` holds from the start and only rises."""

    def __init__(self, suppliers: Sequence[PlanSupplier], asked: Mapping[str, int]) -> None:
        self.suppliers, self.skus = suppliers, list(asked)
        self.bound = 0.0
        shape = (len(self.skus), len(suppliers))
        self._asked = np.array([asked[sku] for sku in self.skus], dtype=float)
        self._price = np.full(shape, np.inf)
        self._least = np.full(shape, np.inf)
        self._volume, self._weight = np.zeros(shape), np.zeros(shape)
        for column, supplier in enumerate(suppliers):
            for row, sku in enumerate(self.skus):
                if sku in supplier.items:
                    self._read(row, column, supplier, supplier.items[sku])
        self._columns = _columns(suppliers, self.skus, asked)
        self._offers = np.isfinite(self._price).sum(axis=1)
        self._loads = np.zeros(len(suppliers))
        is_sized = (self._volume + self._weight > 0) | ~np.isfinite(self._price)
        self._has_size = is_sized.all(axis=0)

    def _read(self, row: int, column: int, supplier: PlanSupplier, item: PlanItem) -> None:
        self._price[row, column] = item.price
        self._least[row, column] = min(item.need(1), self._asked[row])
        if supplier.box:
            self._volume[row, column] = item.volume / supplier.box.volume
            self._weight[row, column] = item.weight / supplier.box.weight

    def run(
        self, start: Lines, cost: Callable[[Lines], int], is_over: Callable[[], bool]
    ) -> Iterator[Lines]:
        """Purchases worth a look, best bounds first; ``cost`` is asked to improve and price one."""
        self._loads = self._loads_of(start)
        best, number, children = float(cost(start)), count(), list[_Node]()
        queue = [_Node(0.0, 0, tuple([_OPEN] * len(self.suppliers)), np.zeros(len(self.suppliers)))]
        closed, opened = np.inf, 0
        while queue and not is_over():
            node = self._next(queue, children)
            if node.bound >= best * (1 - ENOUGH):
                closed, children = min(closed, node.bound), []
                continue
            branch = self._branch(node.states)
            children = [] if branch is None else list(self._children(node, branch, number, best))
            closed = min(closed, node.bound) if branch is None else closed
            opened += 1
            is_looked_at = opened <= FIRST_LOOKS or not opened % LOOK_EVERY
            for lines in [self._purchase(child) for child in children[:is_looked_at]]:
                best = min(best, float(cost(lines)))
                yield lines
            for child in children:
                heapq.heappush(queue, child)
            rest = queue[0].bound if queue else np.inf
            self.bound = max(self.bound, min(rest, closed, best))

    def _next(self, queue: "list[_Node]", children: "list[_Node]") -> "_Node":
        """The best child of the last node while diving, else the node with the lowest bound."""
        if children:
            queue.remove(children[0])
            heapq.heapify(queue)
            return children[0]
        return heapq.heappop(queue)

    def _children(
        self, node: "_Node", branch: int, number: Iterator[int], best: float
    ) -> "list[_Node]":
        """The node with one more supplier decided, best bounds first."""
        found = []
        for state in range(_LEFT_OUT, len(self.suppliers[branch].tiers)):
            states = (*node.states[:branch], state, *node.states[branch + 1 :])
            low, prices = self._price_out(states, node.prices.copy(), best)
            found.append(_Node(max(low, node.bound), next(number), states, prices))
        return sorted(found)

    def _loads_of(self, lines: Lines) -> Floats:
        """Containers by supplier, in parts, of a purchase; decides how freight is spread."""
        rows = {sku: n for n, sku in enumerate(self.skus)}
        places = {supplier.key: n for n, supplier in enumerate(self.suppliers)}
        volume, weight = np.zeros(len(places)), np.zeros(len(places))
        for (key, sku), units in lines.items():
            volume[places[key]] += self._volume[rows[sku], places[key]] * units
            weight[places[key]] += self._weight[rows[sku], places[key]] * units
        self._by_volume = volume >= weight
        loads: Floats = np.maximum(volume, weight)
        return loads

    def _branch(self, node: tuple[int, ...]) -> int | None:
        """The open supplier with the most to decide: the dearest assortment first."""
        opened = [n for n, state in enumerate(node) if state == _OPEN]
        worth = np.where(np.isfinite(self._price), self._price, 0).T @ self._asked
        return max(opened, key=lambda n: (worth[n], -n), default=None)

    def _terms(self, node: tuple[int, ...]) -> tuple[Floats, float, Floats]:
        """Unit costs by SKU and supplier, what is paid anyway, and the breaks to be reached."""
        costs, fixed = self._price.copy(), 0.0
        breaks = np.zeros(len(node))
        for n, (state, supplier) in enumerate(zip(node, self.suppliers, strict=True)):
            if state == _LEFT_OUT:
                costs[:, n] = np.inf
                continue
            tier = supplier.tiers[-1 if state == _OPEN else state]
            breaks[n] = 0 if state == _OPEN else tier.from_units
            costs[:, n] *= tier.factor
            if supplier.box and (state == _OPEN or self._loads[n] >= 1):
                sizes = self._volume if self._by_volume[n] else self._weight
                costs[:, n] += sizes[:, n] * supplier.box.cost
            elif supplier.box and state >= 0 and self._has_size[n]:
                fixed += supplier.box.cost
        return costs, fixed, breaks

    def _price_out(
        self, states: tuple[int, ...], prices: Floats, best: float
    ) -> tuple[float, Floats]:
        """The best bound of a few prices on breaks, and those prices."""
        costs, fixed, breaks = self._terms(states)
        caps = np.where(breaks > 0, costs.min(axis=0), 0)
        prices = np.minimum(prices, caps)
        found, step = (-np.inf, prices), 1.0
        for _ in range(STEPS):
            total, chosen = self._cheapest(costs - prices)
            bound = total + fixed + float(prices @ breaks)
            if bound > found[0]:
                found = (bound, prices)
            else:
                step /= 2
            if not np.isfinite(bound) or bound >= best:
                break
            short = np.where(breaks > 0, breaks - self._bought(chosen), 0)
            short[(short < 0) & (prices <= 0)] = 0
            length = float(short @ short)
            if not length:
                break
            prices = np.clip(prices + step * (best - bound) * short / length, 0, caps)
        return found

    def _purchase(self, node: _Node) -> Lines:
        """Every SKU at its cheapest way under the prices of a node."""
        costs, _, _ = self._terms(node.states)
        if not np.isfinite(node.bound):
            return {}
        return self._lines(self._cheapest(costs - node.prices)[1])

    def _cheapest(self, costs: Floats) -> tuple[float, npt.NDArray[np.int64]]:
        """A bound on buying every SKU at these unit costs, and the way that comes nearest."""
        by_way = self._columns.costs(costs)
        least = np.minimum.reduceat(by_way, self._columns.starts)
        bound = least
        if (self._offers > 2).any():
            bound = np.where(self._offers > 2, np.minimum(least, self._split(costs)), least)
        ways = np.flatnonzero(by_way <= least[self._columns.sku])
        _, first = np.unique(self._columns.sku[ways], return_index=True)
        return float(bound.sum()), ways[first]

    def _split(self, costs: Floats) -> Floats:
        """At least this, when a SKU is bought from several suppliers of three or more.

        All of it at the lowest unit cost, and the least of a second supplier at its own.
        """
        lowest = costs.min(axis=1)
        with np.errstate(invalid="ignore"):
            premium = (costs - lowest[:, None]) * np.minimum(self._least, self._asked[:, None])
        premium = np.where(np.isfinite(premium), premium, np.inf)
        premium[np.arange(len(costs)), costs.argmin(axis=1)] = np.inf
        found: Floats = lowest * self._asked + premium.min(axis=1)
        return np.where(np.isnan(found), np.inf, found)

    def _bought(self, chosen: npt.NDArray[np.int64]) -> Floats:
        places = self._columns.suppliers[chosen].ravel()
        units = self._columns.units[chosen].ravel()
        found: Floats = np.zeros(len(self.suppliers))
        found += np.bincount(places, weights=units, minlength=len(self.suppliers))
        return found

    def _lines(self, chosen: npt.NDArray[np.int64]) -> Lines:
        found: Lines = {}
        for way in chosen:
            for side in (0, 1):
                units = int(self._columns.units[way, side])
                if units:
                    key = self.suppliers[self._columns.suppliers[way, side]].key
                    found[key, self.skus[self._columns.sku[way]]] = units
        return found


def _columns(
    suppliers: Sequence[PlanSupplier], skus: Sequence[str], asked: Mapping[str, int]
) -> _Columns:
    """Every SKU wholly from one supplier, and from two in the ways that may be cheapest."""
    numbers: list[int] = []
    starts: list[int] = []
    places: list[tuple[int, int]] = []
    units: list[tuple[int, int]] = []
    for number, sku in enumerate(skus):
        starts.append(len(numbers))
        sellers = [(n, s.items[sku]) for n, s in enumerate(suppliers) if sku in s.items]
        ways = [((n, n), (item.need(asked[sku]), 0)) for n, item in sellers]
        cheap = sorted(sellers, key=lambda seller: (seller[1].price, seller[0]))[:MOST_PAIRED]
        for (a, one), (b, two) in combinations(sorted(cheap, key=itemgetter(0)), 2):
            pairs = _pairs(one, two, asked[sku], is_complete=len(sellers) == 2)
            ways += [((a, b), pair) for pair in pairs]
        numbers += [number] * len(ways)
        places += [way[0] for way in ways]
        units += [way[1] for way in ways]
    amounts = np.array(units, dtype=float)
    return _Columns(
        np.array(numbers),
        np.array(starts),
        np.array(places),
        amounts,
        np.flatnonzero(amounts[:, 1]),
    )


def _pairs(one: PlanItem, two: PlanItem, asked: int, *, is_complete: bool) -> list[tuple[int, int]]:
    """Ways to buy from both: all that may be cheapest at some prices, or the two plain ones."""
    if not is_complete:
        first = one.moq <= asked // one.pack * one.pack < asked and asked // one.pack * one.pack
        second = two.moq <= asked // two.pack * two.pack < asked and asked // two.pack * two.pack
        ways = [(first, two.need(asked - first))] if first else []
        return ways + ([(one.need(asked - second), second)] if second else [])
    points = [(units, two.need(asked - units)) for units in _first_units(one, two, asked)]
    points = [(0, two.need(asked)), *points, (one.need(asked), 0)]
    return [point for point in _hull(points) if all(point)]


def _first_units(one: PlanItem, two: PlanItem, asked: int) -> list[int]:
    """Units of the first that can be a corner, in rising order.

    Between the ends a common multiple of both packs can be moved either way, so what lies there is
    the middle of two other purchases.
    """
    least, other, common = one.need(1), two.need(1), lcm(one.pack, two.pack)
    every = range(least, asked, one.pack)
    low = range(least, min(asked, least + common), one.pack)
    past = asked - other - common - two.pack
    high = every[bisect_left(every, past) :]
    return sorted({*low, *high})


def _hull(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lower left edge of points that are sorted by their first number."""
    edge: list[tuple[int, int]] = []
    for x, y in points:
        while len(edge) > 1:
            (x1, y1), (x2, y2) = edge[-2:]
            if (x2 - x1) * (y - y1) > (y2 - y1) * (x - x1):
                break
            edge.pop()
        edge.append((x, y))
    return edge
