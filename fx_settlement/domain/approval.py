"""What an approval is bound to: the very content of a batch, as one digest."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from hashlib import sha256

from core.domain.errors import Refusal


class ApprovedContentChanged(Refusal):
    """Raised when a batch no longer holds what its checker agreed to."""

    code = "approved-content-changed"
    reason = "Batch {batch} no longer holds what was approved (sha256 {approved}, now {now})."
    remedy = "Ask for a new quote and have the batch approved again; find out who changed it."


@dataclass(frozen=True)
class Wire:
    """One payment to one supplier, in minor units of the batch's currency, and where it goes."""

    reference: str
    supplier: int
    amount_minor: int
    account: str = ""


@dataclass(frozen=True)
class Part:
    """What one importer's obligation puts into the batch; signed minor units."""

    obligation: int
    importer: int
    amount_minor: int


@dataclass(frozen=True)
class Offer:
    """The quote that was agreed to."""

    provider: str
    mid: Decimal
    all_in: Decimal
    valid_before: str

    def plain(self) -> dict[str, str]:
        """The offer as texts, its rates in full."""
        return {
            "provider": self.provider,
            "mid": _plain(self.mid),
            "all_in": _plain(self.all_in),
            "valid_before": self.valid_before,
        }


@dataclass(frozen=True)
class BatchContent:
    """All that a checker agrees to: whom a batch pays and where, out of whose money, at what rate.

    There is no offer where nothing is left to buy; ``account`` is the pool's own.
    """

    number: str
    currency: str
    foreign_minor: int
    wires: Iterable[Wire]
    parts: Iterable[Part]
    offer: Offer | None
    account: str = ""

    def sha256(self) -> str:
        """64 hexadecimal digits; the order in which wires and parts come does not matter.

        The bytes are JSON with sorted keys and without spaces; rates are written in full.
        """
        content = {
            "number": self.number,
            "currency": self.currency,
            "foreign_minor": self.foreign_minor,
            "wires": sorted((asdict(each) for each in self.wires), key=lambda w: w["reference"]),
            "parts": sorted((asdict(each) for each in self.parts), key=lambda p: p["obligation"]),
            "offer": self.offer.plain() if self.offer else None,
            "account": self.account,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return sha256(text.encode()).hexdigest()


def _plain(rate: Decimal) -> str:
    """A rate's digits without trailing zeros, so that a database's scale does not show."""
    return f"{rate.normalize():f}"
