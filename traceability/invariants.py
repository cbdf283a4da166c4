"""What must always hold in the prove stage."""

from collections.abc import Iterator

from django.db.models import Count, F

from core.invariants import invariant
from core.models.fact import LogCursor, LogEntry
from traceability.domain.epcis import KIND_OF_FACT
from traceability.models import READER, CodeUse, EpcisEvent


@invariant(
    "traceability.every_fact_read_is_one_event",
    "Every fact of a lot's way that was read from the log is exactly one event.",
)
def every_fact_read_is_one_event() -> Iterator[str]:
    """Three queries, whatever the number of facts."""
    cursor = LogCursor.objects.filter(reader=READER).values_list("position", flat=True).first()
    read = LogEntry.objects.filter(position__lt=cursor or 0, fact__name__in=list(KIND_OF_FACT))
    with_event = EpcisEvent.objects.values("fact_position")
    for position in read.exclude(position__in=with_event).values_list("position", flat=True):
        yield f"the fact at line {position} has no event"
    events = EpcisEvent.objects.exclude(fact_position__in=read.values("position"))
    for position in events.values_list("fact_position", flat=True):
        yield f"an event stands for line {position}, which is no fact of a lot's way"


@invariant(
    "traceability.lookups_are_counted",
    "A code's count is never below the single look-ups still on record.",
)
def lookups_are_counted() -> Iterator[str]:
    """One query."""
    rows = CodeUse.objects.annotate(kept=Count("identity__scans"))
    for identity, count, kept in rows.filter(scan_count__lt=F("kept")).values_list(
        "identity_id", "scan_count", "kept"
    ):
        yield f"unit {identity} counts {count} look-ups, {kept} are on record"
