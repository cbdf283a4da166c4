"""Orders of many products shared among all importers, beside the same with pandas."""

import numpy as np
import pandas as pd

from benchmarks.rows.round_shares import PACK, Cells, Shared, ways_beside
from benchmarks.ways import Ways


def plain(given: Cells) -> Shared:
    """Grouped transforms of 64-bit columns; ranks of remainders say who gets a unit left over."""
    frame = pd.DataFrame(
        {
            "product": np.repeat(np.arange(len(given.counts)), given.counts),
            "asked": given.asked,
            "tolerance": given.tolerances,
        }
    )
    total, room = (
        frame.groupby("product")[name].transform("sum") for name in ("asked", "tolerance")
    )
    bought = -(-total // PACK) * PACK
    taken = (bought - total).clip(upper=room)
    units = frame.asked + _split(frame["product"], taken, frame.tolerance)
    weights = units * total + (bought - total - taken) * frame.asked
    amounts = bought * np.repeat(given.prices, given.counts)
    return Shared(units.to_numpy(), _split(frame["product"], amounts, weights).to_numpy())


def _split(
    groups: "pd.Series[int]", amounts: "pd.Series[int]", weights: "pd.Series[int]"
) -> "pd.Series[int]":
    totals = weights.groupby(groups).transform("sum").clip(lower=1)
    shares, remainders = weights * amounts // totals, weights * amounts % totals
    left = amounts - shares.groupby(groups).transform("sum")
    places = remainders.groupby(groups).rank(method="first", ascending=False)
    return shares + (places <= left)


def ways(size: int) -> Ways:
    """All of them at the same size."""
    return ways_beside(plain, size, size)
