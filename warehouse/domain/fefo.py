"""First to expire, first to leave: which lots serve a request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.domain.errors import Refusal


class NotEnoughStock(Refusal):
    """Raised when an owner has fewer free units of sufficient life than were asked for."""

    code = "not-enough-stock"
    reason = "{free} units are free and live long enough; {asked} were asked for."
    remedy = "Ask for {free} units or fewer, or join the next round."


class NoUnitsAsked(Refusal):
    """Raised when a request names no units, or fewer than none."""

    code = "no-units-asked"
    reason = "{asked} units were asked for."
    remedy = "Ask for one unit or more."


@dataclass(frozen=True)
class LotOnHand:
    """Free units of one lot. ``expires_on`` is the last day of use; None: it does not expire."""

    lot_id: int
    expires_on: date | None
    received_on: date
    free_units: int


@dataclass(frozen=True)
class Pick:
    """Units to be taken from one lot."""

    lot_id: int
    units: int


def pick_first_expiring(
    lots: Iterable[LotOnHand], units: int, *, last_day_from: date, in_part: bool = False
) -> list[Pick]:
    """The lots that serve a request: first to expire, then first received, then lowest id.

    A lot whose last day of use is before ``last_day_from`` is never picked, so the caller gives
    today, or the day until which the channel promises use, whichever is later.

    Where a request may be served ``in_part``, what there is will do, as long as it is something.

    Raises:
        NoUnitsAsked: fewer than one unit was asked for.
        NotEnoughStock: the usable lots hold fewer free units; nothing is picked.
    """
    if units < 1:
        raise NoUnitsAsked(asked=units)
    usable = sorted((lot for lot in lots if _is_usable(lot, last_day_from)), key=fefo_key)
    picks: list[Pick] = []
    missing = units
    for lot in usable:
        taken = min(missing, lot.free_units)
        if not taken:
            break
        picks.append(Pick(lot.lot_id, taken))
        missing -= taken
    if missing and not (in_part and picks):
        raise NotEnoughStock(asked=units, free=units - missing)
    return picks


def fefo_key(lot: LotOnHand) -> tuple[date, date, int]:
    """Order of leaving; what does not expire leaves last."""
    return (lot.expires_on or date.max, lot.received_on, lot.lot_id)


def _is_usable(lot: LotOnHand, last_day_from: date) -> bool:
    lives = lot.expires_on is None or lot.expires_on >= last_day_from
    return lives and lot.free_units > 0
