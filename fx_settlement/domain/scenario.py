"""What a pool's payments would have cost over a stretch of rate history, by how they are batched.

Fees and the bank's margin are certain: they follow from amounts and schedules. Drift is what a
rate did while money waited for its conversion; it is kept apart and never added to a saving.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from core.domain.errors import Refusal
from fx_settlement.domain.conversion import converted_minor
from fx_settlement.domain.fees import Fee
from fx_settlement.domain.rate_history import Cycle, History

HOME = "CNY"
BPS = 10_000
STEP = Decimal("0.1")


class NothingToReplay(Refusal):
    """Raised when no obligation can be replayed from its day to the end of its slowest cycle."""

    code = "nothing-to-replay"
    reason = "Nothing is left to replay between {first} and {last}."
    remedy = "Choose a longer window that rates are on record for, or a pool that owes something."


class PaysBeforeItBuys(Refusal):
    """Raised for a choice that would pay suppliers more often than it converts."""

    code = "pays-before-it-buys"
    reason = "Paying {pay} needs currency that is bought {convert} only."
    remedy = "Convert at least as often as you pay."


@dataclass(frozen=True)
class Choice:
    """How often currency is bought, and how often suppliers are paid."""

    convert: Cycle
    pay: Cycle

    def __post_init__(self) -> None:
        order = list(Cycle)
        if order.index(self.convert) > order.index(self.pay):
            raise PaysBeforeItBuys(pay=self.pay.value, convert=self.convert.value)


CHOICES = (
    *(Choice(cycle, cycle) for cycle in Cycle),
    Choice(Cycle.DAILY, Cycle.MONTHLY),
)
"""Every order by itself, the four cycles, and the two cycles decoupled."""


@dataclass(frozen=True)
class Owed:
    """What an importer owes a supplier from a day on, credit notes taken off."""

    on: date
    importer: int
    supplier: int
    currency: str
    amount_minor: int


@dataclass(frozen=True)
class Tariff:
    """What the bank takes for a wire, and as a margin by currency."""

    wire: Fee
    margins: Mapping[str, Fee]


@dataclass(frozen=True)
class WorstMonth:
    """The month whose conversions drifted most against the pool, and by how much."""

    month: date
    drift_minor: int
    drift_bps: Decimal


@dataclass(frozen=True)
class Outcome:
    """What a choice would have cost, in fen, and in basis points of ``value_minor``.

    ``value_minor`` is what is owed at the mid of the day it came. ``drift_minor`` is above zero
    where waiting cost more; its spread is the standard deviation over orders, and over importers'
    years. ``wait_days`` is the mean over orders in days with rates, until the conversion.
    """

    choice: Choice
    orders: int
    value_minor: int
    conversions: int
    wires: int
    fee_minor: int
    margin_minor: int
    drift_minor: int
    drift_sd_bps: Decimal
    drift_p99_bps: Decimal
    year_sd_bps: Decimal
    wait_days: Decimal
    worst: WorstMonth

    @property
    def certain_minor(self) -> int:
        """Fees and margin."""
        return self.fee_minor + self.margin_minor

    def bps(self, minor: int) -> Decimal:
        """An amount in basis points of what was owed."""
        return in_bps(minor, self.value_minor)

    @property
    def fee_bps(self) -> Decimal:
        """Wires' fees in basis points."""
        return self.bps(self.fee_minor)

    @property
    def margin_bps(self) -> Decimal:
        """The bank's margin in basis points."""
        return self.bps(self.margin_minor)

    @property
    def drift_bps(self) -> Decimal:
        """Drift in basis points."""
        return self.bps(self.drift_minor)


@dataclass(frozen=True)
class Scenario:
    """All choices over the same orders; what no choice could finish in time is left out."""

    first: date
    last: date
    orders: int
    left_out: int
    outcomes: tuple[Outcome, ...]

    def saved_minor(self, outcome: Outcome) -> int:
        """What a choice saves in fees and margin beside every order by itself; no drift in it."""
        alone = self.outcomes[0]
        return alone.certain_minor - outcome.certain_minor


def in_bps(minor: int, of_minor: int) -> Decimal:
    """One amount in basis points of another, with one decimal."""
    with localcontext(prec=34):
        share = Decimal(minor * BPS) / of_minor if of_minor else Decimal(0)
        return share.quantize(STEP, rounding=ROUND_HALF_UP)


def repeated(owed: Iterable[Owed], first: date, last: date) -> list[Owed]:
    """A pool's year of obligations, come again on the same days of every year of a window."""
    pattern = list(owed)
    found = [
        replace(each, on=_same_day(each.on, year))
        for year in range(first.year, last.year + 1)
        for each in pattern
    ]
    return sorted((each for each in found if first <= each.on <= last), key=lambda each: each.on)


def _same_day(day: date, year: int) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if is_leap_day else day.replace(year=year)


def play(
    owed: Iterable[Owed],
    history: History,
    tariff: Tariff,
    *,
    first: date,
    last: date,
    choices: Sequence[Choice] = CHOICES,
) -> Scenario:
    """What each choice would have cost over the same obligations, ``choices[0]`` the measure.

    An obligation counts from the first day with rates on or after its own; the mid of that day is
    its benchmark. Amounts in foreign currency are fixed. All sums are whole fen.

    Raises:
        NothingToReplay: no obligation is left.
    """
    given = list(owed)
    dated = (each for each in _dated(given, history) if _all_close(each.on, history, choices))
    kept = [
        _Valued(each, _at_mid(each.amount_minor, each.currency, each.on, history)) for each in dated
    ]
    if not kept:
        raise NothingToReplay(first=first.isoformat(), last=last.isoformat())
    outcomes = tuple(_outcome(kept, history, tariff, choice) for choice in choices)
    return Scenario(first, last, len(kept), len(given) - len(kept), outcomes)


def _dated(owed: Iterable[Owed], history: History) -> Iterator[Owed]:
    for each in owed:
        day = history.first_from(each.on)
        if day is not None:
            yield replace(each, on=day)


def _all_close(day: date, history: History, choices: Iterable[Choice]) -> bool:
    return all(history.closing(day, choice.pay) is not None for choice in choices)


@dataclass(frozen=True, slots=True)
class _Valued:
    """An obligation with its value in fen at the mid of its day."""

    owed: Owed
    minor: int


@dataclass(frozen=True, slots=True)
class _Dealt:
    """An obligation with its value, the day it is bought and the day it is paid."""

    owed: Owed
    value_minor: int
    bought_on: date
    paid_on: date


_Wire = tuple[int, str, date, int]
"""Supplier, currency, day, and the order where it is paid by itself."""


def _outcome(owed: Sequence[_Valued], history: History, tariff: Tariff, choice: Choice) -> Outcome:
    dealt = [_deal(each, history, choice) for each in owed]
    bought = _bought(dealt, history, choice)
    wires = _wires(dealt, history, choice)
    value = drift = margin = 0
    months: dict[date, Counter[str]] = defaultdict(Counter)
    for (currency, day, _), (minor, of_value) in bought.items():
        margin += tariff.margins[currency].of(minor)
        month = months[day.replace(day=1)]
        month["value"] += of_value
        month["drift"] += minor - of_value
        value, drift = value + of_value, drift + minor - of_value
    moves = _moves(dealt, history)
    return Outcome(
        choice=choice,
        orders=len(dealt),
        value_minor=value,
        conversions=len(bought),
        wires=len(wires),
        fee_minor=sum(tariff.wire.of(minor) for minor in wires.values()),
        margin_minor=margin,
        drift_minor=drift,
        drift_sd_bps=deviation(moves),
        drift_p99_bps=quantile(moves, Decimal("0.99")),
        year_sd_bps=deviation(_by_year(dealt, history)),
        wait_days=_mean_wait(dealt, history),
        worst=_worst(months),
    )


def _deal(each: _Valued, history: History, choice: Choice) -> _Dealt:
    on = each.owed.on
    bought, paid = (history.closing(on, cycle) for cycle in (choice.convert, choice.pay))
    return _Dealt(each.owed, each.minor, bought or on, paid or on)


def _at_mid(minor: int, currency: str, day: date, history: History) -> int:
    rate = history.rates[currency][day]
    return converted_minor(minor, base=currency, quote=HOME, rate=rate)


def _bought(
    dealt: Sequence[_Dealt], history: History, choice: Choice
) -> dict[tuple[str, date, int], tuple[int, int]]:
    """Cost at the mid and value at the benchmark of each conversion, in fen."""
    foreign, value = Counter[tuple[str, date, int]](), Counter[tuple[str, date, int]]()
    for number, each in enumerate(dealt):
        own = number if choice.convert is Cycle.EACH else 0
        foreign[each.owed.currency, each.bought_on, own] += each.owed.amount_minor
        value[each.owed.currency, each.bought_on, own] += each.value_minor
    return {
        key: (_at_mid(minor, key[0], key[1], history), value[key]) for key, minor in foreign.items()
    }


def _wires(dealt: Sequence[_Dealt], history: History, choice: Choice) -> Counter[_Wire]:
    """What the currency of each wire cost at the mid of its conversions, in fen."""
    parts = Counter[tuple[_Wire, date]]()
    for number, each in enumerate(dealt):
        own = number if choice.pay is Cycle.EACH else 0
        wire = (each.owed.supplier, each.owed.currency, each.paid_on, own)
        parts[wire, each.bought_on] += each.owed.amount_minor
    wires = Counter[_Wire]()
    for (paid, day), minor in parts.items():
        wires[paid] += _at_mid(minor, paid[1], day, history)
    return wires


def _move(each: _Dealt, history: History) -> Decimal:
    """How far the rate of an obligation moved while it waited, in basis points."""
    by_day = history.rates[each.owed.currency]
    return (by_day[each.bought_on] / by_day[each.owed.on] - 1) * BPS


def _moves(dealt: Sequence[_Dealt], history: History) -> list[Decimal]:
    with localcontext(prec=34):
        known: dict[tuple[str, date, date], Decimal] = {}
        moves = []
        for each in dealt:
            key = (each.owed.currency, each.owed.on, each.bought_on)
            if key not in known:
                known[key] = _move(each, history)
            moves.append(known[key])
        return moves


def _by_year(dealt: Sequence[_Dealt], history: History) -> list[Decimal]:
    """Drift of each importer's year in basis points of what it owed."""
    value = Counter[tuple[int, int]]()
    foreign = Counter[tuple[tuple[int, int], str, date]]()
    for each in dealt:
        key = (each.owed.importer, each.owed.on.year)
        value[key] += each.value_minor
        foreign[key, each.owed.currency, each.bought_on] += each.owed.amount_minor
    now = Counter[tuple[int, int]]()
    for (key, currency, day), minor in foreign.items():
        now[key] += _at_mid(minor, currency, day, history)
    with localcontext(prec=34):
        return [Decimal(now[key] - value[key]) * BPS / value[key] for key in value if value[key]]


def _mean_wait(dealt: Sequence[_Dealt], history: History) -> Decimal:
    waited = sum(history.place[each.bought_on] - history.place[each.owed.on] for each in dealt)
    return (Decimal(waited) / len(dealt)).quantize(STEP, rounding=ROUND_HALF_UP)


def _worst(months: Mapping[date, Counter[str]]) -> WorstMonth:
    """The month that lost most in proportion to what it converted; of equals the first."""

    def lost(month: date) -> tuple[Decimal, int]:
        sums = months[month]
        return in_bps(sums["drift"], sums["value"]), -month.toordinal()

    worst = max(months, key=lost)
    return WorstMonth(worst, months[worst]["drift"], lost(worst)[0])


def deviation(values: Sequence[Decimal]) -> Decimal:
    """Standard deviation of all values, with one decimal."""
    with localcontext(prec=34):
        mean = sum(values, Decimal(0)) / len(values)
        squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
        return (squares / len(values)).sqrt().quantize(STEP, rounding=ROUND_HALF_UP)


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """The value that a share of all values does not exceed, with one decimal."""
    ordered = sorted(values)
    place = int((len(ordered) - 1) * share)
    return ordered[place].quantize(STEP, rounding=ROUND_HALF_UP)
