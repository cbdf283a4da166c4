"""Banks' statements as read: balances, signed entries, and whether they tie exactly."""

from dataclasses import dataclass
from decimal import Decimal

from core.domain.errors import Refusal


class UnreadableStatement(Refusal):
    """Raised for a file that is no statement, or says something that cannot be counted."""

    code = "unreadable-statement"
    reason = "The file is no bank statement that can be read: {why}."
    remedy = "Send camt.053, camt.054 or MT940 as the bank issued it."


@dataclass(frozen=True)
class Part:
    """One of several payments that a bank booked as one movement."""

    amount: Decimal
    references: dict[str, str]
    text: str = ""


@dataclass(frozen=True)
class Entry:
    """A booked movement; ``amount`` is negative for a debit, in units of the currency.

    ``parts`` are the payments that it was booked for, where the bank names several and they add
    up to it exactly.
    """

    amount: Decimal
    currency: str
    booked: str
    value_date: str
    references: dict[str, str]
    text: str = ""
    status: str = "BOOK"
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class BankStatement:
    """One statement of one account; balances are None where the bank gives none.

    ``on`` is the day of the closing balance.
    """

    account: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    entries: tuple[Entry, ...]
    number: str = ""
    on: str = ""

    def difference(self) -> Decimal | None:
        """Closing less opening and booked movements; None without both balances."""
        if self.opening is None or self.closing is None:
            return None
        moved = sum((e.amount for e in self.entries if e.status == "BOOK"), Decimal(0))
        return self.closing - self.opening - moved

    def ties(self) -> bool | None:
        """Whether opening and movements make closing exactly; None where it cannot be said."""
        gap = self.difference()
        foreign = any(e.currency != self.currency for e in self.entries)
        return None if gap is None else gap == 0 and not foreign
