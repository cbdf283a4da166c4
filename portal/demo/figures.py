"""The figures of a finished year, as printed and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.domain.trade import from_minor
from fx_settlement.domain.statement import Component, PoolSummary, Statement
from imports.domain.tariffs import RowUsed, worst_trust
from portal.demo.journal import Journal

SIMULATED = (
    "Demand: totals derived from a data package whose authors describe it as simulated,",
    "  times {scale}, because the package covers few households. A sample of the orders is played,",
    "  so scores of plans and suggestions, which compare plans with it, are near nothing.",
    "Parties, products, brands, identity numbers and addresses: invented.",
    "Supplier prices, tiers, packs, minimums, lead times, days at sea, retail prices: assumed.",
    "Receipts (one short, one damaged), orders, payments, waybills, deposits, scans: simulated.",
    "Answers of customs: simulated. Nothing was sent to any authority.",
    "Bank quotes: the ECB reference rate of the day and a published margin; no bank was asked.",
    "Costs: {rows} tariff and fee rows, {stale} older than 24 months, worst trust “{trust}”;",
    "  several stand in for lanes without a published price. Statements list every row.",
)
"""What is not real in the demonstration, said wherever its figures are shown."""


@dataclass(frozen=True)
class SignIn:
    """A user of the demonstration; the password is random and shown once."""

    role: str
    username: str
    password: str


@dataclass
class Figures:
    """Counts and money of the year; money as decimal strings, in CNY."""

    importers: int = 0
    products: int = 0
    suppliers: int = 0
    forecast_lines: int = 0
    purchase_orders: int = 0
    receipts: int = 0
    allocations: int = 0
    obligations: int = 0
    payments: int = 0
    declarations: int = 0
    codes: int = 0
    facts: int = 0
    pooled_cost_cny: str = "0.00"
    standalone_cost_cny: str = "0.00"
    unallocated_minor_units: int = 0
    invariants_checked: int = 0
    invariants_broken: int = 0
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain data under the documented keys."""
        return asdict(self)


@dataclass
class Outcome:
    """Everything that the end of a year has to tell."""

    year: int
    seed: int
    scale: int
    figures: Figures
    stages: list[str] = field(default_factory=list)
    saving: list[str] = field(default_factory=list)
    simulated: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    code: str = ""

    def as_json(self) -> dict[str, Any]:
        """What the marker keeps for the next start."""
        return asdict(self)


def outcome_from(kept: Mapping[str, Any]) -> Outcome:
    """The outcome that an earlier run kept."""
    return Outcome(**{**kept, "figures": Figures(**kept["figures"])})


def simulated_lines(scale: int, rows: Sequence[RowUsed]) -> list[str]:
    """The list of what is simulated or assumed, with its numbers."""
    trust = worst_trust(row.trust for row in rows)
    stale = sum(row.is_stale for row in rows)
    return [
        line.format(scale=scale, rows=len(rows), stale=stale, trust=trust) for line in SIMULATED
    ]


def money(minor: int) -> str:
    """Fen as a decimal string in CNY."""
    return str(from_minor(minor, "CNY"))


def saving_lines(statements: Sequence[Statement], summary: PoolSummary) -> list[str]:
    """The year pooled beside the same year alone, component by component, with its range."""
    lines = [f"{'CNY, all importers':<22}{'pooled':>16}{'alone':>16}{'saving':>16}"]
    for component in Component:
        pooled = sum(each.line(component).pooled_minor for each in statements)
        alone = sum(each.line(component).alone_minor for each in statements)
        lines.append(_line(component.value.replace("-", " "), pooled, alone))
    lines.append(_line("total", summary.pooled_minor, summary.alone.minor))
    low = summary.alone.low - summary.pooled_minor
    high = summary.alone.high - summary.pooled_minor
    share = summary.saving_minor * 1000 // max(1, summary.alone.minor)
    lines.append(
        f"Saving {share / 10:.1f} % of the cost alone; from {low / 100:,.2f} to {high / 100:,.2f} "
        "at the ends of the tariffs' ranges. Of it:"
    )
    lines.append(f"  minimum charges avoided {summary.minimum_charges_minor / 100:>16,.2f}")
    lines.append(f"  price tiers reached     {summary.price_tiers_minor / 100:>16,.2f}")
    return lines


def _line(name: str, pooled: int, alone: int) -> str:
    saved = alone - pooled
    return f"{name:<22}{pooled / 100:>16,.2f}{alone / 100:>16,.2f}{saved / 100:>16,.2f}"


def report(outcome: Outcome, journal: Journal | None, sign_ins: Sequence[SignIn]) -> list[str]:
    """The lines that the command prints."""
    stages = journal.table() if journal else outcome.stages
    lines = [f"Bondpool: the simulated pool year {outcome.year}", "", *stages, ""]
    lines += [*outcome.saving, "", "Simulated or assumed:"]
    lines += [f"  {line}" for line in outcome.simulated]
    checked, broken = outcome.figures.invariants_checked, outcome.figures.invariants_broken
    lines += ["", f"Laws of the books: {checked} checked, {broken} broken."]
    lines += [f"  BROKEN {line}" for line in outcome.broken]
    if sign_ins:
        lines += ["", "Sign-ins (random, shown this once):"]
        lines += [f"  {who.role:<9} {who.username:<14} {who.password}" for who in sign_ins]
    return lines
