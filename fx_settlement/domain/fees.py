"""What banks and the operator charge, from dated rows of published schedules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext

from core.domain.errors import Refusal
from core.domain.trade import round_half_up


class NoFeeInForce(Refusal):
    """Raised when no row of a fee schedule is in force on a day."""

    code = "no-fee-in-force"
    reason = "No {kind} fee for {currency} is in force on {on}."
    remedy = "Load the bank's schedule that covers that day."


@dataclass(frozen=True)
class Bracket:
    """A marginal rate that applies to the part of an amount from ``from_minor`` upwards."""

    from_minor: int
    percent: Decimal

    @classmethod
    def parse(cls, text: str) -> "Bracket":
        """A bracket from ``from:percent``."""
        start, percent = text.split(":")
        return cls(int(start), Decimal(percent))


@dataclass(frozen=True)
class Fee:
    """How a fee follows from an amount: a percentage between bounds, and a fixed part.

    Without brackets the percentage is flat; with brackets each part of the amount bears the
    rate of its own bracket. Bounds apply before the fixed part (a cable charge) is added.
    """

    percent: Decimal = Decimal(0)
    minimum_minor: int = 0
    maximum_minor: int | None = None
    fixed_minor: int = 0
    brackets: tuple[Bracket, ...] = ()

    def exact(self, amount_minor: int) -> Decimal:
        """The fee before rounding, in minor units; nothing is charged on nothing."""
        if amount_minor <= 0:
            return Decimal(0)
        return self._bounded(self._proportional(amount_minor)) + self.fixed_minor

    def of(self, amount_minor: int) -> int:
        """The fee in minor units, halves up."""
        return round_half_up(self.exact(amount_minor))

    def at_most(self, amount_minor: int) -> int:
        """The fee rounded up: a cap that a shared fee, itself rounded, always fits under."""
        return int(self.exact(amount_minor).to_integral_value(rounding=ROUND_CEILING))

    def minimum_excess(self, amount_minor: int) -> int:
        """How much of the fee is owed to its minimum and fixed part rather than to the amount."""
        if amount_minor <= 0:
            return 0
        bounded = self._bounded(self._proportional(amount_minor))
        by_rate = min(self._proportional(amount_minor), bounded)
        return self.of(amount_minor) - round_half_up(by_rate)

    def _bounded(self, fee: Decimal) -> Decimal:
        bounded = max(fee, Decimal(self.minimum_minor))
        return bounded if self.maximum_minor is None else min(bounded, Decimal(self.maximum_minor))

    def _proportional(self, amount_minor: int) -> Decimal:
        with localcontext(prec=34):
            if not self.brackets:
                return amount_minor * self.percent / 100
            ends = [bracket.from_minor for bracket in self.brackets[1:]] + [amount_minor]
            parts = (
                max(0, min(end, amount_minor) - bracket.from_minor) * bracket.percent / 100
                for bracket, end in zip(self.brackets, ends, strict=True)
            )
            return sum(parts, Decimal(0))


@dataclass(frozen=True)
class FeeRule:
    """One dated row of a schedule: what is charged, in which currency, since when."""

    key: str
    kind: str
    currency: str
    valid_from: date
    fee: Fee


def in_force(rules: Iterable[FeeRule], *, kind: str, currency: str, on: date) -> FeeRule:
    """The newest row of a kind that has begun by ``on``; a currency's own row wins over “any”.

    Raises:
        NoFeeInForce: no row has begun.
    """
    begun = [
        rule
        for rule in rules
        if rule.kind == kind and rule.currency in (currency, "") and rule.valid_from <= on
    ]
    if not begun:
        raise NoFeeInForce(kind=kind, currency=currency, on=on.isoformat())
    return max(begun, key=lambda rule: (bool(rule.currency), rule.valid_from, rule.key))


def operator_fee(
    *, goods_minor: int, saving_minor: int, percent_of_goods: Decimal, share_of_saving: Decimal
) -> int:
    """The operator's fee: a percentage of the goods, never above a share of what the pool saves.

    ``saving_minor`` is alone less pooled before the fee; without a saving there is no fee, so
    nobody ever pays more than alone. ``share_of_saving`` is in per cent, at most 100.
    """
    if saving_minor <= 0 or goods_minor <= 0:
        return 0
    with localcontext(prec=34):
        wanted = (goods_minor * percent_of_goods / 100).to_integral_value(rounding=ROUND_HALF_UP)
        ceiling = int(saving_minor * min(share_of_saving, Decimal(100)) / 100)
    return min(int(wanted), ceiling)


def deposit_minor(cost_minor: int, buffer_percent: Decimal) -> int:
    """What must be on account for a cost, with a buffer for the rate moving against it; upwards."""
    with localcontext(prec=34):
        return int(
            (cost_minor * (1 + buffer_percent / 100)).to_integral_value(rounding=ROUND_CEILING)
        )
