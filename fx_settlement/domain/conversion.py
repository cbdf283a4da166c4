"""Turning a fixed foreign amount into CNY, once per batch and currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from core.domain.trade import minor_units, round_half_up

RATE_STEP = Decimal("0.0000000001")
"""Rates are dealt and kept with ten decimals; the direction is always 1 base = rate quote."""

PRECISION = 34


@dataclass(frozen=True)
class ConvertedAmount:
    """What a conversion costs: the amount at the mid rate, and the bank's markup on top."""

    cost_minor: int
    at_mid_minor: int

    @property
    def markup_minor(self) -> int:
        """The part of the cost that is the bank's markup."""
        return self.cost_minor - self.at_mid_minor


def dealt(rate: Decimal) -> Decimal:
    """A rate with the ten decimals it is dealt with, halves up."""
    with localcontext(prec=PRECISION):
        return rate.quantize(RATE_STEP, rounding=ROUND_HALF_UP)


def all_in_rate(mid: Decimal, markup_percent: Decimal) -> Decimal:
    """The rate the bank deals at: the mid rate and its markup, dearer for the buyer."""
    with localcontext(prec=PRECISION):
        return dealt(mid * (1 + markup_percent / 100))


def markup_bps(mid: Decimal, all_in: Decimal) -> Decimal:
    """How far a rate lies above the mid, in basis points of it with two decimals."""
    with localcontext(prec=PRECISION):
        return ((all_in / mid - 1) * 10_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def converted_minor(base_minor: int, *, base: str, quote: str, rate: Decimal) -> int:
    """Cost in the quote currency's minor units of a fixed base amount, halves up.

    ``rate`` reads 1 base = rate quote; an inverse rate is never used (EC 1103/97, article 4(3)).
    """
    with localcontext(prec=PRECISION):
        amount = Decimal(base_minor).scaleb(-minor_units(base)) * rate
        return round_half_up(amount.scaleb(minor_units(quote)))


def convert(
    base_minor: int, *, base: str, quote: str, mid: Decimal, all_in: Decimal
) -> ConvertedAmount:
    """What a fixed foreign amount costs at the dealt rate, with the mid beside it."""
    return ConvertedAmount(
        cost_minor=converted_minor(base_minor, base=base, quote=quote, rate=all_in),
        at_mid_minor=converted_minor(base_minor, base=base, quote=quote, rate=mid),
    )
