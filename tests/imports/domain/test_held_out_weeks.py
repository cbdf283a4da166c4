"""The suggestion beside the plain mean on weeks that neither had seen, of published data sets."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from imports.domain.suggestions import LEVELS, drift_between, suggest

HERE = Path(__file__).resolve().parents[1] / "data" / "quarters_by_store.csv"
ORANGE_JUICE = Path("/usr/lib/R/site-library/bayesm/data/orangeJuice.rda")
"""Where Debian's r-cran-bayesm puts it; ``BONDPOOL_ORANGE_JUICE`` names another place."""


def judged(by_period, seen_periods):
    """WAPE of the suggestion and of the plain mean, and how many outcomes fell into the band.

    ``by_period`` are units by store, product and period; the rest of the periods is held out.
    """
    periods = by_period.shape[2]
    sold = np.rint(by_period[:, :, :seen_periods].sum(axis=2)).astype(np.int64)
    half = seen_periods // 2
    early = by_period[:, :, :half].sum(axis=2)
    late = by_period[:, :, seen_periods - half : seen_periods].sum(axis=2)
    horizon = periods - seen_periods
    found = suggest(
        sold,
        periods=seen_periods,
        horizon=horizon,
        seen=sold > 0,
        drift=drift_between(early, late) if half else 0.0,
    )
    came = by_period[:, :, seen_periods:].sum(axis=2)
    drawn = np.array([came[each.importer, each.sku] for each in found])
    ours = np.array([each.mean_units for each in found])
    mean = np.array([each.sold_units for each in found]) * horizon / seen_periods
    low, high = (
        np.array([each.quantiles[LEVELS.index(level)] for each in found]) for level in (0.1, 0.9)
    )
    inside = ((low <= drawn) & (drawn <= high)).mean()
    missed = [float(np.abs(guess - drawn).sum() / drawn.sum()) for guess in (ours, mean)]
    return round(missed[0], 3), round(missed[1], 3), round(float(inside), 2)


@pytest.fixture(scope="module")
def quarters():
    with HERE.open(encoding="utf-8") as file:
        lines = (line for line in file if line[0].isdigit())
        rows = np.array([list(map(int, row)) for row in csv.reader(lines)])
    table = np.zeros((rows[:, 0].max() + 1, rows[:, 1].max() + 1, 4))
    table[rows[:, 0], rows[:, 1]] = rows[:, 2:]
    return table


@pytest.mark.parametrize(
    ("quarters_seen", "suggestion", "mean", "inside"),
    [(1, 0.966, 1.159, 0.72), (2, 0.941, 1.057, 0.9), (3, 1.04, 1.121, 0.92)],
)
def test_for_slow_movers_of_many_small_sellers_the_suggestion_beats_the_plain_mean(
    quarters, quarters_seen, suggestion, mean, inside
):
    """Cosmetics and nutrition of 199 stores: most pairs sell a unit or two in a quarter."""
    assert judged(quarters, quarters_seen) == (suggestion, mean, inside)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("weeks_seen", "weeks", "suggestion", "mean"), [(26, 52, 0.36, 0.36), (60, 112, 0.237, 0.237)]
)
def test_for_fast_movers_the_suggestion_is_the_plain_mean_and_its_band_holds(
    weeks_seen, weeks, suggestion, mean
):
    """Refrigerated orange juice in 83 stores, scanned; GPL, so it is read where it is installed."""
    path = Path(os.environ.get("BONDPOOL_ORANGE_JUICE", ORANGE_JUICE))
    if not path.exists():
        pytest.skip(f"{path} is absent: it comes with the Debian package r-cran-bayesm")
    rdata = pytest.importorskip("rdata", reason="the package rdata reads R's files")
    sold = rdata.read_rda(path)["orangeJuice"]["yx"]
    stores, brands = np.unique(sold["store"]), np.unique(sold["brand"])
    table = np.zeros((len(stores), len(brands), 121))
    week = sold["week"].to_numpy().astype(int) - 40
    places = np.searchsorted(stores, sold["store"]), np.searchsorted(brands, sold["brand"]), week
    np.add.at(table, places, np.exp(sold["logmove"].to_numpy()))

    found = judged(table[:, :, :weeks], weeks_seen)

    assert found[:2] == (suggestion, mean)
    assert 0.7 <= found[2] <= 0.9
