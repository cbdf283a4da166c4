"""How long goods may stay in the zone, and how soon that ends."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

WARN_DAYS = 90


def term_ends_on(received_on: date, months: int) -> date:
    """The last day of a storage term of whole months; the month's last day where it is shorter.

    Source: customs' rules of bonded warehouses (one year) and logistics centres (two years), each
    of which may be extended on application.
    """
    year, month = divmod(received_on.month - 1 + months, 12)
    year, month = received_on.year + year, month + 1
    return date(year, month, min(received_on.day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class Term:
    """The storage term of one lot on a day."""

    ends_on: date
    on: date

    @property
    def days_left(self) -> int:
        """Days until the term ends; below zero once it has."""
        return (self.ends_on - self.on).days

    @property
    def is_pressing(self) -> bool:
        """Whether somebody should decide now: extend, return abroad, or sell within the pool."""
        return self.days_left <= WARN_DAYS
