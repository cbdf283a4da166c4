"""Samples: drawn of lots that consumers complain about, examined, and told of in public."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from core import clock, facts, numbering, tenancy
from core.domain.errors import Refusal
from core.models import Party
from traceability.models import Complaint, Sample
from warehouse.domain.stock import INSIDE
from warehouse.models import Holding, Lot


class SampleTooLarge(Refusal):
    """Raised when more units are drawn of a lot than the warehouse holds, or none."""

    code = "sample-too-large"
    reason = "The warehouse holds {held} units of lot {lot}; {asked} cannot be drawn."
    remedy = "Draw at least one unit and at most what is there."


class SampleOpen(Refusal):
    """Raised when units are drawn of a lot whose last sample nobody has judged."""

    code = "sample-open"
    reason = "A sample of lot {lot} is still being examined."
    remedy = "Enter what that examination found, then draw the next one."


class SampleJudged(Refusal):
    """Raised when a sample is judged twice, or without the report it rests on."""

    code = "sample-judged"
    reason = "Sample {number} was judged already, or no report is named."
    remedy = "Name the report; a finding stays as it was entered, draw a new sample to look again."


@dataclass(frozen=True)
class Suspect:
    """A lot that was complained about since its last sample, and how often."""

    lot: Lot
    complaints: int
    latest_at: datetime


@dataclass(frozen=True)
class PublicFinding:
    """A judged sample as everybody may read it."""

    number: str
    has_passed: bool
    units: int
    report: str
    on: date


def suspects(operator: Party, *, since: datetime) -> list[Suspect]:
    """Lots complained about and not sampled since, the most often first. Three queries."""
    rows = Complaint.objects.filter(operator=operator, made_at__gte=since)
    counts = rows.values("identity__lot_id").annotate(times=Count("pk"), last=Max("made_at"))
    drawn = Sample.objects.filter(operator=operator).values_list("lot_id")
    sampled = dict(drawn.annotate(at=Max("drawn_at")))
    found = {
        row["identity__lot_id"]: row
        for row in counts
        if row["last"] > sampled.get(row["identity__lot_id"], since)
    }
    lots = Lot.objects.select_related("product").in_bulk(found)
    listed = [Suspect(lots[pk], row["times"], row["last"]) for pk, row in found.items()]
    return sorted(listed, key=lambda each: (-each.complaints, each.lot.pk))[:20]


def draw(lot: Lot, units: int, *, operator: Party, by: str) -> Sample:
    """Draw units of a lot to have them examined; they stay in the books where they are.

    Raises:
        SampleTooLarge, SampleOpen: nothing is drawn.
    """
    with tenancy.as_operator("a sample stands for every owner of the lot"), transaction.atomic():
        rows = Holding.objects.filter(lot=lot, place__in=INSIDE)
        held = rows.aggregate(held=Sum("units"))["held"] or 0
        if not 1 <= units <= held:
            raise SampleTooLarge(held=held, lot=lot.number, asked=units)
        times = Complaint.objects.filter(identity__lot=lot).count()
        made = _kept(lot, units, times, operator, by)
        data = {"sample": made.pk, "lot": lot.pk, "units": units}
        facts.append("traceability.sample.drawn", subject=f"sample:{made.pk}", data=data)
        return made


def _kept(lot: Lot, units: int, times: int, operator: Party, by: str) -> Sample:
    now = clock.now()
    try:
        with transaction.atomic():
            return Sample.objects.create(
                number=numbering.next_number("SM", now.year),
                lot=lot,
                operator=operator,
                cause=Sample.Cause.COMPLAINTS if times else Sample.Cause.PLAN,
                complaints=times,
                units=units,
                drawn_at=now,
                drawn_by=by,
            )
    except IntegrityError as open_one:
        raise SampleOpen(lot=lot.number) from open_one


@transaction.atomic
def judge(sample: Sample, *, has_passed: bool, report: str, finding: str, by: str) -> Sample:
    """Enter what the examination found, once, with the number of its report.

    Raises:
        SampleJudged: nothing changed.
    """
    mine = Sample.objects.filter(pk=sample.pk, judged_at__isnull=True)
    done = report.strip() and mine.update(
        has_passed=has_passed,
        report=report.strip()[:60],
        finding=finding.strip()[:300],
        judged_at=clock.now(),
        judged_by=by,
    )
    if not done:
        raise SampleJudged(number=sample.number)
    data = {
        "sample": sample.pk,
        "lot": sample.lot_id,
        "units": sample.units,
        "passed": has_passed,
    }
    facts.append("traceability.sample.judged", subject=f"sample:{sample.pk}", data=data)
    sample.refresh_from_db()
    return sample


def findings(lot: Lot) -> tuple[PublicFinding, ...]:
    """What examinations of a lot found, the newest first. One query."""
    rows = Sample.objects.filter(lot=lot, judged_at__isnull=False).order_by("-judged_at")
    return tuple(
        PublicFinding(
            row.number,
            bool(row.has_passed),
            row.units,
            row.report,
            timezone.localtime(row.judged_at).date(),
        )
        for row in rows[:10]
    )
