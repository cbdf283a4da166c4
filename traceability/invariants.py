"""What must always hold in the prove stage."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F
from django.utils.module_loading import autodiscover_modules

from core.invariants import invariant
from core.models.fact import Fact, LogCursor, LogEntry
from traceability import seals
from traceability.domain.epcis import KINDS_OF_FACT, OPTIONAL, Event
from traceability.epcis import laws
from traceability.models import (
    READER,
    CodeUse,
    EpcisEvent,
    EventSubject,
    Holding,
    Passport,
    Recall,
    RecallUnit,
)
from warehouse.models import UnitIdentity

OF_THE_REPOSITORY = (
    laws.events_are_found_by_what_they_say,
    laws.captures_say_what_the_log_says,
    laws.master_data_is_found_by_what_it_says,
    laws.standing_queries_say_what_the_log_says,
)
"""Laws that stand beside the repository and are registered with these."""


@invariant(
    "traceability.every_fact_read_is_one_event",
    "Every fact of a lot's way that was read from the log is exactly one event.",
)
def every_fact_read_is_one_event() -> Iterator[str]:
    """Three queries, whatever the number of facts."""
    read = LogEntry.objects.filter(position__lt=_read_so_far(), fact__name__in=list(KINDS_OF_FACT))
    projected = EpcisEvent.objects.filter(capture__isnull=True)
    with_event = projected.values("fact_position")
    for position in (
        read.exclude(fact__name__in=OPTIONAL)
        .exclude(position__in=with_event)
        .values_list("position", flat=True)
    ):
        yield f"the fact at line {position} has no event"
    events = projected.exclude(fact_position__in=read.values("position"))
    for line in events.values_list("fact_position", flat=True):
        yield f"an event stands for line {line}, which is no fact of a lot's way"


@dataclass(frozen=True)
class Told:
    """An event that the log gives, when its fact was recorded, and who alone sees it."""

    event: Event
    recorded_at: datetime
    viewer: int | None


replay: list[Callable[[int], Iterator[Told]]] = []
"""How events are built anew from the log; the projection, which stands above, puts itself here."""
holders: list[Callable[[int], set[tuple[int, str]]]] = []
"""Who holds what by the log; the projection puts itself here as well."""

tables: list[Callable[[int], Iterator[str]]] = []
"""What is wrong with the tables that the projection keeps beside its events."""


def _read_so_far() -> int:
    """The line of the log up to which events were projected. One query."""
    return LogCursor.objects.filter(reader=READER).values_list("position", flat=True).first() or 0


@invariant(
    "traceability.events_say_what_the_log_says",
    "Every projected event has the bytes, the times, the reader and the subjects its fact gives.",
)
def events_say_what_the_log_says() -> Iterator[str]:
    """Builds every event anew; three queries and one per 500 facts."""
    autodiscover_modules("projections")
    subjects: dict[tuple[int | None, str], set[str]] = defaultdict(set)
    named = EventSubject.objects.values_list("event__fact_position", "event__kind", "key")
    for position, kind, key in named.iterator():
        subjects[position, kind].add(key)
    rows = EpcisEvent.objects.filter(capture__isnull=True).values_list(
        "fact_position", "event_id", "kind", "happened_at", "record_time", "viewer", "body"
    )
    stored = {(position, kind): (name, *rest) for position, name, kind, *rest in rows.iterator()}
    for told in _built(_read_so_far()):
        if isinstance(told, str):
            yield told
            continue
        event = told.event
        said = (event.event_id, event.at, told.recorded_at, told.viewer, event.body.decode())
        place = (event.position, str(event.kind))
        if stored.get(place) != said:
            yield f"the event of line {event.position} is not what the log says"
        if subjects[place] != set(event.keys):
            yield f"the event of line {event.position} names other subjects than the log"


def _built(before: int) -> Iterator[Told | str]:
    """The events of the log up to a position; a line instead where a changed fact gives none."""
    for build in replay:
        try:
            yield from build(before)
        except (KeyError, TypeError, ValueError) as fault:
            yield f"the facts give no events any more: {type(fault).__name__}"


@invariant(
    "traceability.ways_are_those_of_the_log",
    "Lots, picks and voyages that events are built with are those that the log gives.",
)
def ways_are_those_of_the_log() -> Iterator[str]:
    """Three queries and one per 500 facts."""
    autodiscover_modules("projections")
    for differing in tables:
        try:
            yield from differing(_read_so_far())
        except (KeyError, TypeError, ValueError) as fault:
            yield f"the facts give no way any more: {type(fault).__name__}"


@invariant(
    "traceability.ready_answers_are_ours",
    "Every ready answer of a trace page bears the seal with which it was put together.",
)
def ready_answers_are_ours() -> Iterator[str]:
    """One query."""
    for row in Passport.objects.order_by("pk").iterator():
        if seals.opened(row.body, row.lot_id, row.order_id, row.on) is None:
            yield f"the ready answer for {row} was changed"


@invariant(
    "traceability.recalled_units_stay_stopped",
    "A unit under a recall is recalled or void, and its recall is in the log.",
)
def recalled_units_stay_stopped() -> Iterator[str]:
    """Two queries."""
    stopped = (UnitIdentity.State.RECALLED, UnitIdentity.State.VOID)
    loose = RecallUnit.objects.exclude(identity__state__in=stopped)
    for identity, recall in loose.values_list("identity_id", "recall__number"):
        yield f"unit {identity} goes on although recall {recall} covers it"
    opened = Fact.objects.filter(name="traceability.recall.opened").values_list("data", flat=True)
    told = {data.get("recall"): data for data in opened.iterator()}
    for row in Recall.objects.order_by("pk"):
        data = told.pop(row.pk, {})
        said = (row.scope, row.product_id, row.blocked_units)
        if (data.get("scope"), data.get("product"), data.get("units")) != said:
            yield f"recall {row.number} is not what the log says"
    for pk in told:
        yield f"recall {pk}, which the log knows, is missing"


@invariant(
    "traceability.holders_are_those_of_the_log",
    "Whoever the log gave units of a lot sees the lot's events, and nobody else.",
)
def holders_are_those_of_the_log() -> Iterator[str]:
    """Two queries and one per 500 facts."""
    autodiscover_modules("projections")
    stored = set(Holding.objects.values_list("importer_id", "key"))
    try:
        told = {each for find in holders for each in find(_read_so_far())}
    except KeyError as fault:
        yield f"the log gives units of a lot that is not traced: {fault}"
        return
    for importer_id, key in sorted(stored ^ told):
        yield f"importer {importer_id} and {key}: the log and the table of holders differ"


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
