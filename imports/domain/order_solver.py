"""The order plan of a round by HiGHS: decomposed where suppliers share no SKU, with a proven bound.

Only commands and services that plan load this module: scipy takes its time to start. A bound that
comes back in floating point is lowered by :data:`SAFETY` before it is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf

from imports.domain.order_bounds import ENOUGH, Search
from imports.domain.order_plan import (
    Lines,
    PlanItem,
    PlanSupplier,
    PlanTier,
    Problem,
    Totals,
    buy_up,
    by_supplier,
    covers,
    descend,
    greedy,
    topped_up,
    union,
)
from imports.domain.order_program import Clock, Model, Point

SAFETY = Fraction(1, 10**9)
"""Part of a floating-point bound that is given up, so that it stays a bound."""

SMALL = 240
"""Offers of a group up to which the program is tried before the search."""


@dataclass(frozen=True)
class Solved:
    """A purchase, and what no purchase can cost less than, in grains."""

    lines: Lines
    bound: int


def solve(
    problem: Problem, asked: Mapping[str, int], clock: Clock, *, is_quick: bool = False
) -> Solved:
    """A purchase that covers what was asked, and a bound; never dearer than the greedy one.

    ``is_quick`` takes the greedy purchase where suppliers share SKUs: for the importers alone for
    whom a large round leaves no time.

    Raises:
        NobodySells: a SKU has no supplier.
    """
    if not asked:
        return Solved({}, 0)
    start = greedy(problem, asked) if is_quick else best_start(problem, asked)
    parts = [
        _solve_group(problem, group, start, clock, is_quick=is_quick)
        for group in _groups(problem, asked)
    ]
    lines = union(part.lines for part in parts)
    return Solved(min(lines, start, key=problem.cost), sum(part.bound for part in parts))


def best_start(problem: Problem, asked: Mapping[str, int]) -> Lines:
    """The best of the plain ways: greedy, every SKU at its best supplier, one supplier for all."""
    base = greedy(problem, asked)
    ways = [base]
    for supplier in problem.suppliers:
        held = {sku: n for sku, n in asked.items() if sku in supplier.items}
        moved = {(key, sku): n for (key, sku), n in base.items() if sku not in held}
        moved |= {(supplier.key, sku): supplier.items[sku].need(n) for sku, n in held.items()}
        ways.append(topped_up(problem, moved))
    ways.sort(key=problem.cost)
    return min((descend(problem, asked, way) for way in ways[:2]), key=problem.cost)


@dataclass(frozen=True)
class _Group:
    """Suppliers that compete for SKUs, directly or through others, and what is asked of them."""

    suppliers: tuple[PlanSupplier, ...]
    asked: Mapping[str, int]


def _groups(problem: Problem, asked: Mapping[str, int]) -> list[_Group]:
    """The round in parts that do not touch each other."""
    root = {supplier.key: supplier.key for supplier in problem.suppliers}

    def head(key: str) -> str:
        while root[key] != key:
            key = root[key]
        return key

    for sku in asked:
        first, *others = [head(supplier.key) for supplier in problem.sellers[sku]]
        for other in others:
            root[head(other)] = head(first)
    groups: dict[str, dict[str, int]] = {}
    for sku, units in asked.items():
        groups.setdefault(head(problem.sellers[sku][0].key), {})[sku] = units
    return [
        _Group(tuple(s for s in problem.suppliers if head(s.key) == top), wanted)
        for top, wanted in sorted(groups.items())
    ]


def _solve_group(
    problem: Problem, group: _Group, start: Lines, clock: Clock, *, is_quick: bool
) -> Solved:
    if len(group.suppliers) == 1:
        (supplier,) = group.suppliers
        needs = {sku: supplier.items[sku].need(units) for sku, units in group.asked.items()}
        bought, bound = solve_single(supplier, needs, clock)
        return Solved({(supplier.key, sku): n for sku, n in bought.items()}, bound)
    own = {key: units for key, units in start.items() if key[1] in group.asked}
    return Solved(own, 0) if is_quick else _solve_joint(problem, group, own, clock)


# one supplier: needs are given, only the way up to a price break is open


def solve_single(
    supplier: PlanSupplier, needs: Mapping[str, int], clock: Clock
) -> tuple[dict[str, int], int]:
    """The cheapest purchase of at least these units of each SKU from one supplier, and a bound.

    Staying at the tier of the needs is exact. Each higher tier is tried, by a program of its own
    where its analytic bound leaves it open and time is left.
    """
    start = supplier.totals(needs)
    best = buy_up(supplier, needs)
    bounds = [supplier.cost(start)]
    for tier in (tier for tier in supplier.tiers if tier.from_units > start.units):
        bound = _least(supplier, needs, start, tier)
        if bound < supplier.cost(supplier.totals(best)) and not clock.is_over:
            best, proven = _reach(supplier, needs, tier, best, clock)
            bound = max(bound, proven)
        bounds.append(bound)
    return best, min(*bounds, supplier.cost(supplier.totals(best)))


def _least(supplier: PlanSupplier, needs: Mapping[str, int], start: Totals, tier: PlanTier) -> int:
    """What reaching a tier costs at least: the missing units at the lowest price of all."""
    lowest = min(supplier.items[sku].price for sku in needs)
    value = start.value + lowest * (tier.from_units - start.units)
    freight = supplier.containers(start) * supplier.box.cost if supplier.box else 0
    return tier.factor * value + freight


def _reach(
    supplier: PlanSupplier,
    needs: Mapping[str, int],
    tier: PlanTier,
    best: dict[str, int],
    clock: Clock,
) -> tuple[dict[str, int], int]:
    """The cheapest way up to a tier by whole packs and containers, and a bound on it."""
    start, model = supplier.totals(needs), Model()
    items = [supplier.items[sku] for sku in needs]
    short = tier.from_units - start.units
    packs = [
        model.column(tier.factor * item.price * item.pack, high=-(-short // item.pack), whole=True)
        for item in items
    ]
    model.row([(column, item.pack) for column, item in zip(packs, items, strict=True)], low=short)
    if supplier.box:
        _containers(model, supplier, list(zip(packs, items, strict=True)), start)
    point, bound = model.solve(clock.left(0.2), gap=1e-7)
    fixed = tier.factor * start.value
    found = best
    if point is not None:
        more = {item.sku: round(point[c]) * item.pack for c, item in zip(packs, items, strict=True)}
        tried = {sku: units + more[sku] for sku, units in needs.items()}
        found = min(best, tried, key=lambda each: supplier.cost(supplier.totals(each)))
    return found, _believed(bound + fixed) if bound > -inf else 0


def _containers(
    model: Model,
    supplier: PlanSupplier,
    packs: list[tuple[int, PlanItem]],
    start: Totals,
) -> None:
    """Whole containers that hold the start and the packs, by volume and by weight."""
    box = supplier.box
    if box is None:
        return
    count = model.column(box.cost, low=supplier.containers(start), whole=True)
    for capacity, name in ((box.volume, "volume"), (box.weight, "weight")):
        cells = [(c, item.pack * getattr(item, name) / capacity) for c, item in packs]
        model.row([(count, 1.0), *((c, -v) for c, v in cells)], low=getattr(start, name) / capacity)


def _believed(bound: float) -> int:
    """A bound in whole grains, as costs are, from one that is made a little smaller."""
    return max(0, ceil(Fraction(bound) * (1 - SAFETY)))


# several suppliers that compete


@dataclass(frozen=True)
class _Offer:
    """One supplier's item for a SKU that is asked for, with its columns."""

    supplier: PlanSupplier
    item: PlanItem
    need: int
    packs: int


def _solve_joint(problem: Problem, group: _Group, start: Lines, clock: Clock) -> Solved:
    """A small group by the program; where that leaves a gap, and for large ones, by the search."""
    offers = sum(sku in s.items for s in group.suppliers for sku in group.asked)
    best, bound = start, 0
    if offers <= SMALL:
        best, bound = _by_program(problem, group, start, clock)
    if problem.cost(best) > bound * (1 + ENOUGH):
        best, found = _by_search(problem, group, best, clock)
        bound = max(bound, found)
    best = _by_suppliers(problem, group, best, clock)
    return Solved(best, min(bound, problem.cost(best)))


def _by_program(problem: Problem, group: _Group, start: Lines, clock: Clock) -> tuple[Lines, int]:
    model, offers = _joint(group)
    point, bound = model.solve(clock.left(0.5), gap=1e-7)
    ways = [start] if point is None else [start, _bought(offers, point)]
    best = min((way for way in ways if covers(way, group.asked)), key=problem.cost)
    return best, _believed(bound) if bound > -inf else 0


def _by_search(problem: Problem, group: _Group, start: Lines, clock: Clock) -> tuple[Lines, int]:
    """The best purchase that a search over tiers meets, topped up and moved about."""
    search, best = Search(group.suppliers, group.asked), start

    def improve(lines: Lines) -> int:
        nonlocal best
        if not covers(lines, group.asked):
            return problem.cost(best)
        tried = min(lines, topped_up(problem, lines), key=problem.cost)
        if problem.cost(tried) < problem.cost(best) * (1 + ENOUGH):
            tried = descend(problem, group.asked, tried)
        best = min(best, tried, key=problem.cost)
        return problem.cost(best)

    for _ in search.run(start, improve, lambda: clock.is_nearly_over):
        pass
    return best, _believed(search.bound)


def _by_suppliers(problem: Problem, group: _Group, lines: Lines, clock: Clock) -> Lines:
    """Each supplier's part planned anew by itself, when one supplier has the whole of each SKU."""
    found: Lines = {}
    shared = [sku for _, sku in lines]
    for key, bought in by_supplier(lines).items():
        supplier = problem.by_key[key]
        needs = {
            sku: n if shared.count(sku) > 1 else supplier.items[sku].need(group.asked[sku])
            for sku, n in bought.items()
        }
        again, _ = solve_single(supplier, needs, clock)
        found |= {(key, sku): n for sku, n in again.items()}
    return min(found, lines, key=problem.cost)


def _joint(group: _Group) -> tuple[Model, list[_Offer]]:
    """The program of a group in whole packs."""
    model, offers = Model(), []
    for supplier in group.suppliers:
        items = [supplier.items[sku] for sku in group.asked if sku in supplier.items]
        own = [_offer(model, group, supplier, item) for item in items]
        offers += own
        pairs = [(offer.packs, offer.item) for offer in own]
        _containers(model, supplier, pairs, Totals())
        _tiers(model, supplier, own)
    for sku, units in group.asked.items():
        _coverage(model, [offer for offer in offers if offer.item.sku == sku], units)
    return model, offers


def _offer(model: Model, group: _Group, supplier: PlanSupplier, item: PlanItem) -> _Offer:
    """A column of packs, and with a minimum order the choice to buy at all."""
    units = group.asked[item.sku]
    need = item.need(units)
    most = need + -(-supplier.tiers[-1].from_units // item.pack) * item.pack
    packs = model.column(high=most // item.pack, whole=True)
    if item.moq > item.pack:
        chosen = model.column(high=1, whole=True)
        least = -(-item.moq // item.pack)
        model.row([(packs, 1.0), (chosen, -least)], low=0)
        model.row([(packs, 1.0), (chosen, -(most // item.pack))], high=0)
    return _Offer(supplier, item, need, packs)


def _tiers(model: Model, supplier: PlanSupplier, offers: list[_Offer]) -> None:
    """Units and list value of a supplier, split over its tiers, of which at most one is taken."""
    if not offers:
        return
    prices = [offer.item.price for offer in offers]
    # beyond all needs only a price break is bought up to, and no pack further
    reach = supplier.tiers[-1].from_units + max(offer.item.pack for offer in offers) - 1
    most_units = max(sum(offer.need for offer in offers), reach)
    taken, units, values = [], [], []
    scale = float(max(*prices, 1))
    for number, tier in enumerate(supplier.tiers):
        taken.append(model.column(high=1, whole=True))
        units.append(model.column())
        values.append(model.column(tier.factor * scale))
        higher = supplier.tiers[number + 1 :]
        most = min(most_units, higher[0].from_units - 1) if higher else most_units
        model.row([(units[-1], 1.0), (taken[-1], -float(most))], high=0)
        model.row([(units[-1], 1.0), (taken[-1], -float(tier.from_units))], low=0)
        model.row([(values[-1], 1.0), (units[-1], -max(prices) / scale)], high=0)
        model.row([(values[-1], 1.0), (units[-1], -min(prices) / scale)], low=0)
    model.row([(column, 1.0) for column in taken], high=1)
    bought = [(offer.packs, -float(offer.item.pack)) for offer in offers]
    model.row([*((column, 1.0) for column in units), *bought], low=0, high=0)
    worth = [(offer.packs, -offer.item.pack * offer.item.price / scale) for offer in offers]
    model.row([*((column, 1.0) for column in values), *worth], low=0, high=0)


def _coverage(model: Model, offers: list[_Offer], units: int) -> None:
    """What was asked is covered, also when counted in whole packs of each size."""
    model.row([(offer.packs, float(offer.item.pack)) for offer in offers], low=units)
    sizes = {offer.item.pack for offer in offers} | {offer.need for offer in offers}
    for size in sorted(sizes - {1}):
        cells = [(offer.packs, float(-(-offer.item.pack // size))) for offer in offers]
        model.row(cells, low=-(-units // size))


def _bought(offers: list[_Offer], point: Point) -> Lines:
    """The purchase at a point of the program."""
    whole = {(o.supplier.key, o.item.sku): round(point[o.packs]) * o.item.pack for o in offers}
    return {key: units for key, units in whole.items() if units}
