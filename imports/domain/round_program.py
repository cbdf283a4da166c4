"""The purchase of a round solved: parts that do not touch each other, each with a proven bound.

A product whose suppliers give no rebate on their total stands by itself and is exact. Suppliers
with rebates or containers bring their products together: where each offer has one price, the
search of ``order_solver`` plans them; where offers have breaks or capacities, one program with a
band for each price. Only services that plan load this module: scipy takes its time to start.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf

from imports.domain import order_plan as plain
from imports.domain.consolidation import Offer, Tier
from imports.domain.order_program import Clock, Model, Point
from imports.domain.order_solver import SAFETY, solve
from imports.domain.purchase import (
    Bought,
    CapacityTooLow,
    RoundProblem,
    cheapest_lines,
    greedy,
    merged,
    most_units,
    parts,
)

FACTORS = 10_000
"""Rebates have two decimals of a percent."""

GAP = 1e-7


@dataclass(frozen=True)
class Purchase:
    """What is bought, its cost, and what no purchase can cost less than, in grains."""

    bought: Bought
    cost: int
    bound: int
    greedy: int | None
    """The cost of the plain way; None where it finds none."""


def purchase(
    problem: RoundProblem,
    seconds: float,
    *,
    others: Sequence[Mapping[int, int]] = (),
    told: Callable[[int, int], None] | None = None,
) -> Purchase:
    """The cheapest purchase found in the time; never dearer than greedy, nor than ``others``.

    ``told`` hears after each group of products how many are planned, and of how many.

    Raises:
        CapacityTooLow: a product cannot be delivered in full.
    """
    clock, start = Clock(seconds), greedy(problem)
    solved, groups = [], parts(problem)
    for done, products in enumerate(groups, start=1):
        solved.append(_solve(problem, products, clock))
        if told:
            told(done, len(groups))
    ways = [merged(bought for bought, _ in solved), *([start] if start else []), *map(dict, others)]
    best = min((way for way in ways if problem.is_sound(way)), key=problem.cost)
    cost, bound = problem.cost(best), sum(low for _, low in solved)
    return Purchase(best, cost, min(cost, bound), problem.cost(start) if start else None)


def _solve(problem: RoundProblem, products: list[int], clock: Clock) -> tuple[Bought, int]:
    """The best purchase of a group and a bound on it."""
    offers = [offer for product in products for offer in problem.by_product.get(product, [])]
    is_coupled = any(problem.terms_of(offer.supplier_id).is_coupled for offer in offers)
    if len(offers) == 1 and not is_coupled:
        found = cheapest_lines(problem, products[0], problem.asked[products[0]])
        if found is None:
            raise _too_low(problem, products[0])
        return found, problem.cost(found)
    if is_coupled and all(map(_has_one_price, offers)) and _are_single(offers):
        return _by_search(problem, products, offers, clock)
    return _by_program(problem, products, offers, clock)


def _too_low(problem: RoundProblem, product: int) -> CapacityTooLow:
    most = [most_units(offer) for offer in problem.by_product.get(product, [])]
    sku = problem.sizes[product].sku if product in problem.sizes else str(product)
    return CapacityTooLow(sku=sku, asked=problem.asked[product], units=sum(most))


def _has_one_price(offer: Offer) -> bool:
    return offer.capacity_units is None and len(offer.tiers) == 1


def _are_single(offers: Sequence[Offer]) -> bool:
    """Whether no supplier has two offers of a product."""
    return len({(each.supplier_id, each.product_id) for each in offers}) == len(offers)


# one price each: the search of the order plan


def _by_search(
    problem: RoundProblem, products: list[int], offers: Sequence[Offer], clock: Clock
) -> tuple[Bought, int]:
    asked = {str(product): problem.asked[product] for product in products}
    suppliers = sorted({offer.supplier_id for offer in offers})
    posed = plain.Problem("CNY", 0, tuple(_supplier(problem, key, offers) for key in suppliers), ())
    found = solve(posed, asked, clock)
    ids = {(str(each.supplier_id), str(each.product_id)): each.offer_id for each in offers}
    bought = {ids[key]: units for key, units in found.lines.items()}
    bound = Fraction(found.bound, FACTORS) - _rounding(problem, offers)
    return bought, max(0, ceil(bound))


def _supplier(problem: RoundProblem, key: int, offers: Sequence[Offer]) -> plain.PlanSupplier:
    terms, items = problem.terms_of(key), {}
    for offer in (each for each in offers if each.supplier_id == key):
        items[str(offer.product_id)] = _item(problem, offer)
    tiers = [plain.PlanTier(0, FACTORS)]
    tiers += [plain.PlanTier(each.from_units, _factor(each.percent)) for each in terms.rebates]
    held = terms.container
    box = plain.Box(held.volume_cm3, held.weight_g, held.cost * FACTORS) if held else None
    return plain.PlanSupplier(str(key), items, tuple(tiers), box)


def _item(problem: RoundProblem, offer: Offer) -> plain.PlanItem:
    size = problem.sizes.get(offer.product_id)
    price = offer.tiers[0].price_minor * problem.grains[offer.currency]
    return plain.PlanItem(
        sku=str(offer.product_id),
        price=price,
        pack=offer.pack_units,
        moq=max(offer.moq_units, offer.tiers[0].from_units),
        volume=size.volume_cm3 if size else 0,
        weight=size.weight_g if size else 0,
    )


def _factor(percent: object) -> int:
    return FACTORS - int(Fraction(str(percent)) * FACTORS / 100)


def _rounding(problem: RoundProblem, offers: Sequence[Offer]) -> Fraction:
    """What rounding each line to its minor unit may take off the cost: half a unit a line."""
    rebated = [each for each in offers if problem.terms_of(each.supplier_id).rebates]
    return Fraction(sum(problem.grains[each.currency] for each in rebated), 2)


# breaks and capacities: a program with a band for each price


@dataclass(frozen=True)
class _Line:
    """An offer in the program: its packs, and the columns and costs that make its list value."""

    offer: Offer
    packs: int
    value: tuple[tuple[int, float], ...]


def _by_program(
    problem: RoundProblem, products: list[int], offers: Sequence[Offer], clock: Clock
) -> tuple[Bought, int]:
    model, lines = Model(), []
    for product in products:
        own = [_line(model, problem, each) for each in problem.by_product.get(product, [])]
        cells = [(each.packs, float(each.offer.pack_units)) for each in own]
        if not cells:
            raise _too_low(problem, product)
        model.row(cells, low=problem.asked[product])
        lines += own
    for supplier in sorted({offer.supplier_id for offer in offers}):
        _price(model, problem, [each for each in lines if each.offer.supplier_id == supplier])
    point, bound = model.solve(clock.left(0.7), gap=GAP)
    found = _read(problem, products, lines, point)
    low = Fraction(bound) * (1 - SAFETY) - _rounding(problem, offers) if bound > -inf else 0
    return found, max(0, ceil(low))


def _read(
    problem: RoundProblem, products: list[int], lines: Sequence[_Line], point: Point | None
) -> Bought:
    """The purchase at a point, or the greedy one where the program found none in time."""
    part = problem.asking({product: problem.asked[product] for product in products})
    if point is not None:
        units = {each.offer.offer_id: round(point[each.packs]) for each in lines}
        bought = {key: n * problem.by_id[key].pack_units for key, n in units.items() if n}
        if part.is_sound(bought):
            return bought
    start = greedy(part)
    if start is None:
        raise _too_low(problem, products[0])
    return start


def _line(model: Model, problem: RoundProblem, offer: Offer) -> _Line:
    """Packs of an offer, split over bands of which at most one is taken."""
    asked = problem.asked[offer.product_id]
    top = max(offer.least_units(asked), offer.in_packs(offer.tiers[-1].from_units)) + _reach(
        problem, offer
    )
    most = most_units(offer) if offer.capacity_units is not None else top
    packs = model.column(high=most // offer.pack_units, whole=True)
    grain, value, taken, units = problem.grains[offer.currency], [], [], []
    for tier, ends, fixed in _bands(offer, most):
        start = max(tier.from_units, offer.moq_units)
        taken.append(model.column(high=1, whole=True))
        units.append(model.column())
        model.row([(units[-1], 1.0), (taken[-1], -float(ends))], high=0)
        model.row([(units[-1], 1.0), (taken[-1], -float(min(start, ends)))], low=0)
        value += [(units[-1], float(tier.price_minor * grain)), (taken[-1], float(fixed * grain))]
    model.row([(column, 1.0) for column in taken], high=1)
    cells = [(packs, -float(offer.pack_units)), *((column, 1.0) for column in units)]
    model.row(cells, low=0, high=0)
    return _Line(offer, packs, tuple(value))


def _reach(problem: RoundProblem, offer: Offer) -> int:
    """Units beyond the need that a rebate on the supplier's total could ask of one line."""
    rebates = problem.terms_of(offer.supplier_id).rebates
    return offer.in_packs(rebates[-1].from_units) if rebates else 0


def _bands(offer: Offer, most: int) -> list[tuple[Tier, int, int]]:
    """Each tier with the units at which it ends, and what is paid on top of units times price."""
    found = []
    for number, tier in enumerate(offer.tiers):
        later = offer.tiers[number + 1 :]
        ends = most
        if later:
            ends = min(most, later[0].from_units - (0 if offer.is_incremental else 1))
        fixed = 0
        if offer.is_incremental and number:
            whole = offer.amount_minor(tier.from_units) if tier.from_units <= most else 0
            fixed = (whole or 0) - tier.price_minor * tier.from_units
        if ends >= max(tier.from_units, offer.moq_units):
            found.append((tier, ends, fixed))
    return found


def _price(model: Model, problem: RoundProblem, lines: Sequence[_Line]) -> None:
    """The cost of a supplier's lines: list value less the rebate reached, and containers."""
    terms = problem.terms_of(lines[0].offer.supplier_id)
    cells = [cell for each in lines for cell in each.value]
    if not terms.rebates:
        for column, cost in cells:
            model.costs[column] += cost
    else:
        _rebated(model, problem, lines, cells)
    if terms.container:
        count = model.column(float(terms.container.cost), whole=True)
        for name in ("volume_cm3", "weight_g"):
            holds = getattr(terms.container, name)
            load = [(each.packs, -_pack_size(problem, each.offer, name) / holds) for each in lines]
            model.row([(count, 1.0), *load], low=0)


def _pack_size(problem: RoundProblem, offer: Offer, name: str) -> float:
    size = problem.sizes.get(offer.product_id)
    return float(offer.pack_units * getattr(size, name)) if size else 0.0


def _rebated(
    model: Model,
    problem: RoundProblem,
    lines: Sequence[_Line],
    cells: Sequence[tuple[int, float]],
) -> None:
    """Units and list value split over rebates, of which at most one is taken."""
    rebates = problem.terms_of(lines[0].offer.supplier_id).rebates
    scale = max(abs(cost) for _, cost in cells) or 1.0
    most = float(sum(_most(problem, each.offer) for each in lines))
    prices = [_ends_of_price(problem, each.offer) for each in lines]
    highest, lowest = max(high for high, _ in prices), min(low for _, low in prices)
    starts = [0, *(each.from_units for each in rebates)]
    factors = [FACTORS, *(_factor(each.percent) for each in rebates)]
    taken, units, values = [], [], []
    for number, (start, factor) in enumerate(zip(starts, factors, strict=True)):
        later = starts[number + 1 :]
        ends = min(most, later[0] - 1) if later else most
        taken.append(model.column(high=1, whole=True))
        units.append(model.column())
        values.append(model.column(factor * scale / FACTORS))
        model.row([(units[-1], 1.0), (taken[-1], -float(ends))], high=0)
        model.row([(units[-1], 1.0), (taken[-1], -float(start))], low=0)
        model.row([(values[-1], 1.0), (units[-1], -highest / scale)], high=0)
        model.row([(values[-1], 1.0), (units[-1], -lowest / scale)], low=0)
    model.row([(column, 1.0) for column in taken], high=1)
    packs = [(each.packs, -float(each.offer.pack_units)) for each in lines]
    model.row([*((column, 1.0) for column in units), *packs], low=0, high=0)
    worth = [(column, -cost / scale) for column, cost in cells]
    model.row([*((column, 1.0) for column in values), *worth], low=0, high=0)


def _ends_of_price(problem: RoundProblem, offer: Offer) -> tuple[int, int]:
    """The highest and the lowest price of an offer in grains."""
    prices = [tier.price_minor * problem.grains[offer.currency] for tier in offer.tiers]
    return max(prices), min(prices)


def _most(problem: RoundProblem, offer: Offer) -> int:
    if offer.capacity_units is not None:
        return most_units(offer)
    need = max(
        offer.least_units(problem.asked[offer.product_id]),
        offer.in_packs(offer.tiers[-1].from_units),
    )
    return need + _reach(problem, offer)
