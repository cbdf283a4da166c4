"""The figures of a finished year, as printed and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.demo.journal import Journal

SIMULATED = (
    "Demand: monthly totals derived from a data package whose authors describe it as simulated.",
    "Scale: every store's demand is multiplied by {scale}; the sample covers few households.",
    "Parties, products, brands, identity numbers and addresses: invented.",
    "Supplier prices, tiers, packs, minimums, lead times and retail prices: assumed.",
    "Receipts (one short, one damaged), consumer orders, payments, waybills, scans: simulated.",
    "Answers of customs: simulated. Nothing was sent to any authority.",
    "Bank quotes: the ECB reference rate of the day with an assumed margin; no bank was asked.",
    "Freight and handling: {rows} tariff rows, worst trust “{trust}”.",
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


def simulated_lines(*, scale: int, rows: int, trust: str) -> list[str]:
    """The list of what is simulated or assumed, with its numbers."""
    return [line.format(scale=scale, rows=rows, trust=trust) for line in SIMULATED]


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
