"""How well an importer keeps its word with money, the tier it has earned, and its limit.

Weights and bounds are a proposal without default data behind them, so they are dated rows
(:class:`Terms`). A score rises with every request that is paid in time; a tier rises one step at
a time, slowly, and falls at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from core.domain.errors import Refusal

PRECISION = 34
CENT = Decimal("0.01")
CLOSES_TO_RISE = 2
"""Quarterly closes in a row with a score above the tier, before it rises by one."""

LOWEST, HIGHEST = 1, 5


class NoTierTerms(Refusal):
    """Raised when no row of weights and bounds is in force on a day."""

    code = "no-tier-terms"
    reason = "No weights for tiers are in force on {on}."
    remedy = "Enter weights that begin on or before that day, then review again."


class Event(StrEnum):
    """Why a tier is looked at."""

    JOINED = "joined"
    QUARTER = "quarter"
    MISSED = "missed"
    CAUGHT_UP = "caught_up"
    DEPOSIT = "deposit"
    APPEAL = "appeal"


class Bound(StrEnum):
    """What an importer's limit is held down or up by."""

    FOUNDING = "founding"
    TURNOVER = "turnover"
    STOCK = "stock"
    DEPOSIT = "deposit"
    ARREARS = "arrears"


@dataclass(frozen=True)
class Step:
    """One tier: the score and the events it needs, and what it gives.

    ``turnover_percent`` is the part of a month's settled value that may be open without cover.
    """

    tier: int
    score_from: Decimal
    events_from: int
    turnover_percent: int


@dataclass(frozen=True)
class Terms:
    """Weights of a score in percent, bounds of the tiers, and limits, as in force on a day."""

    on_time_percent: int
    accuracy_percent: int
    losses_percent: int
    refusals_percent: int
    z: Decimal
    founding_minor: int
    stock_percent: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Record:
    """What an importer's own records say on a day; amounts in fen, ratios from 0 to 1.

    ``accuracy`` is None before a round was scored: what nobody has seen earns nothing.
    """

    due: int
    on_time: int
    accuracy: Decimal | None
    loss_ratio: Decimal
    refusal_ratio: Decimal
    settled_minor: int = 0
    stock_minor: int = 0
    deposit_minor: int = 0
    late_minor: int = 0

    @property
    def has_missed(self) -> bool:
        """Whether a request was ever paid late, or is late now."""
        return self.on_time < self.due


@dataclass(frozen=True)
class Score:
    """Points of 100 with their parts; each part has two decimals, halves up."""

    on_time: Decimal
    accuracy: Decimal
    losses: Decimal
    refusals: Decimal

    @property
    def total(self) -> Decimal:
        """The whole score."""
        return self.on_time + self.accuracy + self.losses + self.refusals


@dataclass(frozen=True)
class Grade:
    """A tier, and how many closes in a row have shown a score above it."""

    tier: int = LOWEST
    closes: int = 0


@dataclass(frozen=True)
class Limit:
    """What an importer may be committed for at most in fen, and what bounds it."""

    minor: int
    bound: Bound


def wilson_lower(done: int, of: int, z: Decimal) -> Decimal:
    """The lower bound of a share at z standard deviations; 0 of nothing.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if of == 0:
        return Decimal(0)
    with localcontext(prec=PRECISION):
        share, square = Decimal(done) / of, z * z
        spread = (share * (1 - share) / of + square / (4 * of * of)).sqrt()
        low = (share + square / (2 * of) - z * spread) / (1 + square / of)
        return max(low, Decimal(0))


def score(record: Record, terms: Terms) -> Score:
    """The points that a record earns by the weights in force."""
    return Score(
        on_time=_points(wilson_lower(record.on_time, record.due, terms.z), terms.on_time_percent),
        accuracy=_points(record.accuracy or Decimal(0), terms.accuracy_percent),
        losses=_points(1 - min(Decimal(1), record.loss_ratio), terms.losses_percent),
        refusals=_points(1 - min(Decimal(1), record.refusal_ratio), terms.refusals_percent),
    )


def _points(share: Decimal, percent: int) -> Decimal:
    return (share * percent).quantize(CENT, rounding=ROUND_HALF_UP)


def earned(points: Decimal, due: int, terms: Terms) -> int:
    """The highest tier whose score and number of events are reached."""
    return max(
        (s.tier for s in terms.steps if points >= s.score_from and due >= s.events_from),
        default=LOWEST,
    )


def graded(before: Grade | None, reached: int, event: Event) -> Grade:
    """The grade after an event: up by one after two closes in a row, down at once.

    ``reached`` is the tier that the score of the day earns. A missed payment costs a tier at
    least; other events than a close and an appeal leave the tier, an appeal's answer is not
    decided here.
    """
    if before is None:
        return Grade()
    if event is Event.MISSED:
        return Grade(max(LOWEST, min(before.tier - 1, reached)))
    if event is not Event.QUARTER:
        return before
    if reached < before.tier:
        return Grade(reached)
    if reached == before.tier:
        return Grade(before.tier)
    if before.closes + 1 < CLOSES_TO_RISE:
        return Grade(before.tier, before.closes + 1)
    return Grade(before.tier + 1)


def restored(before: Grade, tier: int) -> Grade:
    """The grade after an appeal that was granted: the tier that was taken, never above it."""
    return Grade(max(before.tier, min(HIGHEST, tier)), before.closes)


def limit(record: Record, tier: int, terms: Terms) -> Limit:
    """What an importer may be committed for: what it has paid in, and what its record carries.

    Without cover it is the tier's part of a month's settled value, at most a part of its own free
    stock at cost. Who never missed a payment, or has risen since, has at least the founding
    amount; who is late now, or fell and has not risen, only what it has paid in.
    """
    covered = max(0, record.deposit_minor)
    if record.late_minor:
        return Limit(covered, Bound.ARREARS)
    carried = _carried(record, tier, terms)
    is_trusted = tier > LOWEST or not record.has_missed
    if is_trusted and terms.founding_minor >= carried.minor:
        carried = Limit(terms.founding_minor, Bound.FOUNDING)
    bound = carried.bound if carried.minor else Bound.DEPOSIT
    return Limit(covered + carried.minor, bound)


def _carried(record: Record, tier: int, terms: Terms) -> Limit:
    percent = next((s.turnover_percent for s in terms.steps if s.tier == tier), 0)
    turnover = record.settled_minor * percent // 300
    stock = record.stock_minor * terms.stock_percent // 100
    if turnover <= stock:
        return Limit(max(0, turnover), Bound.TURNOVER)
    return Limit(max(0, stock), Bound.STOCK)


def adjustment(wanted: int, granted: int, free: int) -> int:
    """By how much a granted limit moves now towards the wanted one; what is in use cannot go."""
    gap = wanted - granted
    return gap if gap >= 0 else -min(-gap, max(0, free))


def given_back(posted: int, worth: Mapping[int, int], done: frozenset[int]) -> int:
    """The part of a round's posted commitment whose orders are paid, rounded down.

    ``worth`` is what each order is worth to the importer; with the last one all of it is free.
    """
    whole = sum(worth.values())
    if not whole or worth.keys() <= done:
        return posted
    return posted * sum(minor for order, minor in worth.items() if order in done) // whole
