"""The count at the warehouse door: every announced unit is good, damaged, held back or short."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.errors import Refusal


class NotAnnounced(Refusal):
    """Raised when goods are counted that the consignment does not carry."""

    code = "not-announced"
    reason = "Order line {order_line} is not on this consignment."
    remedy = "Count only what the consignment lists; receive other goods with their own papers."


class CountDoesNotAddUp(Refusal):
    """Raised when good, damaged and short units differ from what was announced."""

    code = "count-does-not-add-up"
    reason = "Order line {order_line}: {announced} units were announced, {counted} are counted."
    remedy = "Count again; write missing units as short, broken ones as damaged, more as over."


class NegativeCount(Refusal):
    """Raised when a counted number is below zero."""

    code = "negative-count"
    reason = "Order line {order_line}: a count of {units} units is not possible."
    remedy = "Write whole units of zero or more."


@dataclass(frozen=True)
class ReceivedLine:
    """Units of one supplier's lot as counted. An order line may come in several lots.

    ``expires_on`` is the last day of use; None for goods that do not expire.
    """

    order_line_id: int
    good: int
    damaged: int
    short: int
    lot_no: str
    produced_on: date | None = None
    expires_on: date | None = None
    quarantined: int = 0
    over: int = 0

    @property
    def booked(self) -> int:
        """Units that were announced and came: what the account book carries from now on."""
        return self.good + self.damaged + self.quarantined

    @property
    def arrived(self) -> int:
        """Units that came through the door, those over and above included."""
        return self.booked + self.over

    @property
    def held_back(self) -> int:
        """Units that go to quarantine."""
        return self.damaged + self.quarantined + self.over

    @property
    def expected(self) -> int:
        """Units that were announced."""
        return self.booked + self.short


def check_count(announced: Mapping[int, int], lines: Sequence[ReceivedLine]) -> None:
    """Refuse a count that does not account for every announced unit of every order line.

    Raises:
        NegativeCount, NotAnnounced, CountDoesNotAddUp: the first fault found.
    """
    counted: Counter[int] = Counter()
    for line in lines:
        lowest = min(line.good, line.damaged, line.short, line.quarantined, line.over)
        if lowest < 0:
            raise NegativeCount(order_line=line.order_line_id, units=lowest)
        if line.order_line_id not in announced:
            raise NotAnnounced(order_line=line.order_line_id)
        counted[line.order_line_id] += line.expected
    for order_line_id, units in announced.items():
        if counted[order_line_id] != units:
            raise CountDoesNotAddUp(
                order_line=order_line_id, announced=units, counted=counted[order_line_id]
            )
