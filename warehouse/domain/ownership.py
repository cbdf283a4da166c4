"""Selling stock that stays where it is: why, at what price, and who gets the proceeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from core.domain.errors import Refusal
from core.domain.shares import split_in_proportion


class NothingToTransfer(Refusal):
    """Raised when a transfer names no units, no second owner, or a price below zero."""

    code = "nothing-to-transfer"
    reason = "{units} units at {price_minor} minor units each cannot pass to that owner."
    remedy = "Give one unit or more, a price of zero or more, and another owner."


class Cause(StrEnum):
    """Why ownership passes."""

    SALE = "sale"
    UNUSED = "unused"
    LEAVING = "leaving"
    ABANDONED = "abandoned"


def check_sale(units: int, price_minor: int, *, is_same_owner: bool) -> None:
    """Refuse a sale of nothing, to oneself, or below zero.

    Raises:
        NothingToTransfer: as it says.
    """
    if units < 1 or price_minor < 0 or is_same_owner:
        raise NothingToTransfer(units=units, price_minor=price_minor)


def proceeds_of_buffer(amount_minor: int, asked: Mapping[int, int]) -> dict[int, int]:
    """Who is credited when the pool's surplus is sold: those who bore its cost, as they bore it.

    ``asked`` are the units that each importer asked of the order line.
    """
    shares = split_in_proportion(amount_minor, asked, tie_break=lambda importer_id: importer_id)
    return {importer_id: minor for importer_id, minor in shares.items() if minor}


@dataclass(frozen=True)
class Basis:
    """What one unit of a lot has cost its owner so far, exactly, in minor units."""

    landed: Fraction
    storage: Fraction = Fraction(0)

    def price_minor(self, discount_minor: int) -> int:
        """The price of a unit: cost so far less the discount, in whole units, never below zero.

        Rounded up, so that a seller never loses more than the discount.
        """
        exact = self.landed + self.storage - discount_minor
        return max(0, -(-exact.numerator // exact.denominator))
