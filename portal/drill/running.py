"""A drill of the busiest day: every order really taken, repeated here and there, and counted."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from django.db import connection

from core import clock, invariants, tenancy
from core.domain.errors import Refusal
from customs import services as customs
from customs.domain.peak import DAY_SECONDS, PeakDay, Served, absorb, shares
from customs.models import ConsumerOrder
from portal.drill.world import OPENED, DrillWorld, build

REPEATED_EVERY = 40
"""One order in so many is delivered twice, as happens where an answer was lost."""


class DatabaseNotEmpty(Refusal):
    """Raised when a drill is pointed at a database that holds tables."""

    code = "drill-database-not-empty"
    reason = "The database of the drill holds {tables} tables; a drill needs an empty one."
    remedy = "Create an empty database for it, or leave --database out."


class ScaleOutOfRange(Refusal):
    """Raised for a scale at which a drill says nothing, or would never end."""

    code = "drill-scale-out-of-range"
    reason = "A scale of {scale} is out of range."
    remedy = "Give a scale from 0.0001 (60 orders) to 1 (600,000 orders)."


@dataclass(frozen=True)
class ImporterFigures:
    """How one importer's orders fared; seconds of the simulated day."""

    code: str
    orders: int
    usual_wait: float
    longest_wait: float


@dataclass(frozen=True)
class DrillReport:
    """What a drill showed. Waits are those of the whole day on ``cores`` cores like this one."""

    scale: float
    database: str
    cores: int
    orders: int
    taken: int
    lost: int
    doubled: int
    repeats: int
    seconds: float
    per_second_and_core: float
    mean_per_second: float
    burst_per_second: int
    cores_for_the_mean: float
    cores_for_the_burst: float
    longest_backlog: int
    emptied_after_burst_seconds: float
    importers: tuple[ImporterFigures, ...]
    is_fair: bool
    broken_laws: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, unfair or against a law."""
        return not (self.lost or self.doubled or self.broken_laws) and self.is_fair

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {**asdict(self), "holds": self.holds}


@dataclass
class Intake:
    """Takes the orders of a drill, and notes how long each one took."""

    world: DrillWorld
    arrivals: Sequence[float]
    importers: Sequence[int]
    repeats: int = 0
    seconds: float = 0.0

    def take(self, items: Sequence[int]) -> float:
        """Take orders of one importer as the queue hands them over; seconds that they took."""
        importer = self.world.importers[self.importers[items[0]]]
        instants = [OPENED + timedelta(seconds=self.arrivals[item]) for item in items]
        intakes = list(map(self.world.intake, items, instants))
        again = [
            intake
            for item, intake in zip(items, intakes, strict=True)
            if item % REPEATED_EVERY == 0
        ]
        started = time.perf_counter()
        with clock.at(instants[-1]):
            customs.take_orders(importer, intakes)
            if again:
                customs.take_orders(importer, again)
        self.repeats += len(again)
        took = time.perf_counter() - started
        self.seconds += took
        return took


def run(*, scale: float, importers: int, cores: int, day: PeakDay | None = None) -> DrillReport:
    """Drill a day at a scale in an empty database, and say what it showed."""
    day = day or PeakDay()
    arrivals = day.arrivals(scale)
    senders = shares(importers, len(arrivals))
    counts = Counter(senders)
    with clock.at(OPENED):
        world = build([counts[number] for number in range(importers)])
    intake = Intake(world, arrivals, senders)
    at_once = max(1, round(customs.AT_ONCE * scale))
    stretch = 1 / (scale * cores)
    served = list(absorb(arrivals, senders, intake.take, stretch=stretch, at_once=at_once))
    return _report(day, scale, cores, intake, served)


def _report(
    day: PeakDay, scale: float, cores: int, intake: Intake, served: Sequence[Served]
) -> DrillReport:
    orders = len(intake.arrivals)
    with tenancy.as_operator("count a drill"):
        numbers = Counter(ConsumerOrder.objects.values_list("order_no", flat=True))
    each = intake.seconds / (orders + intake.repeats)
    rows = _by_importer(intake.world, served)
    mean = Fraction(day.orders, DAY_SECONDS)
    with clock.at(OPENED + timedelta(days=1)):
        found = [row.name for row in invariants.check_all() if not row.holds]
    return DrillReport(
        scale=scale,
        database=connection.vendor,
        cores=cores,
        orders=orders,
        taken=len(numbers),
        lost=orders - len(numbers),
        doubled=sum(count - 1 for count in numbers.values()),
        repeats=intake.repeats,
        seconds=round(intake.seconds, 3),
        per_second_and_core=round(1 / each, 1),
        mean_per_second=round(float(mean), 2),
        burst_per_second=day.burst_per_second,
        cores_for_the_mean=round(float(mean) * each, 2),
        cores_for_the_burst=round(day.burst_per_second * each, 2),
        longest_backlog=round(max(row.behind for row in served) / scale),
        emptied_after_burst_seconds=round(_emptied(day, served), 1),
        importers=rows,
        is_fair=_is_fair(rows),
        broken_laws=tuple(found),
    )


def _by_importer(world: DrillWorld, served: Sequence[Served]) -> tuple[ImporterFigures, ...]:
    waits: dict[int, list[float]] = defaultdict(list)
    for row in served:
        waits[row.importer].append(row.wait)
    return tuple(
        ImporterFigures(
            world.importers[number].code,
            len(found),
            round(median(found), 1),
            round(max(found), 1),
        )
        for number, found in sorted(waits.items())
    )


def _is_fair(rows: Sequence[ImporterFigures]) -> bool:
    """Whether nobody who sends less than an equal share waits longer than who sends most."""
    equal, most = sum(row.orders for row in rows) / len(rows), max(rows, key=lambda row: row.orders)
    small = [row.longest_wait for row in rows if row.orders < equal]
    return max(small, default=0.0) <= most.longest_wait


def _emptied(day: PeakDay, served: Sequence[Served]) -> float:
    """Seconds after the burst until the last order of the burst was taken."""
    end = day.burst_at + day.burst_seconds
    ends = [row.ended for row in served if day.burst_at <= row.arrived < end]
    return max(0.0, max(ends, default=0.0) - end)
