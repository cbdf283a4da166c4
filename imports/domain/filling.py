"""The fill phase of a round: what is missing to the next pack, price tier and container.

Top-ups come from importers' tolerances first: they said that they would take more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from core.domain.shares import K
from imports.domain.consolidation import Ask, LinePlan


@dataclass(frozen=True)
class TopUp(Generic[K]):
    """An importer of a line: units that it would still take, and its gain at the next tier."""

    importer: K
    asked_units: int
    open_units: int
    gain_minor: int


@dataclass(frozen=True)
class Filling(Generic[K]):
    """How far a line is from its next pack and its next price tier.

    ``pack_missing_units`` are bought anyway and go to the operator's buffer unless somebody takes
    them. ``tier_missing_units`` would have to be asked for as well before ``tier_price_minor``
    holds; 0 at the last tier.
    """

    plan: LinePlan[K]
    pack_missing_units: int
    tier_missing_units: int
    tier_price_minor: int
    top_ups: tuple[TopUp[K], ...]

    @property
    def missing_units(self) -> int:
        """Units that somebody could take so that the line gets nearer to a pack or a tier."""
        return max(self.pack_missing_units, self.tier_missing_units)

    @property
    def gain_minor(self) -> int:
        """What the importers together save on the units they asked, once the tier is reached."""
        return sum(each.gain_minor for each in self.top_ups)

    @property
    def open_units(self) -> int:
        """Units that tolerances could still take."""
        return sum(each.open_units for each in self.top_ups)

    @property
    def buffer_cost_minor(self) -> int:
        """What the units for the buffer cost those who asked."""
        return self.pack_missing_units * self.plan.unit_price_minor


def filling(plan: LinePlan[K]) -> Filling[K]:
    """What is missing in a line that would be bought as planned.

    The gain compares the price of the tier with the one of the plan, on what each asked.
    """
    units, price = _next_tier(plan)
    held = {key: share.units for key, share in plan.shares.items()}
    return Filling(
        plan=plan,
        pack_missing_units=plan.buffer_units,
        tier_missing_units=units - plan.units,
        tier_price_minor=price,
        top_ups=tuple(_top_ups(plan.asks, held, plan.unit_price_minor - price)),
    )


def _next_tier(plan: LinePlan[K]) -> tuple[int, int]:
    """The fewest units in whole packs that are cheaper a unit than the plan, and their price.

    Without any, the plan's own units and price.
    """
    for tier in sorted(plan.offer.tiers, key=lambda tier: tier.from_units):
        units = plan.offer.in_packs(tier.from_units)
        price = plan.offer.price_minor(units)
        if units > plan.units and price is not None and price < plan.unit_price_minor:
            return units, price
    return plan.units, plan.unit_price_minor


def _top_ups(asks: Mapping[K, Ask], held: Mapping[K, int], saved_minor: int) -> list[TopUp[K]]:
    """Who asked, those first who could still take most."""
    found = [
        TopUp(key, ask.units, ask.units + ask.tolerance_units - held[key], saved_minor * ask.units)
        for key, ask in asks.items()
        if ask.units
    ]
    return sorted(found, key=lambda each: (-each.open_units, str(each.importer)))


@dataclass(frozen=True)
class ContainerFill(Generic[K]):
    """How full the last container of a supplier would be, and what a full one would save.

    Volumes in cm3. ``carriage_minor`` is what the containers cost in fen; ``gains`` is what each
    importer's part of it falls by once they are full of goods that somebody takes.
    """

    supplier_id: int
    containers: int
    volume_cm3: int
    free_cm3: int
    carriage_minor: int
    gains: Mapping[K, int]

    @property
    def empty_minor(self) -> int:
        """What the empty part of the containers costs."""
        return self.carriage_minor * self.free_cm3 // (self.volume_cm3 + self.free_cm3)


def container_fill(
    supplier_id: int,
    volumes: Mapping[K, int],
    *,
    containers: int,
    capacity_cm3: int,
    carriage_minor: int,
) -> ContainerFill[K]:
    """The fill of a supplier's containers from the volumes that importers would send."""
    used = sum(volumes.values())
    whole = max(used, containers * capacity_cm3)
    gains = {
        key: carriage_minor * volume // used - carriage_minor * volume // whole
        for key, volume in volumes.items()
        if volume
    }
    return ContainerFill(supplier_id, containers, used, whole - used, carriage_minor, gains)
