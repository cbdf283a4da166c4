"""What a moving rate costs or saves on a payable, before and when it is paid."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from fx_settlement.domain.conversion import converted_minor

K = TypeVar("K", bound=Hashable)


def difference_minor(
    foreign_minor: int, *, base: str, quote: str, booked: Decimal, now: Decimal
) -> int:
    """What a payable costs more now than when it was booked; a loss is positive, a gain negative.

    Both sides are rounded as they would be booked. Unrealised at a closing rate, and reversed the
    next day; realised at the rate that was paid. Source: IAS 21, paragraphs 21 to 28.
    """
    before = converted_minor(foreign_minor, base=base, quote=quote, rate=booked)
    return converted_minor(foreign_minor, base=base, quote=quote, rate=now) - before


@dataclass(frozen=True)
class Payable(Generic[K]):
    """Something owed, booked at a rate; ``cost_minor`` is what it cost at the mid, once bought."""

    key: K
    currency: str
    amount_minor: int
    booked: Decimal
    cost_minor: int | None = None


@dataclass(frozen=True)
class Difference:
    """A month's end of somebody's payables in one currency, in home minor units but the first.

    ``realised_minor`` belongs to what was bought in the month; the rest to what is still open.
    Above zero is a loss.
    """

    open_minor: int = 0
    booked_minor: int = 0
    closing_minor: int = 0
    realised_minor: int = 0

    def __add__(self, other: "Difference") -> "Difference":
        return Difference(
            self.open_minor + other.open_minor,
            self.booked_minor + other.booked_minor,
            self.closing_minor + other.closing_minor,
            self.realised_minor + other.realised_minor,
        )

    @property
    def unrealised_minor(self) -> int:
        """What the open payables cost more at the closing rate than as booked."""
        return self.closing_minor - self.booked_minor


def differences(
    payables: Iterable[Payable[K]], *, home: str, closing: Mapping[str, Decimal]
) -> dict[K, Difference]:
    """Differences by key, at the closing rates of their currencies."""
    found: dict[K, Difference] = {}
    for each in payables:
        found[each.key] = found.get(each.key, Difference()) + _difference(each, home, closing)
    return found


def _difference(each: Payable[K], home: str, closing: Mapping[str, Decimal]) -> Difference:
    booked = converted_minor(each.amount_minor, base=each.currency, quote=home, rate=each.booked)
    if each.cost_minor is not None:
        return Difference(realised_minor=each.cost_minor - booked)
    rate = closing[each.currency]
    now = converted_minor(each.amount_minor, base=each.currency, quote=home, rate=rate)
    return Difference(each.amount_minor, booked, now)
