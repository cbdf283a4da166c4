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
    """One payment to one supplier, in minor units of the batch's currency."""

    reference: str
    supplier: int
    amount_minor: int


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


@dataclass(frozen=True)
class BatchContent:
    """All that a checker agrees to: whom the batch pays, out of whose money, and at which rate."""

    number: str
    currency: str
    foreign_minor: int
    wires: Iterable[Wire]
    parts: Iterable[Part]
    offer: Offer

    def sha256(self) -> str:
        """64 hexadecimal digits; the order in which wires and parts come does not matter.

        The bytes are JSON with sorted keys and without spaces; rates are written in full.
        """
        rates = {"mid": _plain(self.offer.mid), "all_in": _plain(self.offer.all_in)}
        content = {
            "number": self.number,
            "currency": self.currency,
            "foreign_minor": self.foreign_minor,
            "wires": sorted((asdict(each) for each in self.wires), key=lambda w: w["reference"]),
            "parts": sorted((asdict(each) for each in self.parts), key=lambda p: p["obligation"]),
            "offer": asdict(self.offer) | rates,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return sha256(text.encode()).hexdigest()


def _plain(rate: Decimal) -> str:
    """A rate's digits without trailing zeros, so that a database's scale does not show."""
    return f"{rate.normalize():f}"
