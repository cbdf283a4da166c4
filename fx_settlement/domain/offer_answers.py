"""What a bank's server answers when it is asked for a rate, and whether it can be right."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.domain.errors import Phrase, Refusal
from fx_settlement.domain.conversion import markup_bps

LONGEST_HOURS = 72
FARTHEST_BPS = 1_000
"""An offer further from the mid than a tenth is taken for a mistake, never for an offer."""


class NoOffer(Refusal):
    """Raised when a bank's server gives no rate that can be used."""

    code = "no-offer"
    reason = "{provider} gave no rate: {why}."
    remedy = "Ask another bank, or ask by telephone and record the offer by hand."


@dataclass(frozen=True)
class Answered:
    """A rate as a server offers it: 1 unit costs ``all_in``, held for whole hours."""

    all_in: Decimal
    hours: int


def read_answer(raw: bytes, *, provider: str, mid: Decimal) -> Answered:
    """The offer in a server's answer: ``{"rate": "7.2150", "hours": 4}``; without hours, one.

    Raises:
        NoOffer: it is no such answer, or so far from the mid that it is a mistake.
    """
    try:
        said = json.loads(raw, parse_float=Decimal, parse_int=Decimal)
        rate, hours = Decimal(said["rate"]), Decimal(said.get("hours", 1))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        raise NoOffer(provider=provider, why=Phrase("the answer cannot be read")) from None
    if not (rate.is_finite() and rate > 0 and hours.is_finite() and 1 <= hours <= LONGEST_HOURS):
        raise NoOffer(provider=provider, why=Phrase("the answer is no rate"))
    if rate > 10 * mid or abs(markup_bps(mid, rate)) > FARTHEST_BPS:
        why = Phrase("{rate} is too far from the mid {mid}", rate=rate, mid=mid)
        raise NoOffer(provider=provider, why=why)
    return Answered(rate, int(hours))
