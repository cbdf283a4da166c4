"""The digits under a label's scratch panel: whether they fit, and whether they were seen before."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from core import tenancy
from core.domain.errors import Refusal
from traceability import labels, queries
from traceability.domain import codes
from traceability.models import PinUse
from traceability.services import code_hmac, guesses, note_guess

MOST_TRIES = 5
"""Wrong digits that one code takes in a window of ten minutes."""


class TooManyPins(Refusal):
    """Raised when digits are guessed for a code."""

    code = "too-many-pins"
    reason = "{tries} wrong PINs were entered for this code."
    remedy = "Wait ten minutes, then enter the six digits under the panel of this label."


class Fit(StrEnum):
    """What the digits say of the label."""

    FIRST = "first"
    AGAIN = "again"
    DIFFERS = "differs"


@dataclass(frozen=True)
class PinAnswer:
    """Whether the digits fit, and when they were first entered."""

    fit: Fit
    first_at: datetime | None = None


def check_pin(typed: str, digits: str, *, at: datetime) -> PinAnswer | None:
    """Whether the digits are those under the panel of a code; None for a code of nobody.

    The first time that they fit is kept: whoever scratches a copied label later sees it.

    Raises:
        NotACode, BadCheck: it cannot be a code. TooManyPins: somebody guesses.
    """
    code = codes.read_code(typed)
    with tenancy.as_operator("a consumer checks a label's digits", actor="public"):
        identity = queries.unit_by_hash(code_hmac(code))
        if identity is None:
            return None
        origin = f"pin {identity.pk}"
        if (tries := guesses(origin, at)) >= MOST_TRIES:
            raise TooManyPins(tries=tries)
        if not hmac.compare_digest(labels.pin(code).encode(), digits.strip().encode()):
            note_guess(origin, at)
            return PinAnswer(Fit.DIFFERS)
        return _fits(identity.pk, at)


@transaction.atomic
def _fits(identity: int, at: datetime) -> PinAnswer:
    """Of two that enter them at once, one is the first."""
    fresh = PinUse(identity_id=identity, first_at=at)
    PinUse.objects.bulk_create([fresh], ignore_conflicts=True)
    kept = PinUse.objects.get(pk=identity)
    return PinAnswer(Fit.FIRST if kept.first_at == at else Fit.AGAIN, kept.first_at)
