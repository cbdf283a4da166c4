"""A year's obligations settled in batches: currency bought, its cost and every fee shared back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_FLOOR, Decimal, localcontext

import numpy as np

from benchmarks.rows.exact_shares import plain_split
from benchmarks.ways import Way, Ways
from core.domain.many_shares import Whole
from core.domain.shares import lot_drawn
from fx_settlement.domain.batch_shares import (
    Owed,
    Paid,
    WireFee,
    parts_of_cost,
    parts_of_fees,
)
from fx_settlement.domain.conversion import ConvertedAmount, convert
from fx_settlement.domain.fees import Fee

BATCHES, IMPORTERS, SUPPLIERS = 32, 5_000, 60
PLAIN = 20_000
MID, ALL_IN = Decimal("7.1234567891"), Decimal("7.1590740730")
WIRE = Fee(percent=Decimal("0.1"), minimum_minor=5_000, maximum_minor=100_000, fixed_minor=15_000)


@dataclass(frozen=True)
class Payables:
    """Obligations in columns: id, batch, importer, supplier's wire, signed cents."""

    obligations: Whole
    batches: Whole
    importers: Whole
    wires: Whole
    amounts: Whole


@dataclass(frozen=True)
class Settled:
    """What each obligation cost in fen: its currency, of which the bank's margin, and its fee."""

    cost: Whole
    margin: Whole
    fee: Whole


def payables(count: int) -> Payables:
    """Obligations of sellers of every size; one in thirty is a credit note."""
    draw = np.random.default_rng(9)
    batches = draw.integers(0, BATCHES, count)
    amounts = 100 + (draw.pareto(1.3, count) * 20_000).astype(np.int64) % 5_000_000
    amounts[draw.random(count) < 1 / 30] *= -1
    return Payables(
        obligations=np.arange(1, count + 1),
        batches=batches,
        importers=draw.integers(1, max(2, min(IMPORTERS, count // 20)), count),
        wires=batches * SUPPLIERS + draw.integers(0, SUPPLIERS, count),
        amounts=np.abs(amounts) if count < PLAIN else amounts,
    )


def bought(amounts: Whole) -> ConvertedAmount:
    """What a batch's currency costs."""
    return convert(int(amounts.sum()), base="USD", quote="CNY", mid=MID, all_in=ALL_IN)


def fees_of(wires: Whole, costs: Whole) -> dict[int, WireFee]:
    """What each wire costs, by what was paid through it."""
    first = int(wires.min())
    paid = np.zeros(int(wires.max()) - first + 1, dtype=np.int64)
    np.add.at(paid, wires - first, costs)
    return {wire: WireFee(WIRE.of(minor), WIRE) for wire, minor in enumerate(paid.tolist(), first)}


def ours(given: Payables) -> Settled:
    """The product's own shares, batch by batch, in the order in which obligations were given."""
    order = np.argsort(given.batches.astype(np.uint8), kind="stable")
    cells = np.split(order, np.cumsum(np.bincount(given.batches, minlength=BATCHES))[:-1])
    found = Settled(*(np.empty_like(given.amounts) for _ in range(3)))
    for number, own in enumerate(cells):
        if len(own):
            _settle(given, own, f"SB-{number}", found)
    return found


def _settle(given: Payables, own: Whole, batch: str, found: Settled) -> None:
    obligations, importers, wires, amounts = (
        column[own] for column in (given.obligations, given.importers, given.wires, given.amounts)
    )
    deal = bought(amounts)
    owed = Owed(obligations, importers, amounts)
    cost = parts_of_cost(deal.cost_minor, owed, batch=batch).by_obligation
    found.cost[own] = cost
    found.margin[own] = parts_of_cost(deal.markup_minor, owed, batch=batch).by_obligation
    paid = Paid(obligations, importers, wires, amounts, cost)
    found.fee[own] = parts_of_fees(fees_of(wires, cost), paid, batch=batch)


def plain(given: Payables) -> Settled:
    """The same as a loop of Decimal quotas, obligation by obligation."""
    rows = list(zip(*(getattr(given, field.name).tolist() for field in fields(given)), strict=True))
    cost: dict[int, int] = {}
    margin: dict[int, int] = {}
    fee: dict[int, int] = {}
    for number in range(BATCHES):
        own = [row for row in rows if row[1] == number]
        if own:
            deal = bought(np.array([row[4] for row in own]))
            cost |= _plain_cost(own, deal.cost_minor, f"SB-{number}")
            margin |= _plain_cost(own, deal.markup_minor, f"SB-{number}")
            fee |= _plain_fees(own, cost)
    return Settled(*(np.array([each[row[0]] for row in rows]) for each in (cost, margin, fee)))


Row = tuple[int, int, int, int, int]


def _plain_cost(rows: list[Row], minor: int, batch: str) -> dict[int, int]:
    """A cost over importers, then each one's part over its obligations."""
    owed: dict[int, dict[int, int]] = {}
    for obligation, _, importer, _, cents in rows:
        owed.setdefault(importer, {})[obligation] = cents
    with localcontext(prec=40):
        rate = Decimal(minor) / sum(row[4] for row in rows)
        nets = {importer: sum(own.values()) * rate for importer, own in owed.items()}
        shares = _nearest(minor, nets, batch)
        found: dict[int, int] = {}
        for importer, own in owed.items():
            quotas = {obligation: cents * rate for obligation, cents in own.items()}
            found |= _nearest(shares[importer], quotas, batch)
    return found


def _nearest(total: int, quotas: Mapping[int, Decimal], batch: str = "") -> dict[int, int]:
    """Largest remainders; equal ones by quota, then by lot; below zero as the mirror image."""
    if total < 0:
        mirrored = _nearest(-total, {key: -quota for key, quota in quotas.items()}, batch)
        return {key: -share for key, share in mirrored.items()}
    shares = {key: int(quota.to_integral_value(ROUND_FLOOR)) for key, quota in quotas.items()}
    order = sorted(
        quotas, key=lambda key: (shares[key] - quotas[key], -quotas[key], lot_drawn(batch, key))
    )
    for key in order[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def _plain_fees(rows: list[Row], cost: Mapping[int, int]) -> dict[int, int]:
    """Each wire's fee over its importers by what they owe, none above a wire of its own."""
    by_wire: dict[int, dict[int, dict[int, int]]] = {}
    for obligation, _, importer, wire, cents in rows:
        by_wire.setdefault(wire, {}).setdefault(importer, {})[obligation] = cents
    found: dict[int, int] = {}
    batch = f"SB-{rows[0][1]}"
    for owed in by_wire.values():
        paid = {each: sum(cost[key] for key in own) for each, own in owed.items()}
        drawn = {f"{lot_drawn(batch, each)}|{each}": each for each in owed}
        weights = {key: max(0, sum(owed[each].values())) for key, each in drawn.items()}
        caps = {key: WIRE.at_most(paid[each]) for key, each in drawn.items()}
        for key, minor in _capped(WIRE.of(sum(paid.values())), weights, caps).items():
            parts = {obligation: max(0, cents) for obligation, cents in owed[drawn[key]].items()}
            found |= plain_split(minor, parts) if minor else dict.fromkeys(parts, 0)
    return found


def _capped(minor: int, weights: Mapping[str, int], caps: Mapping[str, int]) -> dict[str, int]:
    shares = dict.fromkeys(weights, 0)
    while left := minor - sum(shares.values()):
        room = {key: weight for key, weight in weights.items() if shares[key] < caps[key]}
        for key, more in plain_split(left, room).items():
            shares[key] += min(more, caps[key] - shares[key])
    return shares


def limit(given: Payables) -> Whole:
    """One multiplication and one floor division per obligation, over 64 bits or not."""
    totals = np.zeros(BATCHES, dtype=np.int64)
    np.add.at(totals, given.batches, given.amounts)
    costs = totals * 7
    rounded: Whole = given.amounts * costs[given.batches] // totals[given.batches]
    return rounded


def ways(size: int) -> Ways:
    """The same obligations, the plain way at fewer of them."""
    given, few = payables(size), payables(min(size, PLAIN))

    def run(settle: Callable[[Payables], object], rows: Payables) -> Callable[[], None]:
        def settled() -> None:
            settle(rows)

        return settled

    return {
        "ours": Way(run(ours, given), size),
        "plain": Way(run(plain, few), len(few.amounts)),
        "limit": Way(run(limit, given), size),
    }
