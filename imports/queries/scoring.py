"""How near plans came: the one reader of what was scored, and what months are scored by."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs
from django.utils import timezone

from core.domain.calendar import add_months
from core.models import Party
from imports.domain.forecasts import MONTHS
from imports.domain.scoring import Accuracy, accuracy_of, committed_in
from imports.models import Commitment, ForecastLine, PlanScore, Round, RoundMember, UnitsDrawn

Pair = tuple[int, int]
"""Importer and product."""

MONTHS_KEPT = 12
"""Closed months over which a record is told."""


def plan_kept(importer: Party, before: date) -> Accuracy | None:
    """How near an importer's plans came in the twelve months before a day's. One query."""
    return plans_kept(before, [importer.pk]).get(importer.pk)


def plans_kept(before: date, importers: Iterable[int] | None = None) -> dict[int, Accuracy]:
    """How near plans came in the twelve months before a day's, by importer in view. One query."""
    rows = PlanScore.objects.filter(_between(add_months(_first(before), -MONTHS_KEPT), before))
    if importers is not None:
        rows = rows.filter(importer__in=list(importers))
    over = F("planned_units") - F("drawn_units")
    month = F("year") * 12 + F("month")
    sums = rows.order_by().values("importer_id").annotate(
        cells=Count(month, distinct=True),
        drawn=Sum("drawn_units"),
        missed=Sum(Abs(over)),
        over=Sum(over),
    )  # fmt: skip
    return {
        row["importer_id"]: Accuracy(row["cells"], row["drawn"], row["missed"], row["over"])
        for row in sums
    }


def accuracies(importer: Party, *, since: date) -> dict[int, Accuracy]:
    """How near an importer's plans came, by product, over the months since a day. One query."""
    rows = PlanScore.objects.filter(_between(since, None), importer_id=importer.pk).order_by("pk")
    found: dict[int, list[Pair]] = defaultdict(list)
    for product, planned, drawn in rows.values_list("product_id", "planned_units", "drawn_units"):
        found[product].append((planned, drawn))
    return {product: accuracy_of(cells, months=len(cells)) for product, cells in found.items()}


def _between(since: date, before: date | None) -> Q:
    """Scores of whole months from a day's month on, before another day's."""
    later = Q(year__gt=since.year) | Q(year=since.year, month__gte=since.month)
    if before is None:
        return later
    return later & (Q(year__lt=before.year) | Q(year=before.year, month__lt=before.month))


def _first(day: date) -> date:
    return day.replace(day=1)


def scored_months() -> set[tuple[int, int]]:
    """Year and month of every month that was scored. One query."""
    return set(PlanScore.objects.order_by().values_list("year", "month").distinct())


def drawn_in(month: date) -> dict[Pair, int]:
    """Units drawn in a month by importer and product. One query."""
    rows = UnitsDrawn.objects.filter(month=month, units__gt=0).order_by("pk")
    return {(i, p): units for i, p, units in rows.values_list("importer_id", "product_id", "units")}


def plans_for(month: date) -> dict[Pair, int]:
    """What a month is scored by: units that rounds bound, else planned when it began.

    Two queries, and five for each round that bought for the month.
    """
    began = timezone.make_aware(datetime.combine(month, time.min))
    name = MONTHS[month.month - 1]
    rows = _in_force(month.year, began).filter(**{f"{name}__gt": 0}).order_by("pk")
    planned = {(i, p): u for i, p, u in rows.values_list("importer_id", "product_id", name)}
    bound: dict[Pair, int] = defaultdict(int)
    members: set[int] = set()
    for round_ in _bought_for(month):
        members |= _committed(round_)
        for pair, units in _bound_by(round_, month):
            bound[pair] += units
    others = {pair: units for pair, units in planned.items() if pair[0] not in members}
    return others | {pair: units for pair, units in bound.items() if units}


def _bought_for(month: date) -> list[Round]:
    rows = Round.objects.filter(first_month__lte=month, last_month__gte=month)
    bought = (Round.State.CONSOLIDATED, Round.State.ORDERED)
    return list(rows.filter(state__in=bought, submitted_at__isnull=False).order_by("pk"))


def _committed(round_: Round) -> set[int]:
    rows = RoundMember.objects.filter(round=round_, state=RoundMember.State.COMMITTED)
    return set(rows.values_list("importer_id", flat=True))


def _bound_by(round_: Round, month: date) -> Iterator[tuple[Pair, int]]:
    """A month's part of what a round bought for those who stayed in it."""
    members = _committed(round_)
    months = _months_of(round_)
    plans = _submitted_months(round_, months)
    rows = Commitment.objects.filter(round=round_, version_before=None).order_by("pk")
    for importer, product, units in rows.values_list("importer_id", "product_id", "units"):
        if importer in members:
            planned = plans.get((importer, product), [0] * len(months))
            yield (importer, product), committed_in(months.index(month), units, planned)


def _months_of(round_: Round) -> list[date]:
    months = [round_.first_month]
    while months[-1] < round_.last_month:
        months.append(add_months(months[-1], 1))
    return months


def _submitted_months(round_: Round, months: list[date]) -> dict[Pair, list[int]]:
    """What was planned for each month when a round was submitted. A query for each year."""
    found: dict[Pair, list[int]] = defaultdict(lambda: [0] * len(months))
    for year in sorted({month.year for month in months}):
        places = [(n, MONTHS[m.month - 1]) for n, m in enumerate(months) if m.year == year]
        rows = _in_force(year, round_.submitted_at).order_by("pk")
        names = [name for _, name in places]
        for importer, product, *units in rows.values_list("importer_id", "product_id", *names):
            for (place, _), own in zip(places, units, strict=True):
                found[importer, product][place] = own
    return found


def _in_force(year: int, instant: datetime | None) -> QuerySet[ForecastLine]:
    """Plans of a year by the versions in force at an instant."""
    rows = ForecastLine.objects.filter(year=year, version_from__lte=instant)
    return rows.exclude(version_before__lte=instant)
