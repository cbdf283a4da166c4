"""Which of several offers a batch is converted at, and what has to be said about the choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.domain.errors import Phrase
from fx_settlement.domain.batches import QuoteExpired, ReasonNeeded


@dataclass(frozen=True)
class RateOffer:
    """A bank's rate for buying a currency: 1 unit costs ``all_in``."""

    key: int
    provider: str
    all_in: Decimal
    valid_before: datetime
    is_simulated: bool = False


def choose(
    batch: str, offers: Sequence[RateOffer], *, wanted: int | None, reason: str, now: datetime
) -> RateOffer:
    """The offer to deal at: the one wanted, or the cheapest of those that still hold.

    Of one bank only its newest offer counts; of equal offers the earlier one.

    Raises:
        QuoteExpired: the wanted offer, or every offer, no longer holds.
        ReasonNeeded: it is dearer than another that holds, or the only one, without a reason.
            A simulated bank needs no rival.
    """
    newest = {offer.provider: offer for offer in offers}
    holding = [offer for offer in newest.values() if now < offer.valid_before]
    cheapest = min(holding, key=lambda offer: (offer.all_in, offer.key), default=None)
    chosen = next((offer for offer in holding if offer.key == wanted), None)
    if wanted is None:
        chosen = cheapest
    if chosen is None or cheapest is None:
        last = max((offer.valid_before for offer in offers), default=now)
        raise QuoteExpired(batch=batch, valid_before=last.isoformat())
    if not reason.strip():
        _refuse_without_reason(batch, chosen, cheapest, is_alone=len(holding) == 1)
    return chosen


def _refuse_without_reason(
    batch: str, chosen: RateOffer, cheapest: RateOffer, *, is_alone: bool
) -> None:
    if chosen.all_in > cheapest.all_in:
        why = Phrase(
            "{dearer} offers {rate}, {cheaper} offers {better}",
            dearer=chosen.provider,
            rate=chosen.all_in,
            cheaper=cheapest.provider,
            better=cheapest.all_in,
        )
        raise ReasonNeeded(batch=batch, why=why)
    if is_alone and not chosen.is_simulated:
        raise ReasonNeeded(batch=batch, why=Phrase("only one bank has offered a rate"))
