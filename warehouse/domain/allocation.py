"""Who gets how many units when there are fewer than were ordered."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Generic, TypeVar

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion
from imports.domain import rationing
from imports.domain.rationing import Claim

K = TypeVar("K", bound=Hashable)


class NegativeAsk(Refusal):
    """Raised when units to hand out, or units asked for, are below zero."""

    code = "negative-ask"
    reason = "Units cannot be shared: {units} is below zero."
    remedy = "Give whole units of zero or more."


class Rule(StrEnum):
    """How units are shared while there are fewer than were asked for."""

    UNIFORM = "uniform"
    WEIGHTED = "weighted"
    PROPORTIONAL = "proportional"


@dataclass(frozen=True)
class Explanation:
    """Why one owner got what it got: the numbers behind the sentence that the owner reads.

    ``level_units`` is the water level of the uniform rule: nobody was cut who asked for no more
    than it, and who asked for more got it, or one unit above. None where nothing was short, and
    under the other rules. ``weight`` is the owner's under the weighted rule.
    """

    rule: Rule
    asked_units: int
    granted_units: int
    level_units: int | None
    weight: Decimal | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the owner got less than it asked for."""
        return self.granted_units < self.asked_units


@dataclass(frozen=True)
class Rationing(Generic[K]):
    """Units handed out by one rule, with the level that explains every share."""

    rule: Rule
    asked: Mapping[K, int]
    granted: Mapping[K, int]
    level_units: int | None
    weights: Mapping[K, Decimal] = field(default_factory=dict)

    def explanation(self, key: K) -> Explanation:
        """The numbers that justify one share."""
        return Explanation(
            self.rule,
            self.asked[key],
            self.granted[key],
            self.level_units,
            self.weights.get(key),
        )


def ration_uniformly(
    units: int, asked: Mapping[K, int], *, tie_break: Callable[[K], Any] = str
) -> Rationing[K]:
    """Units by the uniform rule: one level for all, and nobody above what it asked for.

    Hands out min(units, all that was asked) exactly. More units never give anybody less, so that
    a later delivery only ever tops up; equal asks differ by one unit at most; nobody gains more
    than one useful unit by asking for more, or less, than it needs (Sprumont, Econometrica 1991).
    Units left at the level go one each to the keys that sort first by ``tie_break``.

    Raises:
        NegativeAsk: the units or an ask are below zero.
    """
    _refuse_negative(units, asked)
    if units >= sum(asked.values()):
        return Rationing(Rule.UNIFORM, dict(asked), dict(asked), None)
    level = water_level(units, list(asked.values()))
    granted = {key: min(ask, level) for key, ask in asked.items()}
    left = units - sum(granted.values())
    above = sorted((key for key, ask in asked.items() if ask > level), key=tie_break)
    for key in above[:left]:
        granted[key] += 1
    return Rationing(Rule.UNIFORM, dict(asked), granted, level)


def ration_proportionally(units: int, asked: Mapping[int, int]) -> Rationing[int]:
    """Units in proportion to what was asked, by Sainte-Laguë, so that more never takes any back.

    Kept for rounds that choose it: it rewards asking for more than is needed.

    Raises:
        NegativeAsk: the units or an ask are below zero.
    """
    granted = _by_divisors(units, rationing.Rule.PROPORTIONAL, asked, {})
    return Rationing(Rule.PROPORTIONAL, dict(asked), granted, None)


def ration_by_weight(
    units: int, asked: Mapping[int, int], weights: Mapping[int, Decimal]
) -> Rationing[int]:
    """Units by the uniform rule, each owner's level being its weight's part; without one, 1.

    Nobody gains by asking for more than it needs, and a later delivery only tops up as long as
    the weights stay.

    Raises:
        NegativeAsk: the units or an ask are below zero.
    """
    own = {key: weights.get(key, Decimal(1)) for key in asked}
    granted = _by_divisors(units, rationing.Rule.WEIGHTED_UNIFORM, asked, own)
    return Rationing(Rule.WEIGHTED, dict(asked), granted, None, own)


def ration_by(
    rule: Rule, units: int, asked: Mapping[int, int], weights: Mapping[int, Decimal]
) -> Rationing[int]:
    """Units by a round's rule.

    Raises:
        NegativeAsk: the units or an ask are below zero.
    """
    if rule is Rule.WEIGHTED:
        return ration_by_weight(units, asked, weights)
    if rule is Rule.PROPORTIONAL:
        return ration_proportionally(units, asked)
    return ration_uniformly(units, asked, tie_break=lambda owner_id: owner_id)


def _by_divisors(
    units: int, rule: rationing.Rule, asked: Mapping[int, int], weights: Mapping[int, Decimal]
) -> dict[int, int]:
    _refuse_negative(units, asked)
    owners = {f"{key:020}": key for key in asked}
    claims = [
        Claim(name, asked[key], Fraction(weights.get(key, Decimal(1))))
        for name, key in owners.items()
    ]
    return {owners[grant.key]: grant.units for grant in rationing.ration(units, rule, claims)}


def water_level(units: int, asks: list[int]) -> int:
    """The highest whole level at which the asks, each cut to it, fit into the units."""
    left, waiting = units, len(asks)
    for ask in sorted(asks):
        if ask * waiting > left:
            return left // waiting
        left -= ask
        waiting -= 1
    return max(asks, default=0)


def mix_lots(lots: Mapping[int, int], due: Mapping[K, int]) -> dict[int, dict[K, int]]:
    """Which units of which lot each owner gets, so that nobody gets only what expires first.

    Each lot is split in proportion to what is still due; every owner gets exactly its due when
    the lots hold that many units, and never more.
    """
    left = dict(due)
    mix: dict[int, dict[K, int]] = {}
    for lot_id, units in lots.items():
        taken = split_in_proportion(min(units, sum(left.values())), left)
        mix[lot_id] = {key: share for key, share in taken.items() if share}
        left = {key: left[key] - taken[key] for key in left}
    return mix


def _refuse_negative(units: int, asked: Mapping[K, int]) -> None:
    lowest = min(units, *asked.values()) if asked else units
    if lowest < 0:
        raise NegativeAsk(units=lowest)
