"""Charges for keeping goods: storage by size and day, handling, insurance, and capital tied up.

Every amount is a line that a person can check: so many units of one lot for so many days, at one
rate. Lines are exact to a ten-billionth of a fen; a month's bill per owner and kind is rounded
once, with the fraction that earlier months left, so that a year of months is the year.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.domain.errors import Refusal
from core.domain.trade import round_half_up

CM3_PER_M3 = 1_000_000
SCALE = 10**10
"""Parts of a fen in which lines are kept."""

DAYS_IN_YEAR = 365


class NoRate(Refusal):
    """Raised when nothing says what storage costs on a day."""

    code = "no-rate"
    reason = "No rate for “{kind}” is in force on {on}."
    remedy = "Enter a rate from that day on, with its source."


class PeriodClosed(Refusal):
    """Raised when a posted month would be charged anew, or months are posted out of turn."""

    code = "period-closed"
    reason = "The charges of {month} are posted already, or an earlier month is not posted yet."
    remedy = "Post months one after the other; correct a posted one in the month that is open."


class ChargeKind(StrEnum):
    """What is charged for."""

    STORAGE = "storage"
    HANDLING = "handling"
    INSURANCE = "insurance"
    CAPITAL = "capital"


class Basis(StrEnum):
    """What a price is per. Percent are of the goods' value, per year."""

    M3_DAY = "m3_day"
    UNIT = "unit"
    TOUCH = "touch"
    M3 = "m3"
    PERCENT_YEAR = "percent_year"


@dataclass(frozen=True)
class Rate:
    """A dated price in CNY. Storage may rise with age: ``from_day`` 1 is the day of receipt.

    ``touch`` names the kind of movement that a handling rate is for. Exclusive end.
    """

    rate_id: int
    kind: ChargeKind
    basis: Basis
    price: Decimal
    valid_from: date
    valid_before: date | None = None
    from_day: int = 1
    touch: str = ""

    def holds(self, on: date) -> bool:
        """Whether the rate is in force on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)


@dataclass(frozen=True)
class StockChange:
    """Units of a lot that came to an owner (positive) or left it (negative) on a day."""

    owner: int
    lot: int
    units: int
    on: date


@dataclass(frozen=True)
class Touch:
    """Movements of one kind on one day by which an owner's units of a lot were handled."""

    owner: int
    lot: int
    kind: str
    times: int
    units: int
    on: date


@dataclass(frozen=True)
class LotSize:
    """What charges need to know of a lot: since when it lies, its size, and its worth in fen.

    The size is cubic centimetres, or grams where these are more: a cubic metre or a tonne.
    """

    received_on: date
    unit_cm3: int
    unit_value_fen: int


@dataclass(frozen=True)
class Line:
    """One line of a bill. ``unit_days`` are units for per-unit rates, and times for per-touch.

    ``corrects`` is the posted month that a line corrects; such a line may be below zero.
    """

    owner: int
    lot: int
    rate: Rate
    first_on: date
    days: int
    unit_days: int
    exact: int
    corrects: date | None = None


@dataclass(frozen=True)
class Span:
    """A stretch of days, the last one excluded, on which an owner's units of a lot were equal."""

    first: date
    before: date
    units: int

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.before - self.first).days


def keeping_lines(
    changes: Iterable[StockChange],
    lots: Mapping[int, LotSize],
    rates: Sequence[Rate],
    *,
    first: date,
    before: date,
) -> list[Line]:
    """Lines for storage, insurance and capital from ``first`` until ``before``.

    Goods count from the day they come to the day before they leave. A stretch of equal stock is
    cut where a rate or its tier begins, so no day is looked at alone.

    Raises:
        NoRate: goods lay on a day for which no storage rate is in force.
    """
    by_kind: dict[ChargeKind, list[Rate]] = defaultdict(list)
    for rate in rates:
        by_kind[rate.kind].append(rate)
    kinds = (ChargeKind.STORAGE, ChargeKind.INSURANCE, ChargeKind.CAPITAL)
    found: list[Line] = []
    for (owner, lot), spans in _stretches(changes, first, before).items():
        for kind in kinds:
            found += _lines_of(owner, lot, lots[lot], by_kind[kind], spans, kind)
    return found


def _stretches(
    changes: Iterable[StockChange], first: date, before: date
) -> dict[tuple[int, int], list[Span]]:
    """By owner and lot: the stretches of days on which there was something."""
    moved: dict[tuple[int, int], Counter[date]] = defaultdict(Counter)
    for change in changes:
        if change.on < before:
            moved[change.owner, change.lot][max(change.on, first)] += change.units
    found: dict[tuple[int, int], list[Span]] = {}
    for spot, by_day in sorted(moved.items()):
        days = sorted(by_day)
        units, spans = 0, []
        for day, end in zip(days, [*days[1:], before], strict=True):
            units += by_day[day]
            if units and end > day:
                spans.append(Span(day, end, units))
        if spans:
            found[spot] = spans
    return found


def _lines_of(
    owner: int, lot: int, size: LotSize, rates: list[Rate], spans: list[Span], kind: ChargeKind
) -> Iterator[Line]:
    """One line per rate that the lot's stretches fell under."""
    days: Counter[Rate] = Counter()
    unit_days: Counter[Rate] = Counter()
    starts: dict[Rate, date] = {}
    for span in spans:
        for rate, piece in _cut(span, size.received_on, rates, kind):
            days[rate] += piece.days
            unit_days[rate] += piece.units * piece.days
            starts.setdefault(rate, piece.first)
    for rate, total in unit_days.items():
        yield Line(owner, lot, rate, starts[rate], days[rate], total, exact_of(rate, size, total))


def _cut(
    span: Span, received_on: date, rates: list[Rate], kind: ChargeKind
) -> Iterator[tuple[Rate, Span]]:
    """A stretch cut where another rate begins to hold, each piece with its rate."""
    marks = {span.first}
    for rate in rates:
        tier_on = received_on + timedelta(days=rate.from_day - 1)
        marks |= {day for day in (rate.valid_from, rate.valid_before, tier_on) if day}
    cuts = sorted(day for day in marks if span.first <= day < span.before)
    for start, end in zip(cuts, [*cuts[1:], span.before], strict=True):
        holding = _rate_on(rates, start, (start - received_on).days + 1)
        if holding is not None:
            yield holding, Span(start, end, span.units)
        elif kind is ChargeKind.STORAGE:
            raise NoRate(kind=kind, on=start.isoformat())


def _rate_on(rates: Iterable[Rate], day: date, age: int) -> Rate | None:
    """The rate of the highest tier that the age has reached; the newest of equal ones."""
    holding = [rate for rate in rates if rate.holds(day) and rate.from_day <= max(age, 1)]
    return max(holding, key=lambda rate: (rate.from_day, rate.valid_from), default=None)


def handling_lines(
    touches: Iterable[Touch], lots: Mapping[int, LotSize], rates: Sequence[Rate]
) -> tuple[list[Line], list[Touch]]:
    """Lines for handling, one per owner, lot and rate; and the touches that have no rate."""
    handling = [rate for rate in rates if rate.kind is ChargeKind.HANDLING]
    amounts: Counter[tuple[int, int, Rate]] = Counter()
    days: dict[tuple[int, int, Rate], set[date]] = defaultdict(set)
    unbilled = []
    for touch in touches:
        fitting = [rate for rate in handling if rate.touch == touch.kind]
        held = _rate_on(fitting, touch.on, 1)
        if held is None:
            unbilled.append(touch)
            continue
        key = (touch.owner, touch.lot, held)
        amounts[key] += touch.times if held.basis is Basis.TOUCH else touch.units
        days[key].add(touch.on)
    lines = [
        Line(
            *key,
            first_on=min(days[key]),
            days=len(days[key]),
            unit_days=units,
            exact=exact_of(key[2], lots[key[1]], units),
        )
        for key, units in sorted(amounts.items(), key=lambda row: (*row[0][:2], row[0][2].rate_id))
    ]
    return lines, unbilled


def exact_of(rate: Rate, size: LotSize, unit_days: int) -> int:
    """A line's amount in ten-billionths of a fen, the rest below that cut off."""
    price = Fraction(rate.price) * 100 * SCALE
    if rate.basis in (Basis.M3_DAY, Basis.M3):
        price *= Fraction(size.unit_cm3, CM3_PER_M3)
    elif rate.basis is Basis.PERCENT_YEAR:
        price *= Fraction(size.unit_value_fen, 100 * 100 * DAYS_IN_YEAR)
    exact = price * unit_days
    return exact.numerator // exact.denominator


def rounded(
    exacts: Mapping[int, int], *, exact_before: int = 0, posted_before: int = 0
) -> dict[int, int]:
    """Whole fen per line, so that all bills so far are the exact sum so far, halves up.

    ``exact_before`` and ``posted_before`` are what earlier months came to, exactly and as posted.
    Every line gets its own fen, the fen that rounding leaves go where most was cut off.
    """
    total = round_half_up(Fraction(exact_before + sum(exacts.values()), SCALE)) - posted_before
    shares = {key: exact // SCALE for key, exact in exacts.items()}
    left = total - sum(shares.values())
    by_rest = sorted(exacts, key=lambda key: (-(exacts[key] % SCALE), key))
    step = 1 if left > 0 else -1
    order = by_rest if left > 0 else [key for key in reversed(by_rest) if shares[key] > 0]
    for place in range(abs(left)):
        if order:
            shares[order[place % len(order)]] += step
    return shares


@dataclass(frozen=True)
class Estimate:
    """What keeping and handling goods will cost, by kind, in fen; and what no rate covers."""

    by_kind: dict[ChargeKind, int]
    unbilled: tuple[str, ...]

    @property
    def total_fen(self) -> int:
        """All kinds together."""
        return sum(self.by_kind.values())


def estimate(
    size: LotSize,
    units: int,
    days: int,
    rates: Sequence[Rate],
    *,
    touches: Sequence[str],
) -> Estimate:
    """What ``units`` cost that come on the lot's day, stay ``days`` days and are touched so.

    Raises:
        NoRate: no storage rate is in force for the stay.
    """
    first = size.received_on
    change = StockChange(0, 0, units, first)
    lines = keeping_lines([change], {0: size}, rates, first=first, before=first + timedelta(days))
    asked = [Touch(0, 0, kind, 1, units, first) for kind in touches]
    handled, unbilled = handling_lines(asked, {0: size}, rates)
    exact: Counter[ChargeKind] = Counter()
    for line in [*lines, *handled]:
        exact[line.rate.kind] += line.exact
    by_kind = {kind: round_half_up(Fraction(sum_, SCALE)) for kind, sum_ in exact.items()}
    return Estimate(by_kind, tuple(touch.kind for touch in unbilled))
