"""Events, and the things that events are about, at /epcis/."""

from http import HTTPStatus
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from core import clock
from traceability.domain.repository.asking import Condition, Query, asked_query
from traceability.domain.repository.documents import collection, query_document
from traceability.domain.repository.faults import EpcisFault
from traceability.domain.repository.values import fit
from traceability.epcis import capture, masterdata, problems, repository
from traceability.epcis.gate import Caller, Handler, body_of, endpoint, reads, shown, writes
from traceability.epcis.paging import OWN, linked, place_of
from traceability.epcis.problems import NothingThere, SoapMissing
from traceability.epcis.repository import RESOURCES, Resource
from traceability.epcis.standing import SIMPLE

TOP = ("events", *RESOURCES, "capture", "queries")
ASKED = (HTTPStatus.REQUEST_URI_TOO_LONG,)
NAMED = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)


class QueryTooLarge(EpcisFault):
    """Raised when a query has more events than its caller takes."""

    code = "epcis-query-too-large"
    exception = "QueryTooLargeException"
    statuses = (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_ACCEPTABLE,
    )
    reason = "The query has more than {most} events."
    remedy = "Ask for fewer, or take them in pages."


def root(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What the repository offers."""
    return shown(collection(TOP))


def soap(request: HttpRequest, **_: str) -> HttpResponse:
    """The SOAP binding, which is not offered."""
    return problems.answer(SoapMissing(), frozenset())


def prefixes(request: HttpRequest) -> dict[str, str]:
    """Prefixes that the call declares for names in its query."""
    pairs = (part.partition("=") for part in request.headers.get("GS1-Extensions", "").split(","))
    return {name.strip(): full.strip() for name, _, full in pairs if full.strip()}


def query_in(request: HttpRequest) -> Query:
    """The query in the address."""
    asked = [
        (name, value) for name, values in request.GET.lists() if name not in OWN for value in values
    ]
    return asked_query(asked, prefixes(request))


def answered(
    request: HttpRequest, caller: Caller, query: Query, *, name: str = SIMPLE
) -> HttpResponse:
    """One page of a query's events as a query document.

    Raises:
        QueryTooLarge: it has more than ``maxEventCount``.
    """
    place = place_of(request)
    after = tuple(place.after) if place.after else None
    importer = caller.importer.pk
    if query.most is not None and repository.count_up_to(importer, query, query.most) > query.most:
        raise QueryTooLarge(most=query.most)
    found = repository.page(importer, query, size=place.size, after=after, shown=place.shown)
    bodies = repository.bodies(found.events)
    document = query_document(
        bodies,
        name=name,
        at=clock.now(),
        epc_format=caller.epc_format,
        vocabularies=masterdata.about(importer, bodies),
    )
    return linked(request, shown(document), found.next, place.shown + len(found.events))


def events(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Events that the address asks for."""
    return answered(request, caller, query_in(request))


def add_event(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Keep one event."""
    made = capture.capture_event(caller.importer, body_of(request))
    body = repository.bodies([made])[0]
    where = f"/epcis/events/{quote(body['eventID'], safe='')}"
    return shown(body, HTTPStatus.CREATED, Location=where)


def event(request: HttpRequest, caller: Caller, value: str) -> HttpResponse:
    """The events of one name: an event, and its error declarations.

    Raises:
        NothingThere: none that the caller may see.
    """
    found = [] if "\0" in value else repository.by_id(caller.importer.pk, fit(value))
    if not found:
        raise NothingThere
    document = query_document(
        repository.bodies(found), name=SIMPLE, at=clock.now(), epc_format=caller.epc_format
    )
    return shown(document)


# things that events are about ----------------------------------------------------------------


def members(resource: Resource) -> Handler:
    """The view of a collection."""

    def view(request: HttpRequest, caller: Caller) -> HttpResponse:
        place = place_of(request)
        found, after = resource.members(
            caller.importer.pk, size=place.size, after=place.after or ""
        )
        return linked(request, shown(collection(found)), after, 0)

    return view


def member(resource: Resource) -> Handler:
    """The view of one member: what there is below it."""

    def view(request: HttpRequest, caller: Caller, value: str) -> HttpResponse:
        _known(resource, caller, value)
        return shown(collection(["events"]))

    return view


def events_of(resource: Resource) -> Handler:
    """The view of one member's events."""

    def view(request: HttpRequest, caller: Caller, value: str) -> HttpResponse:
        condition = _known(resource, caller, value)
        return answered(request, caller, query_in(request).also(condition))

    return view


def _known(resource: Resource, caller: Caller, value: str) -> Condition:
    """The condition that an event is about a member.

    Raises:
        NothingThere: no such member that the caller may see.
    """
    if "\0" in value or not resource.knows(caller.importer.pk, value):
        raise NothingThere
    return resource.condition(value)


def collection_views(resource: Resource) -> tuple[Handler, Handler, Handler]:
    """The three addresses of a kind of thing: the collection, a member, a member's events."""
    return (
        endpoint(GET=reads(members(resource))),
        endpoint(GET=reads(member(resource), *NAMED)),
        endpoint(GET=reads(events_of(resource), *NAMED, *ASKED)),
    )


ROOT = endpoint(GET=reads(root))
EVENTS = endpoint(
    GET=reads(events, *ASKED),
    POST=writes(
        add_event,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ),
)
EVENT = endpoint(GET=reads(event, HTTPStatus.NOT_FOUND))
