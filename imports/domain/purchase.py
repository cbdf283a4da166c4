"""What a round buys: offers, rebates on a supplier's total, containers, and what it all costs.

Costs are in grains of CNY, millionths of a fen: amounts in whole minor units of each offer's
currency times the grains of one minor unit at the day's mid. So a cost is recomputed exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from core.domain.errors import Refusal
from core.domain.trade import round_half_up
from imports.domain.consolidation import Offer

GRAINS_PER_FEN = 1_000_000

Bought = dict[int, int]
"""Units by offer."""


class CapacityTooLow(Refusal):
    """Raised when all suppliers of a product together cannot deliver what is asked."""

    code = "capacity-too-low"
    reason = "{asked} units of {sku} are asked for; its suppliers can deliver {units}."
    remedy = "Add an offer of another supplier, or ask the importers to plan less."


@dataclass(frozen=True)
class Rebate:
    """A percentage off every price of a supplier, from so many units of the round in all."""

    from_units: int
    percent: Decimal


@dataclass(frozen=True)
class Container:
    """What a container holds, and what one costs in grains."""

    volume_cm3: int
    weight_g: int
    cost: int


@dataclass(frozen=True)
class SupplierTerms:
    """What couples the lines of a supplier. ``rebates`` rise in units and in percent."""

    rebates: tuple[Rebate, ...] = ()
    container: Container | None = None

    @property
    def is_coupled(self) -> bool:
        """Whether the cost of one line depends on the others."""
        return bool(self.rebates or self.container)

    def percent(self, units: int) -> Decimal:
        """The rebate on so many units in all."""
        reached = [each.percent for each in self.rebates if each.from_units <= units]
        return reached[-1] if reached else Decimal(0)


@dataclass(frozen=True)
class Size:
    """Volume and gross weight of one unit, and the SKU by which a refusal names it."""

    volume_cm3: int
    weight_g: int
    sku: str = ""


PLAIN = SupplierTerms()


@dataclass(frozen=True)
class RoundProblem:
    """What is asked, who offers it, and on what terms; products and suppliers by id.

    ``grains`` are those of one minor unit of each currency. Of one supplier and product there is
    one offer.
    """

    asked: Mapping[int, int]
    offers: tuple[Offer, ...]
    grains: Mapping[str, int]
    terms: Mapping[int, SupplierTerms] = field(default_factory=dict)
    sizes: Mapping[int, Size] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[int, Offer]:
        """Offers by their id."""
        return {offer.offer_id: offer for offer in self.offers}

    @cached_property
    def by_product(self) -> dict[int, list[Offer]]:
        """Offers of each product, oldest first."""
        found: dict[int, list[Offer]] = defaultdict(list)
        for offer in sorted(self.offers, key=lambda each: each.offer_id):
            found[offer.product_id].append(offer)
        return found

    def terms_of(self, supplier_id: int) -> SupplierTerms:
        """A supplier's terms; plain ones where none are on record."""
        return self.terms.get(supplier_id, PLAIN)

    def asking(self, asked: Mapping[int, int]) -> "RoundProblem":
        """The same offers for other wishes; without containers, which one alone need not fill."""
        loose = {key: replace(each, container=None) for key, each in self.terms.items()}
        return replace(self, asked=asked, terms=loose)

    def amounts(self, bought: Mapping[int, int]) -> dict[int, int]:
        """What each line costs in minor units of its currency, rebate taken off, half up."""
        units: dict[int, int] = defaultdict(int)
        for offer_id, count in bought.items():
            units[self.by_id[offer_id].supplier_id] += count
        percent = {key: self.terms_of(key).percent(total) for key, total in units.items()}
        return {
            offer_id: _less(
                self.by_id[offer_id].amount_minor(count) or 0,
                percent[self.by_id[offer_id].supplier_id],
            )
            for offer_id, count in bought.items()
        }

    def containers(self, bought: Mapping[int, int]) -> dict[int, int]:
        """Containers by supplier: the greater need of volume and weight, rounded up."""
        loads: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for offer_id, count in bought.items():
            offer = self.by_id[offer_id]
            size = self.sizes.get(offer.product_id, Size(0, 0))
            loads[offer.supplier_id][0] += count * size.volume_cm3
            loads[offer.supplier_id][1] += count * size.weight_g
        return {
            key: max(-(-volume // box.volume_cm3), -(-weight // box.weight_g))
            for key, (volume, weight) in loads.items()
            if (box := self.terms_of(key).container)
        }

    def goods(self, bought: Mapping[int, int]) -> int:
        """What the lines cost together, in grains."""
        return sum(
            minor * self.grains[self.by_id[offer_id].currency]
            for offer_id, minor in self.amounts(bought).items()
        )

    def cost(self, bought: Mapping[int, int]) -> int:
        """Goods and containers in grains, recomputed from nothing but the units."""
        boxes = self.containers(bought)
        freight = [count * self._box(key).cost for key, count in boxes.items()]
        return self.goods(bought) + sum(freight)

    def _box(self, supplier_id: int) -> Container:
        found = self.terms_of(supplier_id).container
        return found or Container(1, 1, 0)

    def is_sound(self, bought: Mapping[int, int]) -> bool:
        """Whether every line can be ordered and all that is asked is covered."""
        for offer_id, units in bought.items():
            offer = self.by_id[offer_id]
            if units != offer.least_units(units) or offer.amount_minor(units) is None:
                return False
        found: dict[int, int] = defaultdict(int)
        for offer_id, units in bought.items():
            found[self.by_id[offer_id].product_id] += units
        return all(found[product] >= units for product, units in self.asked.items())


def _less(amount: int, percent: Decimal) -> int:
    return round_half_up(amount * (100 - percent) / 100) if percent else amount


def largest_part(problem: RoundProblem) -> int:
    """Offers of the largest group of products that must be planned together."""
    sizes = (
        sum(len(problem.by_product.get(product, ())) for product in products)
        for products in parts(problem)
    )
    return max(sizes, default=0)


def merged(plans: Iterable[Mapping[int, int]]) -> Bought:
    """Several purchases made as one."""
    found: Bought = defaultdict(int)
    for plan in plans:
        for offer_id, units in plan.items():
            found[offer_id] += units
    return dict(found)


def parts(problem: RoundProblem) -> list[list[int]]:
    """Products in groups: those that share a supplier whose lines are coupled come together."""
    root = {product: product for product in problem.asked}

    def head(product: int) -> int:
        while root[product] != product:
            product = root[product]
        return product

    first: dict[int, int] = {}
    for product in sorted(problem.asked):
        for offer in problem.by_product.get(product, []):
            if problem.terms_of(offer.supplier_id).is_coupled:
                other = first.setdefault(offer.supplier_id, product)
                root[head(product)] = head(other)
    groups: dict[int, list[int]] = {}
    for product in sorted(problem.asked):
        groups.setdefault(head(product), []).append(product)
    return [groups[key] for key in sorted(groups)]


def greedy(problem: RoundProblem) -> Bought | None:
    """Each product at its cheapest offer by itself, then suppliers topped up to a rebate.

    Where an offer cannot deliver all, the next cheapest fills up. None where that leads nowhere.
    """
    found: Bought = {}
    for product, units in sorted(problem.asked.items()):
        lines = cheapest_lines(problem, product, units)
        if lines is None:
            return None
        found |= lines
    return topped_up(problem, found)


def cheapest_lines(problem: RoundProblem, product: int, units: int) -> Bought | None:
    """A product at its cheapest single offer; by capacities one after the other without any."""
    priced = []
    for offer in problem.by_product.get(product, []):
        best = offer.cheapest(units)
        if best is not None:
            priced.append((best[0] * problem.grains[offer.currency], offer.offer_id, best[1]))
    if priced:
        _, offer_id, bought = min(priced)
        return {offer_id: bought}
    return _filled_up(problem, product, units)


def _filled_up(problem: RoundProblem, product: int, units: int) -> Bought | None:
    """Offers emptied in the order of their price a unit until all is covered."""
    full = [(offer, most_units(offer)) for offer in problem.by_product.get(product, [])]
    full = [(offer, most) for offer, most in full if most]
    full.sort(key=lambda each: _unit_price(problem, *each))
    found: Bought = {}
    for offer, most in full:
        best = offer.cheapest(min(units, most))
        found[offer.offer_id] = best[1] if best else most
        units -= found[offer.offer_id]
        if units <= 0:
            return found
    return None


def most_units(offer: Offer) -> int:
    """What an offer can deliver at most, in whole packs; 0 when below its minimum order."""
    if offer.capacity_units is None:
        return 0
    most = offer.capacity_units // offer.pack_units * offer.pack_units
    return most if most >= offer.least_units(1) else 0


def _unit_price(problem: RoundProblem, offer: Offer, most: int) -> tuple[Decimal, int]:
    amount = (offer.amount_minor(most) or 0) * problem.grains[offer.currency]
    return Decimal(amount) / most, offer.offer_id


@dataclass(frozen=True)
class BuyUp:
    """A price break that was tried: units more than needed, and what that saves in grains.

    ``product_id`` is None for a rebate on the supplier's total; ``gain`` is negative where
    reaching the break costs more.
    """

    supplier_id: int
    product_id: int | None
    from_units: int
    more_units: int
    gain: int
    is_taken: bool


def topped_up(problem: RoundProblem, bought: Bought) -> Bought:
    """The purchase, every supplier topped up to a rebate where that is cheaper."""
    found: Bought = dict(bought)
    for own in by_supplier(problem, bought).values():
        ways = [own, *(after for _, after in _to_rebates(problem, own))]
        best: Bought = min(ways, key=lambda each: problem.cost(each))
        found.update(best)
    return found


def by_supplier(problem: RoundProblem, bought: Mapping[int, int]) -> dict[int, Bought]:
    """The lines of each supplier, in the order of ids."""
    found: dict[int, Bought] = {}
    for offer_id, units in sorted(bought.items()):
        found.setdefault(problem.by_id[offer_id].supplier_id, {})[offer_id] = units
    return dict(sorted(found.items()))


def _to_rebates(problem: RoundProblem, own: Bought) -> list[tuple[Rebate, Bought]]:
    """One supplier's lines with the cheapest single one raised to each higher rebate."""
    supplier, total = problem.by_id[next(iter(own))].supplier_id, sum(own.values())
    found = []
    for rebate in problem.terms_of(supplier).rebates:
        short = rebate.from_units - total
        raised = [_raised(problem, own, key, short) for key in own] if short > 0 else []
        sound = [each for each in raised if each is not None]
        if sound:
            found.append((rebate, min(sound, key=problem.cost)))
    return found


def _raised(problem: RoundProblem, own: Bought, offer_id: int, more: int) -> Bought | None:
    offer = problem.by_id[offer_id]
    units = offer.in_packs(own[offer_id] + more)
    return None if offer.amount_minor(units) is None else {**own, offer_id: units}


def buy_ups(
    problem: RoundProblem, bought: Mapping[int, int], needed: Mapping[int, int]
) -> list[BuyUp]:
    """Every break above what is needed, with what reaching it saves or costs.

    ``needed`` are the units of each bought offer that are asked of it.
    """
    found: list[BuyUp] = []
    for own in by_supplier(problem, bought).values():
        least = {key: problem.by_id[key].least_units(needed[key]) for key in own}
        for offer_id in own:
            found += _breaks_tried(problem, own, least, offer_id)
        found += _rebates_tried(problem, own, least)
    return found


def _breaks_tried(
    problem: RoundProblem, own: Bought, least: Bought, offer_id: int
) -> Iterable[BuyUp]:
    """The breaks of one line, the supplier's other lines as they are bought."""
    offer, start = problem.by_id[offer_id], least[offer_id]
    others = own if problem.terms_of(offer.supplier_id).is_coupled else {}
    for tier in offer.tiers:
        units = offer.in_packs(tier.from_units)
        if units > start and offer.amount_minor(units) is not None:
            base = problem.cost({**others, offer_id: start})
            yield BuyUp(
                supplier_id=offer.supplier_id,
                product_id=offer.product_id,
                from_units=tier.from_units,
                more_units=units - start,
                gain=base - problem.cost({**others, offer_id: units}),
                is_taken=own[offer_id] >= units,
            )


def _rebates_tried(problem: RoundProblem, own: Bought, least: Bought) -> Iterable[BuyUp]:
    for rebate, after in _to_rebates(problem, least):
        yield BuyUp(
            supplier_id=problem.by_id[next(iter(own))].supplier_id,
            product_id=None,
            from_units=rebate.from_units,
            more_units=sum(after.values()) - sum(least.values()),
            gain=problem.cost(least) - problem.cost(after),
            is_taken=sum(own.values()) >= rebate.from_units,
        )
