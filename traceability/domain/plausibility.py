"""Whether the dates of a journey can be true together: the first thing consumers check."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from itertools import combinations

from core.domain.errors import Phrase, Refusal


@dataclass(frozen=True)
class JourneyDates:
    """The dates that a lot's records claim, in the order in which they must fall.

    A date that no record gives is None and is not judged.
    """

    produced_on: date | None = None
    departed_on: date | None = None
    entered_on: date | None = None
    released_on: date | None = None


@dataclass(frozen=True)
class Contradiction:
    """Two dates in the wrong order: ``earlier`` should not fall after ``later``."""

    earlier: str
    earlier_on: date
    later: str
    later_on: date


def contradictions(dates: JourneyDates) -> list[Contradiction]:
    """Every pair of dates that cannot both be true: production ≤ departure ≤ entry ≤ release."""
    given = [
        (field.name, on)
        for field in fields(dates)
        if (on := getattr(dates, field.name)) is not None
    ]
    return [
        Contradiction(earlier, earlier_on, later, later_on)
        for (earlier, earlier_on), (later, later_on) in combinations(given, 2)
        if earlier_on > later_on
    ]


class ChainImplausible(Refusal):
    """Raised instead of publishing a lot whose records cannot be true together."""

    code = "chain-implausible"
    reason = "The records of lot {lot} cannot be true together: {fault}."
    remedy = "Correct the record that is wrong, then issue the codes."


@dataclass(frozen=True)
class Claims:
    """What the records of a lot claim before its codes are issued.

    ``origins`` are the countries of origin that the lot, the product and its order name.
    """

    lot: str
    dates: JourneyDates
    expires_on: date | None
    origins: tuple[str, ...]
    counted_units: int
    ordered_units: int


def refuse_implausible(claims: Claims) -> None:
    """Refuse a lot with impossible dates, two origins, or more units than were sent.

    Raises:
        ChainImplausible: with the first fault found; nothing may be published.
    """
    for fault in _faults(claims):
        raise ChainImplausible(lot=claims.lot, fault=fault)


def _faults(claims: Claims) -> Iterator[Phrase]:
    for found in contradictions(claims.dates):
        yield Phrase(
            "{earlier} {earlier_on} lies after {later} {later_on}",
            earlier=found.earlier,
            earlier_on=found.earlier_on.isoformat(),
            later=found.later,
            later_on=found.later_on.isoformat(),
        )
    entered = claims.dates.entered_on
    if claims.expires_on and entered and claims.expires_on < entered:
        yield Phrase("it expired on {on} before it entered", on=claims.expires_on.isoformat())
    named = sorted({origin for origin in claims.origins if origin})
    if len(named) > 1:
        yield Phrase("it is said to come from {origins}", origins=", ".join(named))
    if claims.counted_units > claims.ordered_units:
        yield Phrase(
            "{counted} units were counted and {ordered} were sent",
            counted=claims.counted_units,
            ordered=claims.ordered_units,
        )
