"""Splits of one amount per product among its importers, to the unit."""

import random
from decimal import ROUND_FLOOR, Decimal

from benchmarks.ways import Way, Ways
from core.domain.shares import split_in_proportion

IMPORTERS = 50
PLAIN = 20_000


def amounts(cells: int) -> list[tuple[int, dict[int, int]]]:
    """An amount in minor units and the importers' units, by product."""
    draw = random.Random(7)  # noqa: S311  sizes, not secrets
    return [
        (
            draw.randrange(10**5, 10**9),
            {importer: draw.randrange(1, 500) for importer in range(IMPORTERS)},
        )
        for _ in range(max(1, cells // IMPORTERS))
    ]


def plain_split(amount: int, weights: dict[int, int]) -> dict[int, int]:
    """Largest remainders with Decimal quotas of 40 digits."""
    total = sum(weights.values())
    quotas = {key: Decimal(amount) * weight / total for key, weight in weights.items()}
    shares = {key: int(quota.to_integral_value(ROUND_FLOOR)) for key, quota in quotas.items()}
    left = amount - sum(shares.values())
    order = sorted(quotas, key=lambda key: (shares[key] - quotas[key], str(key)))
    for key in order[:left]:
        shares[key] += 1
    return shares


def ways(size: int) -> Ways:
    """The same amounts, the plain way at fewer of them."""
    rows = amounts(size)
    few = rows[: max(1, PLAIN // IMPORTERS)]

    def ours() -> None:
        for amount, weights in rows:
            split_in_proportion(amount, weights)

    def plain() -> None:
        for amount, weights in few:
            plain_split(amount, weights)

    def limit() -> None:
        for amount, weights in rows:
            total = sum(weights.values())
            _ = [amount * weight // total for weight in weights.values()]

    cells = len(rows) * IMPORTERS
    return {
        "ours": Way(ours, cells),
        "plain": Way(plain, len(few) * IMPORTERS),
        "limit": Way(limit, cells),
    }
