"""A round as a mixed-integer plan: its data in whole numbers, and what a purchase costs exactly.

All money is in grains: whole numbers of ``10 ** -Problem.digits`` of the currency, fine enough that
every price times every price factor is whole. Volumes and weights are scaled to whole numbers too.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.domain.errors import Refusal

Lines = dict[tuple[str, str], int]
"""Units by supplier and SKU."""


class NobodySells(Refusal):
    """Raised when a SKU is asked for that no supplier has."""

    code = "nobody-sells"
    reason = "No supplier sells {value}, which {place} asks for."
    remedy = "Add {value} to a supplier's items, or take the demand out."


@dataclass(frozen=True)
class PlanItem:
    """One SKU of a supplier: list price in price grains, pack, minimum, and size of a unit."""

    sku: str
    price: int
    pack: int
    moq: int
    volume: int
    weight: int

    def need(self, units: int) -> int:
        """The fewest units that may be bought to cover ``units``; 0 for none."""
        return -(-max(units, self.moq) // self.pack) * self.pack if units else 0


@dataclass(frozen=True)
class PlanTier:
    """From so many units of the supplier in all, every unit costs the list price times this."""

    from_units: int
    factor: int


@dataclass(frozen=True)
class Box:
    """A container: what it holds, and its cost in grains."""

    volume: int
    weight: int
    cost: int


@dataclass(frozen=True)
class Totals:
    """What decides a supplier's cost: units, list value, volume and weight."""

    units: int = 0
    value: int = 0
    volume: int = 0
    weight: int = 0

    def plus(self, item: PlanItem, units: int) -> "Totals":
        """The totals with more, or with a negative number fewer, units of an item."""
        return Totals(
            self.units + units,
            self.value + item.price * units,
            self.volume + item.volume * units,
            self.weight + item.weight * units,
        )


@dataclass(frozen=True)
class PlanSupplier:
    """A supplier's terms. ``tiers`` rise in units and fall in factor; the first starts at 0."""

    key: str
    items: Mapping[str, PlanItem]
    tiers: tuple[PlanTier, ...]
    box: Box | None

    def factor(self, units: int) -> int:
        """The price factor for so many units in all."""
        return [tier.factor for tier in self.tiers if tier.from_units <= units][-1]

    def containers(self, totals: Totals) -> int:
        """Containers for a load: the greater need of volume and weight, rounded up."""
        if self.box is None:
            return 0
        by_volume = -(-totals.volume // self.box.volume)
        return max(by_volume, -(-totals.weight // self.box.weight))

    def cost(self, totals: Totals) -> int:
        """Goods at the factor of their total units, and containers, in grains."""
        boxes = self.containers(totals)
        freight = boxes * self.box.cost if self.box else 0
        return self.factor(totals.units) * totals.value + freight

    def totals(self, units: Mapping[str, int]) -> Totals:
        """Sums over units by SKU."""
        found = Totals()
        for sku, bought in units.items():
            found = found.plus(self.items[sku], bought)
        return found


@dataclass(frozen=True)
class Wish:
    """One importer's demand for one SKU."""

    importer: str
    sku: str
    units: int
    tolerance: int


@dataclass(frozen=True)
class Problem:
    """A round to be planned, in one currency."""

    currency: str
    digits: int
    suppliers: tuple[PlanSupplier, ...]
    wishes: tuple[Wish, ...]

    @cached_property
    def by_key(self) -> dict[str, PlanSupplier]:
        """Suppliers by their key."""
        return {supplier.key: supplier for supplier in self.suppliers}

    @cached_property
    def importers(self) -> list[str]:
        """Everybody who is named, in the order of names."""
        return sorted({wish.importer for wish in self.wishes})

    @cached_property
    def sellers(self) -> dict[str, list[PlanSupplier]]:
        """Who sells a SKU, in the order of keys."""
        found: dict[str, list[PlanSupplier]] = defaultdict(list)
        for supplier in sorted(self.suppliers, key=lambda each: each.key):
            for sku in supplier.items:
                found[sku].append(supplier)
        return found

    def asked(self, importers: Iterable[str] | None = None) -> dict[str, int]:
        """Units by SKU that some importers, or all, must get."""
        chosen = None if importers is None else set(importers)
        found: dict[str, int] = defaultdict(int)
        for wish in self.wishes:
            if chosen is None or wish.importer in chosen:
                found[wish.sku] += wish.units
        return {sku: units for sku, units in sorted(found.items()) if units}

    def cost(self, lines: Lines) -> int:
        """What a purchase costs, in grains: recomputed from nothing but its lines."""
        return sum(
            self.by_key[key].cost(self.by_key[key].totals(bought))
            for key, bought in by_supplier(lines).items()
        )


def by_supplier(lines: Lines) -> dict[str, dict[str, int]]:
    """Units by SKU for each supplier."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (key, sku), units in sorted(lines.items()):
        found[key][sku] = units
    return found


def union(plans: Iterable[Lines]) -> Lines:
    """Several purchases made as one: whole packs and minimum orders stay kept.

    As price factors never rise with units, and a sum of loads needs no more containers than its
    parts, the union never costs more than the purchases made apart.
    """
    found: Lines = defaultdict(int)
    for lines in plans:
        for key, units in lines.items():
            found[key] += units
    return dict(found)


def covers(lines: Lines, asked: Mapping[str, int]) -> bool:
    """Whether a purchase holds every unit that was asked."""
    found: dict[str, int] = defaultdict(int)
    for (_, sku), units in lines.items():
        found[sku] += units
    return all(found[sku] >= units for sku, units in asked.items())


def buy_up(supplier: PlanSupplier, bought: Mapping[str, int]) -> dict[str, int]:
    """The purchase, or one topped up to a price break when that is cheaper.

    Tries every higher break with the item that is cheapest a unit, and with each single item.
    """
    start = supplier.totals(bought)
    best = (supplier.cost(start), "", 0)
    for tier in supplier.tiers:
        short = tier.from_units - start.units
        for item in (supplier.items[sku] for sku in bought) if short > 0 else ():
            more = -(-short // item.pack) * item.pack
            best = min(best, (supplier.cost(start.plus(item, more)), item.sku, more))
    _, sku, more = best
    return {**bought, sku: bought[sku] + more} if more else dict(bought)


def greedy(problem: Problem, asked: Mapping[str, int]) -> Lines:
    """Each SKU where it costs least at list price, then each supplier bought up to its breaks."""
    lines: Lines = {}
    for sku, units in asked.items():
        offers = [
            (s.items[sku].price * s.items[sku].need(units), s.key) for s in sellers(problem, sku)
        ]
        key = min(offers)[1]
        lines[key, sku] = problem.by_key[key].items[sku].need(units)
    return topped_up(problem, lines)


def sellers(problem: Problem, sku: str) -> list[PlanSupplier]:
    """Who sells a SKU.

    Raises:
        NobodySells: no supplier has it.
    """
    if sku not in problem.sellers:
        raise NobodySells(value=sku, place="$.demands")
    return problem.sellers[sku]


def topped_up(problem: Problem, lines: Lines) -> Lines:
    """Every supplier's part bought up to a break where that is cheaper."""
    return {
        (key, sku): units
        for key, bought in by_supplier(lines).items()
        for sku, units in buy_up(problem.by_key[key], bought).items()
    }


def descend(problem: Problem, asked: Mapping[str, int], lines: Lines, *, rounds: int = 6) -> Lines:
    """A purchase improved by moving single SKUs wholly to another supplier while it helps."""
    held = {key: dict(bought) for key, bought in by_supplier(lines).items()}
    totals = {s.key: s.totals(held.get(s.key, {})) for s in problem.suppliers}
    costs = {s.key: s.cost(totals[s.key]) for s in problem.suppliers}
    for _ in range(rounds):
        moves = [_move_one(problem, each, held, totals, costs) for each in asked.items()]
        if not any(moves):
            break
    found = {(key, sku): n for key, bought in held.items() for sku, n in bought.items() if n}
    return min(found, topped_up(problem, found), lines, key=problem.cost)


def _move_one(
    problem: Problem,
    want: tuple[str, int],
    held: dict[str, dict[str, int]],
    totals: dict[str, Totals],
    costs: dict[str, int],
) -> bool:
    """Buy a SKU wholly where that makes the suppliers concerned cheapest; says whether it moved."""
    sku, units = want
    offers = problem.sellers[sku]
    bare = {}
    for supplier in offers:
        now = held.get(supplier.key, {}).get(sku, 0)
        bare[supplier.key] = totals[supplier.key].plus(supplier.items[sku], -now)
    without = {s.key: s.cost(bare[s.key]) for s in offers}
    spent = sum(costs[s.key] for s in offers)
    rest = sum(without.values())
    choices = []
    for supplier in offers:
        item = supplier.items[sku]
        full = supplier.cost(bare[supplier.key].plus(item, item.need(units)))
        choices.append((rest - without[supplier.key] + full, supplier.key))
    total, key = min(choices)
    if total >= spent:
        return False
    for supplier in offers:
        item = supplier.items[sku]
        bought = item.need(units) if supplier.key == key else 0
        held.setdefault(supplier.key, {})[sku] = bought
        totals[supplier.key] = bare[supplier.key].plus(item, bought)
        costs[supplier.key] = supplier.cost(totals[supplier.key])
    return True
