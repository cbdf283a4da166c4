"""Sharing what a batch cost among those it paid for, to the last fen."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from core.domain.errors import Refusal
from core.domain.shares import lot_drawn, split_with_caps

K = TypeVar("K", bound=Hashable)


class NothingToAllocate(Refusal):
    """Raised when a cost is to be shared over obligations that add up to nothing."""

    code = "nothing-to-allocate"
    reason = "A cost of {cost} cannot be shared: the obligations add up to {owed}."
    remedy = "Void the batch; its obligations wait for the next one."


@dataclass(frozen=True)
class CostShares:
    """A cost by importer, and each importer's share by obligation; both add up exactly."""

    by_importer: dict[int, int]
    by_obligation: dict[int, int]


def shares_of_cost(
    cost_minor: int, owed: Mapping[int, Mapping[int, int]], *, batch: str
) -> CostShares:
    """A conversion's cost over importers and their obligations, in proportion to foreign amounts.

    ``owed`` holds, per importer, its obligations' signed foreign amounts; a credit note's share is
    negative. Every share is within one minor unit of its exact share. Equal remainders go to the
    larger obligation, then by lot, so the order of the input never matters.

    Raises:
        NothingToAllocate: the obligations do not add up to a positive amount.
    """
    total = sum(sum(amounts.values()) for amounts in owed.values())
    if total <= 0:
        raise NothingToAllocate(cost=cost_minor, owed=total)
    rate = Fraction(cost_minor, total)
    quotas = {importer: sum(amounts.values()) * rate for importer, amounts in owed.items()}
    by_importer = largest_remainders(cost_minor, quotas, batch=batch)
    by_obligation: dict[int, int] = {}
    for importer, amounts in owed.items():
        exact = {obligation: amount * rate for obligation, amount in amounts.items()}
        by_obligation |= largest_remainders(by_importer[importer], exact, batch=batch)
    return CostShares(by_importer, by_obligation)


def largest_remainders(total: int, quotas: Mapping[K, Fraction], *, batch: str) -> dict[K, int]:
    """Whole shares of ``total`` nearest to signed exact quotas, by largest remainders.

    ``total`` must lie within one of the sum of the quotas. A negative total is shared as its
    mirror image.
    """
    if total < 0:
        mirror = {key: -quota for key, quota in quotas.items()}
        shared = largest_remainders(-total, mirror, batch=batch)
        return {key: -share for key, share in shared.items()}
    shares = {key: quota.numerator // quota.denominator for key, quota in quotas.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(
        quotas, key=lambda key: (shares[key] - quotas[key], -quotas[key], lot_drawn(batch, key))
    )
    for key in by_remainder[:left]:
        shares[key] += 1
    return shares


def shares_of_fee(
    fee_minor: int, owed: Mapping[int, int], alone_minor: Mapping[int, int], *, batch: str
) -> dict[int, int]:
    """A wire's fee by importer, in proportion to what each owes, none above its own wire's fee.

    What a cap cuts goes to the others. An importer that is owed money takes no part.

    Raises:
        CapsTooLow: the fees alone add up to less than the fee.
    """
    drawn = {importer: f"{lot_drawn(batch, importer)}|{importer}" for importer in owed}
    weights = {drawn[importer]: max(0, amount) for importer, amount in owed.items()}
    caps = {drawn[i]: alone_minor[i] if owed[i] > 0 else 0 for i in owed}
    shares = split_with_caps(fee_minor, weights, caps)
    return {importer: shares[key] for importer, key in drawn.items()}
