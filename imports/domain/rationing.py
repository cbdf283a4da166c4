"""Rationing: who gets how much of a supply that does not cover everybody's demand.

Every rule fixes one order in which single units are handed out, whatever the supply, so a larger
supply never takes a unit from anybody. Under the uniform rules a unit's place in that order does
not depend on what its taker asked, so asking for more than one needs never helps (Sprumont 1991).
Proportional rationing divides by Sainte-Laguë rather than by largest remainders, which would take
units away as the supply grows (the Alabama paradox); it rewards inflated demands, as each share
says. Uniform losses lets everybody forgo the same number of units, nobody more than all.
"""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Rule(StrEnum):
    """Ways of rationing."""

    UNIFORM = "uniform"
    WEIGHTED_UNIFORM = "weighted-uniform"
    PROPORTIONAL = "proportional"
    UNIFORM_LOSSES = "uniform-losses"


@dataclass(frozen=True)
class Claim:
    """What one asks for; ``weight`` counts under weighted-uniform only."""

    key: str
    units: int
    weight: Fraction = Fraction(1)


@dataclass(frozen=True)
class Grant:
    """What one gets, with the reason in a sentence."""

    key: str
    units: int
    why: str


def ration(supply: int, rule: Rule, claims: Sequence[Claim]) -> list[Grant]:
    """Whole units for every claim, in the order given; ties go to the key that sorts first.

    Grants add up to the supply, or to all demands where the supply covers them.
    """
    demand = sum(claim.units for claim in claims)
    if supply >= demand:
        return [Grant(c.key, c.units, _all_of(supply, demand)) for c in claims]
    return _RULES[rule](supply, claims)


def _all_of(supply: int, demand: int) -> str:
    return f"The supply of {supply} covers all demands of {demand}: you get all you asked for."


def _uniform(supply: int, claims: Sequence[Claim]) -> list[Grant]:
    units = _by_divisors(supply, claims, {claim.key: Fraction(1) for claim in claims})
    level = _level(supply, claims, {claim.key: Fraction(1) for claim in claims})

    def why(claim: Claim) -> str:
        said = f"Everybody gets up to {_shown(level)} units; you asked for {claim.units}"
        if units[claim.key] == claim.units:
            return f"{said} and get all of it."
        return f"{said}. Asking for more would not help."

    return [Grant(claim.key, units[claim.key], why(claim)) for claim in claims]


def _weighted(supply: int, claims: Sequence[Claim]) -> list[Grant]:
    weights = {claim.key: claim.weight for claim in claims}
    units = _by_divisors(supply, claims, weights)
    level = _level(supply, claims, weights)

    def why(claim: Claim) -> str:
        said = (
            f"Everybody gets up to {_shown(level)} units for each unit of weight; "
            f"your weight is {_shown(claim.weight)} and you asked for {claim.units}"
        )
        if units[claim.key] == claim.units:
            return f"{said}: you get all of it."
        return f"{said}. Asking for more would not help."

    return [Grant(claim.key, units[claim.key], why(claim)) for claim in claims]


def _proportional(supply: int, claims: Sequence[Claim]) -> list[Grant]:
    demand = sum(claim.units for claim in claims)
    units = _by_divisors(supply, claims, {claim.key: Fraction(claim.units) for claim in claims})
    part = _shown(Fraction(100 * supply, demand))
    return [
        Grant(
            claim.key,
            units[claim.key],
            f"Everybody gets {part} % of what it asked, in whole units; you asked for "
            f"{claim.units}. This rule gives more to those who ask for more.",
        )
        for claim in claims
    ]


def _losses(supply: int, claims: Sequence[Claim]) -> list[Grant]:
    """Everybody forgoes ``loss`` units; what rounding leaves goes to the first keys."""
    low, high = 0, max((claim.units for claim in claims), default=0)
    while low < high:
        loss = (low + high) // 2
        if sum(max(0, claim.units - loss) for claim in claims) <= supply:
            high = loss
        else:
            low = loss + 1
    units = {claim.key: max(0, claim.units - low) for claim in claims}
    left = supply - sum(units.values())
    takers = sorted(claim.key for claim in claims if claim.units >= low)
    for key in takers[:left]:
        units[key] += 1
    return [
        Grant(
            claim.key,
            units[claim.key],
            f"Everybody forgoes {low} units, or all where it asked for fewer; you asked for "
            f"{claim.units} and forgo {claim.units - units[claim.key]}.",
        )
        for claim in claims
    ]


_RULES: dict[Rule, Callable[[int, Sequence[Claim]], list[Grant]]] = {
    Rule.UNIFORM: _uniform,
    Rule.WEIGHTED_UNIFORM: _weighted,
    Rule.PROPORTIONAL: _proportional,
    Rule.UNIFORM_LOSSES: _losses,
}


def _level(supply: int, claims: Sequence[Claim], weights: Mapping[str, Fraction]) -> Fraction:
    """The level of the water: min(demand, weight x level) adds up to the supply.

    With weights of zero only, or once all others are full, the level is where the last one filled.
    """
    filling = sorted(
        (Fraction(claim.units) / weights[claim.key], claim.units, weights[claim.key])
        for claim in claims
        if weights[claim.key]
    )
    left, weight, level = Fraction(supply), sum((w for *_, w in filling), Fraction(0)), Fraction(0)
    for full_at, units, own in filling:
        if left < full_at * weight:
            return left / weight
        left, weight, level = left - units, weight - own, full_at
    return level


def _by_divisors(
    supply: int, claims: Sequence[Claim], weights: Mapping[str, Fraction]
) -> dict[str, int]:
    """Units in the order of (units held + 1/2) / weight, none above its demand; Sainte-Laguë.

    Jumps to a level that is safely below the last unit, then hands out the rest one by one.
    """
    base = _level(max(0, supply - len(claims)), claims, weights)
    weighing = [claim for claim in claims if weights[claim.key]]
    units = {claim.key: 0 for claim in claims}
    for claim in weighing if supply > len(claims) else ():
        units[claim.key] = min(claim.units, int(weights[claim.key] * base + Fraction(1, 2)))
    left = supply - sum(units.values())
    asked = {claim.key: claim.units for claim in claims}
    queue = [_turn(c.key, units, weights) for c in weighing if units[c.key] < c.units]
    heapq.heapify(queue)
    while left and queue:
        *_, key = heapq.heappop(queue)
        units[key] += 1
        left -= 1
        if units[key] < asked[key]:
            heapq.heappush(queue, _turn(key, units, weights))
    return _to_the_weightless(units, claims, weights, left)


def _turn(
    key: str, units: Mapping[str, int], weights: Mapping[str, Fraction]
) -> tuple[Fraction, int, str]:
    return (2 * units[key] + 1) / weights[key], units[key], key


def _to_the_weightless(
    units: dict[str, int],
    claims: Sequence[Claim],
    weights: Mapping[str, Fraction],
    left: int,
) -> dict[str, int]:
    """What is left when everybody with a weight is full, in equal parts to those without."""
    if not left:
        return units
    rest = [Claim(claim.key, claim.units) for claim in claims if not weights[claim.key]]
    return units | _by_divisors(left, rest, {claim.key: Fraction(1) for claim in rest})


def _shown(number: Fraction) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".")
