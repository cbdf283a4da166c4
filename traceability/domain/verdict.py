"""What a look-up tells the consumer: one verdict, decided from the records alone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Verdict(StrEnum):
    """The answers a trace page can give, one per page."""

    BAD_CHECK = "bad_check"
    UNKNOWN = "unknown"
    RECALLED = "recalled"
    VOIDED = "voided"
    NOT_RELEASED = "not_released"
    EXPIRED = "expired"
    SUSPICIOUS = "suspicious"
    GENUINE_REPEAT = "genuine_repeat"
    GENUINE_FIRST = "genuine_first"


class Rule(StrEnum):
    """Why a code with a sound record is still suspicious."""

    LOOKED_UP_BEFORE_RELEASE = "looked_up_before_release"
    TOO_MANY_PLACES = "too_many_places"
    DATES_CONTRADICT = "dates_contradict"
    LABELS_DISAGREE = "labels_disagree"


class UnitState(StrEnum):
    """What the pool has done with the unit that bears the code."""

    ISSUED = "issued"
    APPLIED = "applied"
    RELEASED = "released"
    VOID = "void"
    RECALLED = "recalled"


@dataclass(frozen=True)
class Standing:
    """All that the records say about one unit at the moment of a look-up.

    ``earlier_lookups`` counts look-ups before this one; ``places_in_a_day`` counts the distinct
    networks that looked it up within a day, this one included; ``labels_agree`` is False when the
    symbol names another product or lot than the one that the code was issued for.
    """

    state: UnitState
    expires_on: date | None = None
    earlier_lookups: int = 0
    lookups_before_release: int = 0
    places_in_a_day: int = 0
    contradictions: int = 0
    labels_agree: bool = True


@dataclass(frozen=True)
class Limits:
    """From how many look-ups on an honest unit becomes unlikely; the operator's settings.

    A family and a shop look a tin up from a few networks; a copied label is looked up from many.
    ``before_release`` leaves room for the keeper's own test scans.
    """

    places_in_a_day: int = 6
    before_release: int = 3


@dataclass(frozen=True)
class Decision:
    """The verdict, with the rule when it is a suspicion."""

    verdict: Verdict
    rule: Rule | None = None


def decide(standing: Standing, *, today: date, limits: Limits) -> Decision:
    """The verdict on a code that was issued.

    What endangers the consumer comes first: a recall, a label withdrawn, goods still in bond
    (sold from there they were diverted), goods past their date, then doubt about copies.
    A unit may be used on its expiry date.
    """
    if verdict := _stopped(standing, today):
        return Decision(verdict)
    if rule := _suspicion(standing, limits):
        return Decision(Verdict.SUSPICIOUS, rule)
    if standing.earlier_lookups:
        return Decision(Verdict.GENUINE_REPEAT)
    return Decision(Verdict.GENUINE_FIRST)


def _stopped(standing: Standing, today: date) -> Verdict | None:
    if standing.state is UnitState.RECALLED:
        return Verdict.RECALLED
    if standing.state is UnitState.VOID:
        return Verdict.VOIDED
    if standing.state is not UnitState.RELEASED:
        return Verdict.NOT_RELEASED
    if standing.expires_on is not None and standing.expires_on < today:
        return Verdict.EXPIRED
    return None


def _suspicion(standing: Standing, limits: Limits) -> Rule | None:
    if not standing.labels_agree:
        return Rule.LABELS_DISAGREE
    if standing.contradictions:
        return Rule.DATES_CONTRADICT
    if standing.lookups_before_release > limits.before_release:
        return Rule.LOOKED_UP_BEFORE_RELEASE
    if standing.places_in_a_day > limits.places_in_a_day:
        return Rule.TOO_MANY_PLACES
    return None
