"""What an importer's share of a round is made of, and the proof that it is not above alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from imports.domain.tariffs import RowUsed, Trust, worst_trust


@dataclass(frozen=True)
class CertificateLine:
    """A product of the share: asked, held and paid in the pool, and bought alone; fen."""

    sku: str
    name: str
    name_zh: str
    asked_units: int
    units: int
    paid_minor: int
    alone_supplier: str
    alone_units: int
    alone_minor: int

    @property
    def saved_minor(self) -> int:
        """What the product costs less than alone; negative where another line makes up for it."""
        return self.alone_minor - self.paid_minor


@dataclass(frozen=True)
class OrderSum:
    """An order of the round beside the sum of its shares, in its currency."""

    number: str
    supplier: str
    currency: str
    total_minor: int
    shares_minor: int

    @property
    def adds_up(self) -> bool:
        """Whether not one minor unit is lost or made."""
        return self.total_minor == self.shares_minor


@dataclass(frozen=True)
class RateUsed:
    """CNY for one unit of a currency, and the day it was fixed."""

    currency: str
    rate: Decimal
    on: date


@dataclass(frozen=True)
class Carriage:
    """An estimate of moving the goods, in fen, at the tariffs of a day: in the pool and alone."""

    pooled_minor: int
    alone_minor: int
    alone_low_minor: int
    alone_high_minor: int
    rows: tuple[RowUsed, ...]

    @property
    def trust(self) -> Trust:
        """The trust of the worst row."""
        return worst_trust(row.trust for row in self.rows)


@dataclass(frozen=True)
class Certificate:
    """An importer's share of a round: counterfactual, rule, assumptions, and sum check."""

    importer: str
    importer_zh: str
    code: str
    first_month: date
    last_month: date
    planned_on: date
    equal_price_percent: int
    cost_minor: int
    alone_minor: int
    lines: Sequence[CertificateLine]
    orders: Sequence[OrderSum]
    rates: Sequence[RateUsed]
    carriage: Carriage | None

    @property
    def saved_minor(self) -> int:
        """What the importer saves on the goods."""
        return self.alone_minor - self.cost_minor

    @property
    def share_saved(self) -> Decimal:
        """The saving as a part of the cost alone."""
        return Decimal(self.saved_minor) / self.alone_minor if self.alone_minor else Decimal(0)

    @property
    def adds_up(self) -> bool:
        """Whether every order is the sum of its shares."""
        return all(each.adds_up for each in self.orders)
