"""Release of unused units: who offers what, who gets what, and whose units those are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.domain.errors import Refusal
from core.domain.transitions import StateTable
from warehouse.domain.allocation import Rationing, mix_lots, ration_uniformly

RELEASE_STEPS = StateTable({"announced": {"offer": "offered"}, "offered": {"close": "closed"}})


class DiscountAboveCap(Refusal):
    """Raised when a release would cost those who give units more than the pool's terms allow."""

    code = "discount-above-cap"
    reason = "A discount of {discount_minor} a unit is above the cap of {cap_minor} in force."
    remedy = "Announce the release with a discount within the cap."


class NoReleaseTerms(Refusal):
    """Raised when a pool has no terms for releases on a day."""

    code = "no-release-terms"
    reason = "Pool {pool} has no terms for releases in force on {on}."
    remedy = "Set the cap on what a unit may lose first."


class DatesOutOfOrder(Refusal):
    """Raised when a release would be closed before it is offered, or offered in the past."""

    code = "release-dates-out-of-order"
    reason = "Units can be kept until {keep_before} and asked for until {ask_before}."
    remedy = "Give two days in order, neither of them in the past."


class ReleaseNotOpen(Refusal):
    """Raised when units are kept after the deadline, or asked for outside their days."""

    code = "release-not-open"
    reason = "The release is “{state}”: this was possible until {until}."
    remedy = "Wait for the next release, or ask the operator."


class ReleaseTooEarly(Refusal):
    """Raised when a release is offered or closed before its day."""

    code = "release-too-early"
    reason = "The release goes on from {day}."
    remedy = "Wait for that day: until then owners and askers may change their mind."


class OfferingOwnUnits(Refusal):
    """Raised when an owner asks for units of a product that it gives in the same release."""

    code = "offering-own-units"
    reason = "You offer {units} units in this release yourself."
    remedy = "Keep your own units next time instead of asking for others."


@dataclass(frozen=True)
class FreeUnits:
    """Units of one lot that an owner has on the shelves and has not promised."""

    lot_id: int
    owner_id: int
    units: int
    expires_on: date | None = None


@dataclass(frozen=True)
class OfferedUnits(FreeUnits):
    """Units that an owner gives, at a price in minor units each."""

    price_minor: int = 0


@dataclass(frozen=True)
class Sold:
    """Units of an offer that pass to a buyer."""

    offer: OfferedUnits
    buyer_id: int
    units: int


def unused(free: Iterable[FreeUnits], keep: Mapping[int, int]) -> list[FreeUnits]:
    """What is given: all that is free beyond what its owner keeps, first to expire first.

    The owner keeps what lives longest. Nobody is left with fewer units than it keeps, as far as
    it has them.
    """
    by_owner: dict[int, list[FreeUnits]] = defaultdict(list)
    for each in sorted(free, key=_first_to_expire):
        by_owner[each.owner_id].append(each)
    given = []
    for owner_id, lots in sorted(by_owner.items()):
        left = max(0, sum(lot.units for lot in lots) - keep.get(owner_id, 0))
        for lot in lots:
            units = min(left, lot.units)
            if units:
                given.append(replace(lot, units=units))
            left -= units
    return given


def _first_to_expire(each: FreeUnits) -> tuple[date, int]:
    return (each.expires_on or date.max, each.lot_id)


def share_out(
    offers: Sequence[OfferedUnits], asked: Mapping[int, int]
) -> tuple[Rationing[int], list[Sold]]:
    """Who gets how many of the offered units, and from whom.

    Requests are granted by the uniform rule; when fewer are asked for than offered, those who
    give are relieved by the uniform rule too. Every buyer gets its part of each lot in
    proportion, so that nobody gets only what expires first.
    """
    rationing = ration_uniformly(sum(offer.units for offer in offers), asked, tie_break=_by_id)
    taken = _taken(offers, sum(rationing.granted.values()))
    mix = mix_lots(dict(enumerate(taken)), dict(sorted(rationing.granted.items())))
    sold = [
        Sold(offers[place], buyer_id, units)
        for place, buyers in mix.items()
        for buyer_id, units in sorted(buyers.items())
    ]
    return rationing, sold


def _taken(offers: Sequence[OfferedUnits], units: int) -> list[int]:
    """Units that go of each offer, when so many go in all."""
    given: Counter[int] = Counter()
    for offer in offers:
        given[offer.owner_id] += offer.units
    left = dict(ration_uniformly(units, given, tie_break=_by_id).granted)
    taken = []
    for offer in offers:
        take = min(left[offer.owner_id], offer.units)
        left[offer.owner_id] -= take
        taken.append(take)
    return taken


def _by_id(owner_id: int) -> int:
    return owner_id
