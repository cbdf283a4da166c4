"""What must always hold in the prove stage."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import Count, F
from django.utils.module_loading import autodiscover_modules

from core.invariants import invariant
from core.models.fact import LogCursor, LogEntry
from traceability.domain.epcis import KIND_OF_FACT, Event
from traceability.models import READER, CodeUse, EpcisEvent, EventSubject


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


replay: list[Callable[[int], Iterator[Event]]] = []
"""How events are built anew from the log; the projection, which stands above, puts itself here."""


@invariant(
    "traceability.events_say_what_the_log_says",
    "Every stored event has the bytes, the day and the subjects that its fact gives.",
)
def events_say_what_the_log_says() -> Iterator[str]:
    """Builds every event anew; three queries and one per 500 facts."""
    autodiscover_modules("projections")
    cursor = LogCursor.objects.filter(reader=READER).values_list("position", flat=True).first()
    subjects: dict[int, set[str]] = defaultdict(set)
    for position, key in EventSubject.objects.values_list("event__fact_position", "key"):
        subjects[position].add(key)
    rows = EpcisEvent.objects.values_list(
        "fact_position", "event_id", "kind", "happened_at", "body"
    )
    stored = {position: tuple(rest) for position, *rest in rows.iterator()}
    for event in _built(cursor or 0):
        if isinstance(event, str):
            yield event
            continue
        told = (event.event_id, str(event.kind), event.at, event.body.decode())
        if stored.get(event.position) != told:
            yield f"the event of line {event.position} is not what the log says"
        if subjects[event.position] != set(event.keys):
            yield f"the event of line {event.position} names other subjects than the log"


def _built(before: int) -> Iterator[Event | str]:
    """The events of the log up to a position; a line instead where a changed fact gives none."""
    for build in replay:
        try:
            yield from build(before)
        except (KeyError, TypeError, ValueError) as fault:
            yield f"the facts give no events any more: {type(fault).__name__}"


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
