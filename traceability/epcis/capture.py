"""Taking in events that importers send: all or nothing, or as many as are sound."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction

from core import bulk, clock, facts
from core.domain.canonical import digest
from core.models.fact import LogCursor
from core.models.party import Importer
from traceability.domain.cbv.hashing import event_hash
from traceability.domain.repository import reading
from traceability.domain.repository.faults import EpcisFault
from traceability.domain.repository.index import Columns, Term, columns, terms
from traceability.domain.repository.reading import Body, NotEpcis, Place
from traceability.domain.repository.values import fit, instant
from traceability.domain.repository.vocabulary import Entry, entries_of
from traceability.epcis import masterdata
from traceability.models import Capture, EpcisEvent, EventTerm

MOST_EVENTS = 500
MOST_BYTES = 4 * 1024 * 1024
CAPTURED = "traceability.events.captured"
COLUMNS = (
    *("event_type", "action", "biz_step", "disposition", "read_point", "biz_location"),
    *("transformation_id", "error_reason", "declared"),
)
_EVENT = (
    *("event_id", "happened_at", "record_time", "capture_id", "recorder", "viewer", "body"),
    *COLUMNS,
)
_TERM = ("event_id", "name", "text", "number", "at")
Behaviour = Capture.Behaviour


class CaptureTooLarge(EpcisFault):
    """Raised for more events or bytes than are taken in at once."""

    code = "epcis-capture-limit"
    exception = "CaptureLimitExceededException"
    statuses = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE,)
    reason = "One capture takes {most} events and {size} bytes; this one is larger."
    remedy = "Send the events in several documents."


class EventExists(EpcisFault):
    """Raised for an event whose name is taken by another one."""

    code = "epcis-event-exists"
    exception = "ResourceAlreadyExistsException"
    statuses = (HTTPStatus.CONFLICT,)
    reason = "An event named “{event}” with this error declaration is there already."
    remedy = "Send a correction with an error declaration, or give the event another eventID."


@dataclass(frozen=True)
class Prepared:
    """An event ready to be kept: its bytes, columns and terms."""

    number: int
    event_id: str
    at: datetime
    body: bytes
    columns: Columns
    terms: Sequence[Term]

    @property
    def key(self) -> tuple[str, str]:
        """What tells events apart: the name and the time of an error declaration."""
        return self.event_id, self.columns.declared


@dataclass
class Judged:
    """What is to be kept, and what is wrong with the rest."""

    sound: list[Prepared] = field(default_factory=list)
    master: list[Entry] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


def prepared(number: int, event: Body) -> Prepared:
    """An event of the right shape, with everything that is kept of it.

    Raises:
        NotEpcis: it has no name and cannot be hashed.
    """
    kept = reading.named(event)
    at = instant(kept["eventTime"])
    if at is None:
        raise ValueError(kept["eventTime"])
    return Prepared(
        number, fit(kept["eventID"]), at, reading.spell(kept), columns(kept), terms(kept)
    )


def capture(importer: Importer, data: bytes, behaviour: str = Behaviour.ROLLBACK) -> Capture:
    """Take in a document or a bare event; the capture says what became of it.

    Sending the same events again keeps nothing twice and is a success.

    Raises:
        NotReadable, NotEpcis: nothing was kept; with ``proceed`` only for the envelope.
        CaptureTooLarge: nothing was kept.
    """
    document = _document(data)
    judged = _judge(document, behaviour)
    sent = len(judged.sound) + len({error["event"] for error in judged.errors})
    return _keep(importer, judged, behaviour, sent)


def capture_event(importer: Importer, data: bytes) -> EpcisEvent:
    """Take in one bare event.

    Raises:
        NotReadable, NotEpcis, CaptureTooLarge, EventExists: nothing was kept.
    """
    event = _document(data)
    if isinstance(event, dict) and event.get("type") in reading.DOCUMENTS:
        reason = "This is a document; documents are sent to /capture."
        reading.refuse([{"place": "/type", "value": event["type"], "reason": reason}])
    ready = prepared(0, reading.validated(event))
    with transaction.atomic():
        lock_repository()
        if _known(importer, [ready]):
            raise EventExists(event=ready.event_id)
        made = _write(importer, Judged([ready]), Behaviour.ROLLBACK, 1)
    return made.events.get()


def _document(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise CaptureTooLarge(most=MOST_EVENTS, size=MOST_BYTES)
    return reading.parse(data)


def _judge(document: Any, behaviour: str) -> Judged:
    """What of a document is sound; with ``rollback`` all of it is, or it is refused."""
    if behaviour == Behaviour.ROLLBACK or not _is_document(document):
        reading.validated(document)
        judged = Judged()
    else:
        reading.refuse(reading.faults_of(reading.without_events(document)))
        judged = Judged(errors=_faulty(document))
    wrong = {error["event"] for error in judged.errors}
    reads = [read for read in reading.events_of(document) if read.number not in wrong]
    if len(reads) + len(wrong) > MOST_EVENTS:
        raise CaptureTooLarge(most=MOST_EVENTS, size=MOST_BYTES)
    judged.sound = [prepared(read.number, read.event) for read in reads]
    judged.master = entries_of(document) if document.get("type") in reading.DOCUMENTS else []
    return judged


def _is_document(document: Any) -> bool:
    """Whether there is a list of events, whose members can be judged one by one."""
    try:
        return isinstance(reading.event_list(document), list)
    except (KeyError, TypeError):
        return False


def _faulty(document: Body) -> list[dict[str, Any]]:
    """The faults of single events; the first of each is told."""
    found = []
    listed = reading.event_list(document)
    if len(listed) > MOST_EVENTS:
        raise CaptureTooLarge(most=MOST_EVENTS, size=MOST_BYTES)
    for number, event in enumerate(listed):
        places = _places(document, event)
        if places:
            fault = NotEpcis(count=len(places), place=places[0]["place"], fault=places[0]["reason"])
            found.append(_error(number, event, fault))
    return found


def _places(document: Body, event: Any) -> list[Place]:
    """What is wrong with one event of a document."""
    if not isinstance(event, dict):
        return reading.faults_of(event)
    try:
        bare = {**event, "@context": reading.joined(document, event)}
        places = reading.faults_of(bare)
        if not places:
            reading.named(bare)
    except NotEpcis as fault:
        places = fault.places
    return places


def _error(number: int, event: Any, fault: EpcisFault) -> dict[str, Any]:
    """A problem of one event, as a capture keeps and shows it."""
    name = event.get("eventID") if isinstance(event, dict) else None
    said = {"eventID": str(name)[:100]} if name else {}
    return {
        "type": f"epcisException:{fault.exception}",
        "title": fault.exception,
        "detail": str(fault)[:600],
        "event": number,
        **said,
    }


# keeping -----------------------------------------------------------------------------------


def lock_repository() -> None:
    """Make writers wait for each other, so that events become visible in the order of their ids."""
    LogCursor.objects.get_or_create(reader="traceability.repository")
    if connection.vendor == "postgresql":
        LogCursor.objects.select_for_update().get(reader="traceability.repository")


@transaction.atomic
def _keep(importer: Importer, judged: Judged, behaviour: str, sent: int) -> Capture:
    lock_repository()
    return _write(importer, _without_known(importer, judged, behaviour), behaviour, sent)


def _without_known(importer: Importer, judged: Judged, behaviour: str) -> Judged:
    """What is new; an event whose name another one has is an error."""
    known = _known(importer, judged.sound)
    new = masterdata.unknown(importer.pk, judged.master)
    left = Judged(master=new, errors=list(judged.errors))
    for each in judged.sound:
        other = known.get(each.key)
        if other is None:
            known[each.key] = each.body
            left.sound.append(each)
        elif other != each.body and not _is_same(other, each.body):
            fault = EventExists(event=each.event_id.replace("{", "(").replace("}", ")"))
            left.errors.append(_error(each.number, {"eventID": each.event_id}, fault))
    if left.errors and behaviour == Behaviour.ROLLBACK:
        left.sound, left.master = [], []
    return left


def _known(importer: Importer, events: Sequence[Prepared]) -> dict[tuple[str, str], bytes]:
    """Bytes of the events that an importer captured before under the same names. One query."""
    rows = EpcisEvent.objects.filter(
        recorder=importer.pk, event_id__in={each.event_id for each in events}
    )
    found = rows.values_list("event_id", "declared", "body")
    return {(event_id, declared): body.encode() for event_id, declared, body in found}


def _is_same(one: bytes, other: bytes) -> bool:
    """Whether two spellings are of one event."""
    try:
        hashes = [event_hash(reading.parse(body)) for body in (one, other)]
    except (AttributeError, TypeError, ValueError, KeyError, ArithmeticError):
        return False
    return hashes[0] == hashes[1]


def _write(importer: Importer, judged: Judged, behaviour: str, sent: int) -> Capture:
    now = clock.now()
    made: Capture = Capture.objects.create(
        importer_id=importer.pk,
        capture_id=str(uuid.uuid4()),
        behaviour=str(behaviour),
        created_at=now,
        is_success=not judged.errors,
        sent_events=sent,
        kept_events=len(judged.sound),
        errors=judged.errors,
    )
    rows = [_row(importer.pk, made.pk, now, each) for each in judged.sound]
    events = bulk.create(EpcisEvent, _EVENT, rows) if rows else []
    pairs = zip(events, judged.sound, strict=True)
    insert_terms((event.pk, each.terms) for event, each in pairs)
    masterdata.keep(made, judged.master)
    told = [each.body for each in judged.sound], [each.body for each in judged.master]
    facts.append(
        CAPTURED,
        subject=f"capture:{made.pk}",
        data={
            "importer": importer.pk,
            "capture": made.pk,
            "events": made.kept_events,
            "digest": commitment(made, *told),
        },
    )
    return made


def _row(importer_id: int, capture_id: int, now: datetime, each: Prepared) -> tuple[Any, ...]:
    own = (each.event_id, each.at, now, capture_id, importer_id, importer_id, each.body.decode())
    return (*own, *astuple(each.columns))


def insert_terms(found: Iterable[tuple[int, Sequence[Term]]]) -> None:
    """Keep the terms of events, given by their ids."""
    rows = [(event_id, *astuple(term)) for event_id, said in found for term in said]
    bulk.insert(EventTerm, _TERM, rows)


def commitment(made: Capture, bodies: Iterable[bytes], master: Iterable[bytes] = ()) -> str:
    """The digest with which the log commits to a capture and to every byte that it kept."""
    elements = sorted(sha256(body).hexdigest() for body in master)
    return digest(
        {
            **({"master": elements} if elements else {}),
            "importer": made.importer_id,
            "capture": made.capture_id,
            "behaviour": made.behaviour,
            "created": made.created_at.astimezone(UTC).isoformat(),
            "success": made.is_success,
            "sent": made.sent_events,
            "errors": made.errors,
            "events": [sha256(body).hexdigest() for body in bodies],
        }
    )
