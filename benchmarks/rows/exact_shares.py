"""Splits of one amount per product among its importers, to the unit."""

import random
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from benchmarks.ways import Way, Ways
from core.domain.many_shares import Whole, split_each

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


def columns(rows: list[tuple[int, dict[int, int]]]) -> tuple[Whole, Whole, Whole]:
    """The amounts, their weights side by side, and how many weights each has."""
    weights = [list(own.values()) for _, own in rows]
    return (
        np.array([amount for amount, _ in rows]),
        np.concatenate(weights),
        np.array([len(own) for own in weights]),
    )


def ours(amounts: Whole, weights: Whole, counts: Whole) -> Whole:
    """All of them at once; equal remainders go to the importer whose number comes first as text."""
    by_text = sorted(range(IMPORTERS), key=str)
    ranks = np.empty(IMPORTERS, dtype=np.int64)
    ranks[by_text] = np.arange(IMPORTERS)
    return split_each(amounts, weights, counts, ranks=np.tile(ranks, len(counts)))


def ways(size: int) -> Ways:
    """The same amounts, the plain way at fewer of them."""
    rows = amounts(size)
    few = rows[: max(1, PLAIN // IMPORTERS)]
    given = columns(rows)

    def at_once() -> None:
        ours(*given)

    def plain() -> None:
        for amount, weights in few:
            plain_split(amount, weights)

    def limit() -> None:
        totals, weights, counts = given
        sums = np.add.reduceat(weights, np.cumsum(counts) - counts)
        _ = weights * np.repeat(totals, counts) // np.repeat(sums, counts)

    cells = len(rows) * IMPORTERS
    return {
        "ours": Way(at_once, cells),
        "plain": Way(plain, len(few) * IMPORTERS),
        "limit": Way(limit, cells),
    }
