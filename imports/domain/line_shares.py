"""Who pays what of a round's order lines: the cost alone less a part of the saving, line by line.

A line's saving follows a blend of equal price and the Shapley value of buying its units together
(ADR 23). Where a line is dearer than alone, because it lifts others to a rebate, its importers pay
what they would pay alone, and those who save in the same group bear the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from core.domain.shares import split_in_proportion, split_with_caps
from imports.domain.consolidation import Offer
from imports.domain.sharing import EXACT_UP_TO

L = TypeVar("L", bound=Hashable)
M = TypeVar("M", bound=Hashable)
Units = npt.NDArray[np.int64]
Costs = Callable[[Units], Units]

MOST_CELLS = 40_000
"""Members times sampled orders of joining."""
MOST_ORDERS = 200
SEED = 1

FINE = 1_000_000
"""Parts of a minor unit in which a rule says what it would have each pay."""


@dataclass(frozen=True)
class ShapleyOfUnits:
    """Values in the order of the members, and standard errors where orders were sampled."""

    values: tuple[Fraction, ...]
    errors: tuple[float, ...]
    orders: int
    """Orders sampled; 0 when the values are exact."""


def shapley_of_units(units: Sequence[int], cost: Costs) -> ShapleyOfUnits:
    """The Shapley value where a group costs what its units together cost.

    Exact up to twelve members, else the mean of seeded orders of joining, each run both ways.
    """
    asked = np.array(units, dtype=np.int64)
    if len(asked) <= EXACT_UP_TO:
        return ShapleyOfUnits(_exact(asked, cost), (0.0,) * len(asked), 0)
    by_member = _sampled(asked, cost)
    orders = len(by_member)
    values = tuple(Fraction(each, orders) for each in by_member.sum(axis=0).tolist())
    errors = by_member.std(axis=0) / np.sqrt(orders)
    return ShapleyOfUnits(values, tuple(map(float, errors)), orders)


def standing_of_units(units: Sequence[int], cost: Costs) -> list[int]:
    """Whole numbers that stand to each other as the Shapley values do."""
    asked = np.array(units, dtype=np.int64)
    if len(asked) > EXACT_UP_TO:
        sums: list[int] = _sampled(asked, cost).sum(axis=0).tolist()
        return sums
    values = _exact(asked, cost)
    scale = lcm(*(value.denominator for value in values))
    return [value.numerator * (scale // value.denominator) for value in values]


def _exact(asked: Units, cost: Costs) -> tuple[Fraction, ...]:
    """From the cost of each of the ``2 ** n`` groups."""
    count = len(asked)
    groups = np.arange(1 << count)
    inside = (groups[:, None] >> np.arange(count)) & 1
    costs, sizes = cost(inside @ asked), inside.sum(axis=1)
    costs[0] = 0
    weights = _weights(count)
    found = []
    for member in range(count):
        without = groups[inside[:, member] == 0]
        added = costs[without | (1 << member)] - costs[without]
        sums = [int(added[sizes[without] == size].sum()) for size in range(count)]
        found.append(sum((w * s for w, s in zip(weights, sums, strict=True)), Fraction(0)))
    return tuple(found)


def _weights(count: int) -> list[Fraction]:
    """The part of all orders in which a member joins a given group of each size."""
    found, ways = [], 1
    for size in range(count):
        found.append(Fraction(1, count * ways))
        ways = ways * (count - 1 - size) // (size + 1)
    return found


def _sampled(asked: Units, cost: Costs) -> Units:
    """What each member adds to the cost of those before it: a row for each order of joining."""
    draw, count = np.random.default_rng(SEED), len(asked)
    half = max(1, min(MOST_ORDERS, MOST_CELLS // count) // 2)
    orders = np.argsort(draw.random((half, count)), axis=1)
    orders = np.concatenate([orders, orders[:, ::-1]])
    sums = np.cumsum(asked[orders], axis=1)
    costs = cost(sums.ravel()).reshape(sums.shape)
    added = np.diff(costs, axis=1, prepend=0)
    by_member = np.zeros_like(added)
    np.put_along_axis(by_member, orders, added, axis=1)
    return by_member


def cost_of_units(offer: Offer) -> Costs:
    """What an offer costs for units, bought up where that is cheaper, in minor units.

    Above its capacity as if it had none: it prices groups, it buys nothing.
    """
    starts = np.array([tier.from_units for tier in offer.tiers], dtype=np.int64)
    prices = np.array([tier.price_minor for tier in offer.tiers], dtype=np.int64)
    fixed = np.array([_fixed(offer, number) for number in range(len(starts))], dtype=np.int64)

    def amount(units: Units) -> Units:
        band = np.maximum(np.searchsorted(starts, units, side="right") - 1, 0)
        found: Units = units * prices[band] + fixed[band]
        return found

    def cost(units: Units) -> Units:
        least = np.maximum(units, max(offer.moq_units, int(starts[0])))
        packed = -(-least // offer.pack_units) * offer.pack_units
        found = amount(packed)
        for start in starts[1:] if not offer.is_incremental else ():
            above = np.maximum(packed, offer.in_packs(int(start)))
            found = np.minimum(found, amount(above))
        return np.where(units > 0, found, 0)

    return cost


def _fixed(offer: Offer, number: int) -> int:
    """What a band of an incremental offer costs on top of units times its price."""
    if not offer.is_incremental or not number:
        return 0
    tiers = offer.tiers[: number + 1]
    spans = zip(tiers, [0, *(t.from_units for t in tiers[1:])], tiers[1:], strict=False)
    before = sum(tier.price_minor * (end.from_units - start) for tier, start, end in spans)
    return before - tiers[-1].price_minor * tiers[-1].from_units


@dataclass(frozen=True)
class Part:
    """An importer's part of a line: asked, held with its tolerance, and its cost alone (grains)."""

    asked: int
    held: int
    alone: int


@dataclass(frozen=True)
class LineToShare(Generic[L, M]):
    """A line with its amount in minor units, the grains of one of them, and who is in it.

    Savings and excess are evened out among lines of one ``group``.
    """

    key: L
    group: Hashable
    offer: Offer
    amount: int
    units: int
    grains: int
    parts: Mapping[M, Part]


def share_lines(lines: Sequence[LineToShare[L, M]], equal_part: Fraction) -> dict[L, dict[M, int]]:
    """Shares of each line in its minor units: exact sums, and nobody above alone over its group.

    Needs groups whose lines cost no more than all their importers' purchases alone.
    """
    shares: dict[L, dict[M, int]] = {}
    saved: dict[Hashable, dict[M, int]] = defaultdict(lambda: defaultdict(int))
    dearer = []
    for line in lines:
        caps = alone_minor(line)
        shares[line.key] = caps
        if sum(caps.values()) < line.amount:
            dearer.append(line)
            continue
        shares[line.key] = _saved(line, caps, equal_part)
        for member, part in line.parts.items():
            left = part.alone - shares[line.key][member] * line.grains
            saved[line.group][member] += left
    for line in dearer:
        _bear_excess(line, shares[line.key], saved[line.group])
    return shares


def alone_minor(line: LineToShare[L, M]) -> dict[M, int]:
    """Costs alone in the line's minor units, rounded down; some up where the sum needs it."""
    found = {member: part.alone // line.grains for member, part in line.parts.items()}
    short = line.amount - sum(found.values())
    if short > 0:
        cut = {member: part.alone % line.grains for member, part in line.parts.items()}
        most_cut = sorted(cut, key=lambda member: (-cut[member], str(member)))
        for member in [each for each in most_cut if cut[each]][:short]:
            found[member] += 1
    return found


def wanted(line: LineToShare[L, M], equal_part: Fraction) -> dict[M, int]:
    """What the blend of equal price and Shapley would have each pay, in millionths.

    Whole numbers, rounded down: they only say how a saving is split.
    """
    members = sorted(line.parts, key=str)
    equal = _equal_price(line, members)
    if equal_part == 1 or len(members) == 1:
        return equal
    values = standing_of_units(
        [line.parts[member].asked for member in members], cost_of_units(line.offer)
    )
    whole, scale = sum(values), line.amount * FINE
    one, all_parts = equal_part.numerator, equal_part.denominator
    return {
        member: (one * equal[member] + (all_parts - one) * scale * value // whole) // all_parts
        for member, value in zip(members, values, strict=True)
    }


def _equal_price(line: LineToShare[L, M], members: Sequence[M]) -> dict[M, int]:
    """The same price for each unit held and for a part of the buffer, in millionths."""
    parts = [line.parts[member] for member in members]
    asked, held = sum(part.asked for part in parts), sum(part.held for part in parts)
    buffer, scale = line.units - held, line.amount * FINE
    return {
        member: scale * (part.held * asked + buffer * part.asked) // (line.units * asked)
        for member, part in zip(members, parts, strict=True)
    }


def _saved(line: LineToShare[L, M], caps: Mapping[M, int], equal_part: Fraction) -> dict[M, int]:
    """Shares of a line that is not dearer than alone: the cost alone less a part of the saving."""
    saving = sum(caps.values()) - line.amount
    if not saving:
        return dict(caps)
    pays = wanted(line, equal_part)
    parts = {member: max(0, cap * FINE - pays[member]) for member, cap in caps.items()}
    saved = split_with_caps(saving, parts, caps)
    return {member: cap - saved[member] for member, cap in caps.items()}


def _bear_excess(line: LineToShare[L, M], shares: dict[M, int], saved: dict[M, int]) -> None:
    """What a line costs above its importers' alone, borne by those who save in the group."""
    excess = line.amount - sum(shares.values())
    savers = {member: left for member, left in saved.items() if left > 0}
    caps = {member: left // line.grains for member, left in savers.items()}
    if sum(caps.values()) < excess:
        caps = {member: -(-left // line.grains) for member, left in savers.items()}
    if sum(caps.values()) >= excess:
        borne = split_with_caps(excess, savers, caps)
    else:
        borne = split_in_proportion(excess, {m: part.asked for m, part in line.parts.items()})
    for member, minor in borne.items():
        if minor:
            shares[member] = shares.get(member, 0) + minor
            saved[member] -= minor * line.grains
