"""Who bears what of a cost that several cause together, so that nobody pays more than alone.

A share is the cost alone less a part of the saving. The parts blend two rules: equal price, by
which everybody pays the same for the same unit, and the Shapley value, by which everybody pays
what it adds on average over all orders of joining (Shapley 1953). Equal price alone gives nothing
to the member that makes a price break possible; three half loads show that step costs can leave
the core empty, so what is promised is individual rationality, not more.
"""

import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial, sqrt
from typing import Generic, TypeVar

from core.domain.errors import Refusal
from core.domain.shares import split_with_caps

M = TypeVar("M", bound=Hashable)

EXACT_UP_TO = 12
"""Members up to which the Shapley value is computed exactly."""


class DearerTogether(Refusal):
    """Raised when a pooled cost is above the sum of the costs alone."""

    code = "dearer-together"
    reason = "Together it costs {cost}, apart {alone}: there is no saving to share."
    remedy = "Buy apart, or plan the round again."


@dataclass(frozen=True)
class Shapley(Generic[M]):
    """Each member's value, and the standard error of each where orders were sampled."""

    values: Mapping[M, Fraction]
    errors: Mapping[M, float]
    orders: int
    """Orders of joining that were sampled; 0 when the value is exact."""


def shapley_exact(members: Sequence[M], cost: Callable[[frozenset[M]], int]) -> dict[M, Fraction]:
    """The Shapley value from the cost of every coalition: 2 ** n of them."""
    count = len(members)
    known = {
        frozenset(group): cost(frozenset(group)) if group else 0
        for size in range(count + 1)
        for group in combinations(members, size)
    }
    values = dict.fromkeys(members, Fraction(0))
    weights = [
        Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
        for size in range(count)
    ]
    for group, value in known.items():
        for member in members:
            if member not in group:
                values[member] += weights[len(group)] * (known[group | {member}] - value)
    return values


def shapley(
    members: Sequence[M],
    cost: Callable[[frozenset[M]], int],
    *,
    orders: int = 200,
    seed: int = 1,
    exact_up_to: int = EXACT_UP_TO,
) -> Shapley[M]:
    """The Shapley value: exact for few, else the mean of seeded orders, each run both ways."""
    if len(members) <= exact_up_to:
        values = shapley_exact(members, cost)
        return Shapley(values, dict.fromkeys(members, 0.0), 0)
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
    sums, squares = dict.fromkeys(members, 0), dict.fromkeys(members, 0)
    for _ in range(-(-orders // 2)):
        order = draw.sample(list(members), len(members))
        for way in (order, order[::-1]):
            for member, added in _added(way, cost).items():
                sums[member] += added
                squares[member] += added * added
    count = 2 * -(-orders // 2)
    errors = {
        member: sqrt(max(0.0, (squares[member] / count - (sums[member] / count) ** 2) / count))
        for member in members
    }
    return Shapley({m: Fraction(sums[m], count) for m in members}, errors, count)


def _added(order: Sequence[M], cost: Callable[[frozenset[M]], int]) -> dict[M, int]:
    """What each member adds to the cost of those before it."""
    found, before, group = {}, 0, frozenset[M]()
    for member in order:
        group |= {member}
        now = cost(group)
        found[member], before = now - before, now
    return found


def blend(
    first: Mapping[M, Fraction], second: Mapping[M, Fraction], part: Fraction
) -> dict[M, Fraction]:
    """``part`` of the first rule and the rest of the second."""
    return {member: part * first[member] + (1 - part) * second[member] for member in first}


def share_saving(cost: int, alone: Mapping[M, int], wanted: Mapping[M, Fraction]) -> dict[M, int]:
    """Shares that add up to ``cost``, none above the cost alone and none below zero.

    ``wanted`` is what a rule would have each pay; whoever it would charge more than alone saves
    nothing, and the saving of the others is scaled to what there is to share.

    Raises:
        DearerTogether: the cost is above the sum of the costs alone.
    """
    saving = sum(alone.values()) - cost
    if saving < 0:
        raise DearerTogether(cost=cost, alone=sum(alone.values()))
    parts = {member: max(Fraction(0), alone[member] - wanted[member]) for member in alone}
    saved = split_with_caps(saving, parts, alone) if saving else dict.fromkeys(alone, 0)
    return {member: alone[member] - saved[member] for member in alone}
