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
class Entry:
    """A booked movement; ``amount`` is negative for a debit, in units of the currency."""

    amount: Decimal
    currency: str
    booked: str
    value_date: str
    references: dict[str, str]
    text: str = ""
    status: str = "BOOK"


@dataclass(frozen=True)
class BankStatement:
    """One statement of one account; balances are None where the bank gives none."""

    account: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    entries: tuple[Entry, ...]
    number: str = ""

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
