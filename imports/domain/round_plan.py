"""A round planned whole: the purchase, its bound, who gets which units and who pays what."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from core.domain.shares import split_with_caps
from core.domain.trade import MINOR_UNITS
from imports.domain.order_plan import (
    Lines,
    PlanSupplier,
    Problem,
    Totals,
    Wish,
    by_supplier,
    descend,
    greedy,
    union,
)
from imports.domain.order_program import Clock
from imports.domain.order_solver import Solved, solve
from imports.domain.sharing import EXACT_UP_TO, blend, shapley, share_saving

BUDGET_SECONDS = 16.0
POOL_PART = 0.8
EQUAL_PRICE_PART = Fraction(1, 2)
MOST_STEPS = 40_000
"""Coalition cells (coalitions times SKUs) that the Shapley value may cost."""


MOST_STEPS_OF_TWO_ORDERS = 4 * MOST_STEPS
"""Cells beyond which not even one order of joining, run both ways, is sampled."""


@dataclass(frozen=True)
class ImporterShare:
    """What an importer bears, and what the same round would cost it alone; minor units."""

    importer: str
    cost_minor: int
    alone_minor: int


@dataclass(frozen=True)
class RoundPlan:
    """A plan in minor units. ``held`` are units by importer and SKU; ``buffer`` the operator's."""

    lines: Lines
    cost_minor: int
    bound_minor: int
    held: Mapping[tuple[str, str], int]
    buffer: Mapping[str, int]
    shares: tuple[ImporterShare, ...]

    @property
    def gap(self) -> Fraction:
        """What the cost may be above the cheapest purchase at most, as a part of the cost."""
        if not self.cost_minor:
            return Fraction(0)
        return Fraction(self.cost_minor - self.bound_minor, self.cost_minor)


def plan_round(problem: Problem, *, seconds: float = BUDGET_SECONDS) -> RoundPlan:
    """The cheapest purchase found in the time, never dearer than everybody's alone together.

    The parts: the pool's program, everybody's alone, and the union of those as one more candidate.
    Amounts are rounded half up to the minor unit, the sum once.

    Raises:
        NobodySells: a SKU that is asked for has no supplier.
    """
    asked = problem.asked()
    pooled = solve(problem, asked, Clock(seconds * POOL_PART))
    alone = _alone(problem, seconds * (1 - POOL_PART))
    apart = union(each.lines for each in alone.values())
    lines = min(pooled.lines, apart, descend(problem, asked, apart), key=problem.cost)
    grain = 10 ** (problem.digits - MINOR_UNITS[problem.currency])
    cost = _minor(problem.cost(lines), grain)
    alone_minor = _alone_minor(problem, alone, grain, cost)
    held, buffer = _hand_out(problem, lines)
    wanted = _wanted(problem, lines, held, grain)
    shares = share_saving(cost, alone_minor, wanted)
    return RoundPlan(
        lines=lines,
        cost_minor=cost,
        bound_minor=min(cost, floor(Fraction(pooled.bound, grain))),
        held=held,
        buffer=buffer,
        shares=tuple(ImporterShare(i, shares[i], alone_minor[i]) for i in problem.importers),
    )


def _minor(grains: int, grain: int) -> int:
    return (2 * grains + grain) // (2 * grain)


def _alone(problem: Problem, seconds: float) -> dict[str, Solved]:
    """The same model for every importer by itself; the time left is shared evenly."""
    clock, found = Clock(seconds), {}
    waiting = len(problem.importers)
    for importer in problem.importers:
        own = Clock(clock.left(min(1.0, 2 / waiting)))
        asked = problem.asked([importer])
        found[importer] = solve(problem, asked, own, is_quick=clock.is_over)
        waiting -= 1
    return found


def _alone_minor(
    problem: Problem, alone: Mapping[str, Solved], grain: int, cost: int
) -> dict[str, int]:
    """Costs alone, rounded; where rounding down eats the last cent of the sum, some round up."""
    exact = {importer: problem.cost(each.lines) for importer, each in alone.items()}
    found = {importer: _minor(grains, grain) for importer, grains in exact.items()}
    lost = cost - sum(found.values())
    cut = [importer for importer, grains in exact.items() if grains > found[importer] * grain]
    cut.sort(key=lambda importer: (-(exact[importer] % grain), importer))
    for importer in cut[: max(0, lost)]:
        found[importer] = ceil(Fraction(exact[importer], grain))
    return found


def _hand_out(problem: Problem, lines: Lines) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Units by importer and SKU: what was asked, then tolerances, then the operator's buffer.

    Only who asked for a SKU takes more of it.
    """
    bought: dict[str, int] = defaultdict(int)
    for (_, sku), units in lines.items():
        bought[sku] += units
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for wish in problem.wishes:
        if wish.units:
            wishes[wish.sku].append(wish)
    held: dict[tuple[str, str], int] = {}
    buffer: dict[str, int] = {}
    for sku, units in sorted(bought.items()):
        surplus = units - sum(wish.units for wish in wishes[sku])
        caps = {wish.importer: wish.tolerance for wish in wishes[sku]}
        taken = min(surplus, sum(caps.values()))
        extra = split_with_caps(taken, caps, caps)
        held |= {(w.importer, sku): w.units + extra[w.importer] for w in wishes[sku]}
        if surplus > taken:
            buffer[sku] = surplus - taken
    return held, buffer


def _wanted(
    problem: Problem, lines: Lines, held: Mapping[tuple[str, str], int], grain: int
) -> dict[str, Fraction]:
    """Half equal price, half Shapley, in minor units; equal price alone in very large rounds."""
    importers = problem.importers
    equal = _equal_price(problem, lines, held)
    if 2 * len(importers) * len(problem.asked()) > MOST_STEPS_OF_TWO_ORDERS:
        return {importer: value / grain for importer, value in equal.items()}
    asked = {importer: problem.asked([importer]) for importer in importers}
    skus = max(1, len(problem.asked()))
    exact_up_to = max(n for n in range(EXACT_UP_TO + 1) if n < 2 or skus * 2**n <= MOST_STEPS)
    orders = max(2, MOST_STEPS // (skus * max(1, len(importers))))
    found = shapley(importers, _coalition(problem, asked), orders=orders, exact_up_to=exact_up_to)
    blended = blend(equal, found.values, EQUAL_PRICE_PART)
    return {importer: value / grain for importer, value in blended.items()}


def _coalition(
    problem: Problem, asked: Mapping[str, Mapping[str, int]]
) -> Callable[[frozenset[str]], int]:
    """What a part of the importers would pay, bought greedily: a quick stand-in for the program."""
    known: dict[frozenset[str], int] = {}

    def cost(group: frozenset[str]) -> int:
        if group not in known:
            total: dict[str, int] = defaultdict(int)
            for importer in sorted(group):
                for sku, units in asked[importer].items():
                    total[sku] += units
            known[group] = problem.cost(greedy(problem, total))
        return known[group]

    return cost


def _equal_price(
    problem: Problem, lines: Lines, held: Mapping[tuple[str, str], int]
) -> dict[str, Fraction]:
    """The same for each unit of a SKU, its carriage, and its buffer in proportion to the asked."""
    prices: dict[str, Fraction] = defaultdict(Fraction)
    bought: dict[str, int] = defaultdict(int)
    for key, part in by_supplier(lines).items():
        supplier = problem.by_key[key]
        totals = supplier.totals(part)
        for sku, units in part.items():
            prices[sku] += units * _unit_cost(supplier, totals, sku)
            bought[sku] += units
    given: dict[str, int] = defaultdict(int)
    for (_, sku), units in held.items():
        given[sku] += units
    asked = problem.asked()
    found = dict.fromkeys(problem.importers, Fraction(0))
    for wish in (each for each in problem.wishes if each.units):
        buffer = bought[wish.sku] - given[wish.sku]
        borne = held[wish.importer, wish.sku] + Fraction(buffer * wish.units, asked[wish.sku])
        found[wish.importer] += prices[wish.sku] / bought[wish.sku] * borne
    return found


def _unit_cost(supplier: PlanSupplier, totals: Totals, sku: str) -> Fraction:
    """Goods at the tier reached, and a part of the containers by the measure that fills them."""
    item = supplier.items[sku]
    goods = Fraction(supplier.factor(totals.units) * item.price)
    if supplier.box is None:
        return goods
    freight = supplier.containers(totals) * supplier.box.cost
    by_volume = Fraction(totals.volume, supplier.box.volume)
    if by_volume >= Fraction(totals.weight, supplier.box.weight):
        size, total = item.volume, totals.volume
    else:
        size, total = item.weight, totals.weight
    return goods + Fraction(freight * size, total) if total else goods
