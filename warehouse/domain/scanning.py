"""What a phone in the warehouse sends: which task, and the texts that were scanned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Refusal


class ScanIncomplete(Refusal):
    """Raised when a scan lacks a text that its task needs."""

    code = "scan-incomplete"
    reason = "“{field}” was not scanned."
    remedy = "Scan every field of the task, then send it again."


class UnitsNotWhole(Refusal):
    """Raised when the number typed with a scan is no whole number above nought."""

    code = "units-not-whole"
    reason = "“{value}” is not a number of units."
    remedy = "Type a whole number of one or more."


class Task(StrEnum):
    """What is being done with the phone."""

    RECEIVE = "receive"
    PUT_AWAY = "put_away"
    MOVE = "move"
    PICK = "pick"
    PACK = "pack"
    SHIP = "ship"


class Condition(StrEnum):
    """How scanned units arrived."""

    GOOD = "good"
    DAMAGED = "damaged"
    QUARANTINED = "quarantined"


FIELDS: dict[Task, tuple[str, ...]] = {
    Task.RECEIVE: ("consignment", "item", "units", "condition"),
    Task.PUT_AWAY: ("item", "target", "units"),
    Task.MOVE: ("source", "item", "target", "units"),
    Task.PICK: ("parcel", "source", "item", "units"),
    Task.PACK: ("parcel", "codes"),
    Task.SHIP: ("parcel",),
}
"""The texts of each task, in the order in which they are scanned."""

MAY_BE_EMPTY = frozenset({"codes", "units", "condition"})
MOST_UNITS = 1_000_000


@dataclass(frozen=True)
class Sent:
    """One scan: its key made by the phone, its task, its texts, and when it was made."""

    key: str
    task: Task
    texts: Mapping[str, str] = field(default_factory=dict)
    scanned_at: datetime | None = None

    def text(self, name: str) -> str:
        """A scanned text.

        Raises:
            ScanIncomplete: it is missing.
        """
        found = self.texts.get(name, "").strip()
        if not found and name not in MAY_BE_EMPTY:
            raise ScanIncomplete(field=name)
        return found

    def units(self, otherwise: int = 1) -> int:
        """The typed number of units, or what the label says, or one.

        Raises:
            UnitsNotWhole: it is no whole number from 1 on.
        """
        text = self.text("units")
        if not text:
            return otherwise
        if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_UNITS):
            raise UnitsNotWhole(value=text[:20])
        return int(text)

    def told(self) -> dict[str, object]:
        """What makes this scan the same as another with its key."""
        return {"task": self.task, "texts": dict(self.texts)}
