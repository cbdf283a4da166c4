"""What an importer's documents were paid at: the benchmark, the rate, the drift, and the fee.

A drift of the rate is luck, not saving: the two are never added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fx_settlement.domain.conversion import converted_minor

HOME = "CNY"


@dataclass(frozen=True)
class PaidDocument:
    """One invoice or credit note whose currency was bought; amounts signed, fen unless told.

    ``benchmark_rate`` is the mid of the order's day, ``mid`` that of the conversion, ``all_in``
    the rate dealt: 1 unit of the currency = rate CNY.
    """

    obligation_id: int
    kind: str
    order: str
    supplier: str
    currency: str
    amount_minor: int
    benchmark_rate: Decimal
    benchmark_on: date
    mid: Decimal
    mid_on: date
    all_in: Decimal
    provider: str
    cny_minor: int
    margin_minor: int
    fee_minor: int
    batch_id: int
    batch: str
    wire_id: int | None
    wire: str | None
    settled_on: date | None
    entry_number: str

    @property
    def at_benchmark_minor(self) -> int:
        """What it would have cost at the mid of the order's day."""
        return converted_minor(
            self.amount_minor, base=self.currency, quote=HOME, rate=self.benchmark_rate
        )

    @property
    def drift_minor(self) -> int:
        """By how much the mid moved between order and conversion; above zero it became dearer."""
        return self.cny_minor - self.margin_minor - self.at_benchmark_minor


@dataclass(frozen=True)
class OwnWire:
    """An importer's part of one wire beside a wire of its own for the same documents, in fen."""

    wire: str
    supplier: str
    settled_on: date | None
    documents: int
    cost_minor: int
    fee_minor: int
    alone_minor: int

    @property
    def saved_minor(self) -> int:
        """What the common wire spared; never below zero, as shares are capped."""
        return self.alone_minor - self.fee_minor


@dataclass(frozen=True)
class PaidTotals:
    """Sums over documents and wires: the certain saving and the drift, apart from each other."""

    cny_minor: int
    margin_minor: int
    fee_minor: int
    fee_saved_minor: int
    drift_minor: int


def totals(documents: Iterable[PaidDocument], wires: Iterable[OwnWire]) -> PaidTotals:
    """The sums of a year."""
    rows = list(documents)
    return PaidTotals(
        cny_minor=sum(row.cny_minor for row in rows),
        margin_minor=sum(row.margin_minor for row in rows),
        fee_minor=sum(row.fee_minor for row in rows),
        fee_saved_minor=sum(wire.saved_minor for wire in wires),
        drift_minor=sum(row.drift_minor for row in rows),
    )
