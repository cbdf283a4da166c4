"""From a round's purchase to its order lines: whose the units are, and what each pays for them."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Generic

from core.domain.shares import K, split_with_caps
from imports.domain.consolidation import Ask, Offer, Surplus, cause, hand_out
from imports.domain.line_shares import LineToShare, Part, share_lines
from imports.domain.purchase import (
    Bought,
    RoundProblem,
    by_supplier,
    cheapest_lines,
    greedy,
    merged,
    parts,
)

Asks = Mapping[int, Mapping[K, Ask]]
"""What each importer asks for, by product."""


@dataclass(frozen=True)
class Alone(Generic[K]):
    """What everybody would buy by itself: cost in grains and units by product and importer."""

    costs: Mapping[tuple[int, K], int]
    bought: Mapping[tuple[int, K], Bought]


@dataclass(frozen=True)
class Held:
    """An importer's part of an order line."""

    asked_units: int
    units: int
    cost_minor: int
    alone_grains: int


@dataclass(frozen=True)
class OrderLine(Generic[K]):
    """A line to be ordered, with everybody's part; what nobody holds is the operator's buffer."""

    offer: Offer
    asked_units: int
    units: int
    amount_minor: int
    percent: Decimal
    surplus: Surplus
    shares: Mapping[K, Held]

    @property
    def buffer_units(self) -> int:
        """Units that nobody takes."""
        return self.units - sum(held.units for held in self.shares.values())


def buy_alone(problem: RoundProblem, asks: Asks[K]) -> Alone[K]:
    """Everybody's own purchase: each product at one supplier, and topped up to a rebate.

    Where capacity is scarce, an importer alone reckons with its part of it.
    """
    wishes: dict[K, dict[int, int]] = defaultdict(dict)
    for product, own in asks.items():
        for importer, ask in own.items():
            if ask.units:
                wishes[importer][product] = ask.units
    coupled = _coupled_products(problem)
    known: dict[tuple[int, int], tuple[Bought, int]] = {}
    costs: dict[tuple[int, K], int] = {}
    lines: dict[tuple[int, K], Bought] = {}
    for importer in sorted(wishes, key=str):
        together = {p: n for p, n in wishes[importer].items() if p in coupled}
        for product, units in wishes[importer].items():
            if product not in together:
                bought, cost = _one_alone(problem, product, units, known)
                costs[product, importer] = cost
                lines[product, importer] = bought
        if together:
            _several_alone(problem, together, importer, costs, lines)
    return Alone(costs, lines)


def _coupled_products(problem: RoundProblem) -> set[int]:
    return {
        offer.product_id
        for offer in problem.offers
        if problem.terms_of(offer.supplier_id).is_coupled
    }


def _one_alone(
    problem: RoundProblem,
    product: int,
    units: int,
    known: dict[tuple[int, int], tuple[Bought, int]],
) -> tuple[Bought, int]:
    if (product, units) not in known:
        own = _own_part(problem, product, units)
        bought = cheapest_lines(own, product, units)
        if bought is None:
            own = _without_capacity(own)
            bought = cheapest_lines(own, product, units) or {}
        known[product, units] = bought, own.cost(bought)
    return known[product, units]


def _own_part(problem: RoundProblem, product: int, units: int) -> RoundProblem:
    """One product for one importer, with its part of what suppliers can deliver."""
    offers = problem.by_product[product]
    scarce = [
        replace(each, capacity_units=each.capacity_units * units // problem.asked[product])
        if each.capacity_units is not None
        else each
        for each in offers
    ]
    return replace(problem.asking({product: units}), offers=tuple(scarce))


def _without_capacity(problem: RoundProblem) -> RoundProblem:
    offers = tuple(replace(each, capacity_units=None) for each in problem.offers)
    return replace(problem, offers=offers)


def _several_alone(
    problem: RoundProblem,
    wishes: Mapping[int, int],
    importer: K,
    costs: dict[tuple[int, K], int],
    lines: dict[tuple[int, K], Bought],
) -> None:
    """Add products that a supplier's rebate brings together, bought by one importer."""
    own = problem.asking(wishes)
    bought = greedy(own)
    if bought is None:
        own = _without_capacity(own)
        bought = greedy(own) or {}
    for offer_id, minor in own.amounts(bought).items():
        offer = own.by_id[offer_id]
        key = offer.product_id, importer
        costs[key] = costs.get(key, 0) + minor * own.grains[offer.currency]
        lines.setdefault(key, {})[offer_id] = bought[offer_id]


def is_dearer_than_alone(problem: RoundProblem, bought: Bought, alone: Alone[K]) -> bool:
    """Whether the goods of some group cost more than everybody's alone together."""
    group = groups(problem)
    left: dict[Hashable, int] = defaultdict(int)
    for (product, _), cost in alone.costs.items():
        left[group[product]] += cost
    for offer_id, minor in problem.amounts(bought).items():
        offer = problem.by_id[offer_id]
        left[group[offer.product_id]] -= minor * problem.grains[offer.currency]
    return any(each < 0 for each in left.values())


def groups(problem: RoundProblem) -> dict[int, int]:
    """The group of each product: the first of the products that it is bought together with."""
    return {product: each[0] for each in parts(problem) for product in each}


def order_lines(
    problem: RoundProblem,
    asks: Asks[K],
    bought: Bought,
    alone: Alone[K],
    equal_part: Fraction,
) -> list[OrderLine[K]]:
    """The lines of a purchase with everybody's units and cost, in the order of products.

    Units are what was asked, then tolerances, then the operator's buffer. Costs add up to the
    lines; nobody pays more for the lines of a group than alone.
    """
    held = _units(problem, asks, bought)
    amounts, group = problem.amounts(bought), groups(problem)
    lines = [
        LineToShare(
            key=offer_id,
            group=group[problem.by_id[offer_id].product_id],
            offer=problem.by_id[offer_id],
            amount=amounts[offer_id],
            units=bought[offer_id],
            grains=problem.grains[problem.by_id[offer_id].currency],
            parts=_parts(problem.by_id[offer_id].product_id, own, asks, alone),
        )
        for offer_id, own in held.items()
    ]
    costs = share_lines(lines, equal_part)
    percents = _percents(problem, bought)
    found = [_order_line(line, costs[line.key], percents) for line in lines]
    return sorted(found, key=lambda line: (line.offer.product_id, line.offer.offer_id))


def _percents(problem: RoundProblem, bought: Bought) -> dict[int, Decimal]:
    """The rebate reached, by supplier."""
    totals = {key: sum(own.values()) for key, own in by_supplier(problem, bought).items()}
    return {key: problem.terms_of(key).percent(total) for key, total in totals.items()}


def _units(
    problem: RoundProblem, asks: Asks[K], bought: Bought
) -> dict[int, dict[K, tuple[int, int]]]:
    """Units asked and held by offer and importer; a product's lines one after the other."""
    found: dict[int, dict[K, tuple[int, int]]] = {}
    open_asks = {product: dict(own) for product, own in asks.items()}
    for offer_id, units in sorted(bought.items()):
        own = dict(open_asks[problem.by_id[offer_id].product_id])
        wanted = {key: ask.units for key, ask in own.items()}
        asked = wanted
        if units < sum(wanted.values()):
            asked = split_with_caps(units, wanted, wanted)
        now = {k: Ask(asked[k], own[k].tolerance_units if asked[k] else 0) for k in own}
        received, _ = hand_out(now, units - sum(asked.values()))
        found[offer_id] = {
            key: (asked[key], received[key]) for key in own if asked[key] or received[key]
        }
        for key, ask in own.items():
            taken = received[key] - asked[key]
            left = Ask(ask.units - asked[key], ask.tolerance_units - taken)
            open_asks[problem.by_id[offer_id].product_id][key] = left
    return found


def _parts(
    product: int, own: Mapping[K, tuple[int, int]], asks: Asks[K], alone: Alone[K]
) -> dict[K, Part]:
    return {
        key: Part(
            asked=asked,
            held=held,
            alone=alone.costs[product, key] * asked // asks[product][key].units,
        )
        for key, (asked, held) in own.items()
    }


def _order_line(
    line: LineToShare[int, K], costs: Mapping[K, int], percents: Mapping[int, Decimal]
) -> OrderLine[K]:
    nothing = Part(0, 0, 0)
    shares = {}
    for key in sorted(costs, key=str):
        part = line.parts.get(key, nothing)
        shares[key] = Held(part.asked, part.held, costs[key], part.alone)
    asked = sum(part.asked for part in line.parts.values())
    return OrderLine(
        offer=line.offer,
        asked_units=asked,
        units=line.units,
        amount_minor=line.amount,
        percent=percents[line.offer.supplier_id],
        surplus=_cause(line.offer, asked, line.units),
        shares=shares,
    )


def _cause(offer: Offer, asked: int, units: int) -> Surplus:
    """Why more is bought; beyond every break of its own, a line lifts the supplier's total."""
    needed = offer.in_packs(max(asked, offer.moq_units))
    found = cause(offer, asked, needed, units)
    breaks = {offer.in_packs(tier.from_units) for tier in offer.tiers}
    if found is Surplus.PRICE_TIER and units not in breaks:
        return Surplus.SUPPLIER_TIER
    return found


def apart(alone: Alone[K]) -> Bought:
    """Everybody's own purchases made as one."""
    return merged(alone.bought.values())
