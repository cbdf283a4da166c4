"""Splits of money and units that add up to the last unit."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar

from core.domain.errors import Refusal

K = TypeVar("K", bound=Hashable)
Weight = int | Fraction | Decimal


class NothingToShareBy(Refusal):
    """Raised when every weight is zero, or one is negative."""

    code = "nothing-to-share-by"
    reason = "An amount of {amount} cannot be split: the weights are zero or negative."
    remedy = "Give at least one positive weight, and none below zero."


class CapsTooLow(Refusal):
    """Raised when the caps together are below the amount to be split."""

    code = "caps-too-low"
    reason = "The caps add up to {caps}, below the amount of {amount} to be split."
    remedy = "Raise a cap, or split the amount without caps."


def split_in_proportion(
    amount: int,
    weights: Mapping[K, Weight],
    *,
    tie_break: Callable[[K], Any] = str,
) -> dict[K, int]:
    """Shares of a whole amount in proportion to weights, by largest remainders (Hamilton).

    The shares add up to ``amount`` exactly and each is within one unit of its exact share.
    Equal remainders go to the key that sorts first by ``tie_break``, so the order in which
    weights are given does not matter. A negative amount is split as its mirror image.

    Raises:
        NothingToShareBy: all weights are zero, or one is negative; an amount of 0 always splits.
    """
    if amount < 0:
        mirrored = split_in_proportion(-amount, weights, tie_break=tie_break)
        return {key: -share for key, share in mirrored.items()}
    whole = _whole(weights)
    total = sum(whole.values())
    if any(weight < 0 for weight in whole.values()) or (amount and not total):
        raise NothingToShareBy(amount=amount)
    if not amount:
        return dict.fromkeys(whole, 0)
    quotas = {key: divmod(amount * weight, total) for key, weight in whole.items()}
    shares = {key: quota for key, (quota, _) in quotas.items()}
    left = amount - sum(shares.values())
    if left:
        by_remainder = sorted(whole, key=lambda key: (-quotas[key][1], tie_break(key)))
        for key in by_remainder[:left]:
            shares[key] += 1
    return shares


def lot_drawn(about: str, key: Hashable) -> str:
    """A tie-breaker that nobody chose: equal remainders are drawn afresh for every object."""
    return hashlib.sha256(f"{about}|{key}".encode()).hexdigest()


def _whole(weights: Mapping[K, Weight]) -> dict[K, int]:
    """Whole numbers in the same proportion, so that every step stays exact and cheap."""
    if all(type(weight) is int for weight in weights.values()):
        return {key: int(weight) for key, weight in weights.items()}
    exact = {key: Fraction(weight) for key, weight in weights.items()}
    scale = lcm(*(weight.denominator for weight in exact.values()))
    return {key: weight.numerator * (scale // weight.denominator) for key, weight in exact.items()}


def split_with_caps(
    amount: int, weights: Mapping[K, Weight], caps: Mapping[K, int]
) -> dict[K, int]:
    """Shares in proportion to weights, none above its cap; what a cap cuts goes to the others.

    Exact like :func:`split_in_proportion`; keys with zero weight take what nobody else can.

    Raises:
        CapsTooLow: the caps together are below the amount.
    """
    if sum(caps[key] for key in weights) < amount:
        raise CapsTooLow(amount=amount, caps=sum(caps[key] for key in weights))
    shares = dict.fromkeys(weights, 0)
    left = amount
    while left:
        open_keys = [key for key in weights if shares[key] < caps[key]]
        base = {key: weights[key] for key in open_keys}
        if not any(base.values()):
            base = {key: caps[key] - shares[key] for key in open_keys}
        for key, more in split_in_proportion(left, base).items():
            shares[key] += min(more, caps[key] - shares[key])
        left = amount - sum(shares.values())
    return shares
