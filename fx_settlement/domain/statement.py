"""An importer's year in the pool beside the same year alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from imports.domain.tariffs import STALE_AFTER_MONTHS, RowUsed, Trust, worst_trust


class Component(StrEnum):
    """A line of a statement; each is the sum of the transfers made for one reason."""

    GOODS = "goods"
    FREIGHT = "freight"
    INSURANCE = "insurance"
    HANDLING = "handling"
    AGENCY = "agency"
    STORAGE = "storage"
    CURRENCY = "wires-and-conversion"
    OPERATOR_FEE = "operator-fee"
    LATE_CHARGES = "late-charges"


@dataclass(frozen=True)
class Amount:
    """Minor units with the range that assumptions leave open; ``low`` ≤ ``minor`` ≤ ``high``."""

    minor: int
    low: int
    high: int

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.minor + other.minor, self.low + other.low, self.high + other.high)


def known(minor: int) -> Amount:
    """An amount about which nothing is open."""
    return Amount(minor, minor, minor)


NOTHING = known(0)


@dataclass(frozen=True)
class StatementLine:
    """One component: what the ledger shows was paid, and what it would have cost alone."""

    component: Component
    pooled_minor: int
    alone_minor: int

    @property
    def saving_minor(self) -> int:
        """Alone less pooled; below zero where the pool costs more."""
        return self.alone_minor - self.pooled_minor


@dataclass(frozen=True)
class Reasons:
    """Where a saving comes from; each is part of it, none is added to it.

    ``minimum_charges_minor`` is what minima and fixed charges add alone, less the importer's part
    of the pool's; ``price_tiers_minor`` is the same units at the tier reached alone less the
    pool's tier; ``minimum_orders_minor`` is what packs and minimum orders leave over alone, less
    the importer's part of the pool's surplus. Each may be zero or negative.
    """

    minimum_charges_minor: int
    price_tiers_minor: int
    minimum_orders_minor: int


@dataclass(frozen=True)
class Statement:
    """One importer's year: component by component, pooled and alone, with every row used."""

    importer_code: str
    importer_name: str
    importer_name_zh: str
    is_simulated: bool
    year: int
    currency: str
    as_of: date
    units: int
    lines: tuple[StatementLine, ...]
    alone_low_minor: int
    alone_high_minor: int
    reasons: Reasons
    rows: tuple[RowUsed, ...]

    @property
    def pooled_minor(self) -> int:
        """What the pool cost, the operator's fee included."""
        return sum(line.pooled_minor for line in self.lines)

    @property
    def alone(self) -> Amount:
        """What the same units in the same rounds would have cost alone."""
        likely = sum(line.alone_minor for line in self.lines)
        return Amount(likely, self.alone_low_minor, self.alone_high_minor)

    @property
    def saving(self) -> Amount:
        """Alone less pooled, with the range that assumed and spread prices leave open."""
        alone, pooled = self.alone, self.pooled_minor
        return Amount(alone.minor - pooled, alone.low - pooled, alone.high - pooled)

    @property
    def trust(self) -> Trust:
        """The trust of the worst row used."""
        return worst_trust(row.trust for row in self.rows)

    @property
    def old_rows(self) -> tuple[RowUsed, ...]:
        """Rows more than 24 months old on the day of the statement: read them with care."""
        return tuple(row for row in self.rows if row.is_stale)

    def line(self, component: Component) -> StatementLine:
        """The line of a component; a component without transfers is a line of zeros."""
        found = (line for line in self.lines if line.component is component)
        return next(found, StatementLine(component, 0, 0))


@dataclass(frozen=True)
class PoolSummary:
    """All importers of a pool together, and whether every fen found its owner."""

    importers: int
    units: int
    pooled_minor: int
    alone: Amount
    operator_fee_minor: int
    minimum_charges_minor: int
    price_tiers_minor: int
    unallocated_minor_units: int

    @property
    def saving_minor(self) -> int:
        """Alone less pooled over all importers."""
        return self.alone.minor - self.pooled_minor


def is_old(priced_on: date, on: date) -> bool:
    """Whether a row priced on one day is more than 24 months old on another."""
    months = (on.year - priced_on.year) * 12 + on.month - priced_on.month
    return months > STALE_AFTER_MONTHS or (months == STALE_AFTER_MONTHS and on.day > priced_on.day)


def rows_once(rows: Iterable[RowUsed]) -> tuple[RowUsed, ...]:
    """Each row once, by key, as it was trusted least: a proxy, or past its age, if it ever was."""
    found: dict[str, RowUsed] = {}
    for row in rows:
        known = found.setdefault(row.key, row)
        found[row.key] = replace(
            max(known, row, key=lambda each: list(Trust).index(each.trust)),
            is_stale=known.is_stale or row.is_stale,
        )
    return tuple(sorted(found.values(), key=lambda row: row.key))


def summarise(statements: Sequence[Statement], *, unallocated_minor_units: int) -> PoolSummary:
    """Totals over the statements of a pool's importers."""
    return PoolSummary(
        importers=len(statements),
        units=sum(each.units for each in statements),
        pooled_minor=sum(each.pooled_minor for each in statements),
        alone=sum((each.alone for each in statements), NOTHING),
        operator_fee_minor=sum(
            each.line(Component.OPERATOR_FEE).pooled_minor for each in statements
        ),
        minimum_charges_minor=sum(each.reasons.minimum_charges_minor for each in statements),
        price_tiers_minor=sum(each.reasons.price_tiers_minor for each in statements),
        unallocated_minor_units=unallocated_minor_units,
    )
