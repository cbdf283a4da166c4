"""Captures, named queries and subscriptions at /epcis/."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from traceability.domain.repository.schedule import FIELDS, SubscriptionWrong
from traceability.domain.repository.values import spelled
from traceability.epcis import capture, standing
from traceability.epcis.gate import Caller, body_of, empty, endpoint, reads, shown, writes
from traceability.epcis.paging import linked, place_of, sliced
from traceability.epcis.problems import NotAcceptable, NothingThere
from traceability.epcis.views import answered
from traceability.models import Capture, NamedQuery, QuerySubscription

Body = dict[str, Any]
BEHAVIOURS = {
    "": Capture.Behaviour.ROLLBACK,
    "rollback": Capture.Behaviour.ROLLBACK,
    "all": Capture.Behaviour.ROLLBACK,
    "proceed": Capture.Behaviour.PROCEED,
}


def _page(request: HttpRequest, rows: QuerySet[Any], tell: Any) -> HttpResponse:
    """One page of rows, newest first."""
    place = place_of(request)
    if place.after:
        rows = rows.filter(pk__lt=place.after)
    listed, more = sliced(list(rows.order_by("-pk")[: place.size + 1]), place.size)
    after = listed[-1].pk if more else None
    return linked(request, shown([tell(row) for row in listed]), after, 0)


# captures ------------------------------------------------------------------------------------


def take_in(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Take in a document."""
    said = request.headers.get("GS1-Capture-Error-Behaviour", "").strip().lower()
    if said not in BEHAVIOURS:
        raise NotAcceptable(fault="GS1-Capture-Error-Behaviour is rollback or proceed")
    made = capture.capture(caller.importer, body_of(request), BEHAVIOURS[said])
    where = f"/epcis/capture/{made.capture_id}"
    return empty(HTTPStatus.ACCEPTED, Location=where, GS1_Capture_Error_Behaviour=made.behaviour)


def captures(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was taken in, newest first."""
    return _page(request, Capture.objects.filter(importer_id=caller.importer.pk), job_of)


def one_capture(request: HttpRequest, caller: Caller, value: str) -> HttpResponse:
    """What became of one document."""
    return shown(job_of(_found(Capture.objects.filter(capture_id=value), value)))


def job_of(made: Capture) -> Body:
    """A capture as EPCIS describes its job; it ended before it was answered."""
    at = spelled(made.created_at)
    return {
        "captureID": made.capture_id,
        "createdAt": at,
        "finishedAt": at,
        "running": False,
        "success": made.is_success,
        "captureErrorBehaviour": made.behaviour,
        "errors": made.errors,
    }


def _found(rows: QuerySet[Any], value: str) -> Any:
    row = None if "\0" in value else rows.first()
    if row is None:
        raise NothingThere
    return row


# named queries -------------------------------------------------------------------------------


def queries(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The queries that are kept."""
    rows = NamedQuery.objects.filter(importer_id=caller.importer.pk, ended_at__isnull=True)
    return _page(request, rows, _query_said)


def add_query(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Keep a query."""
    made = standing.keep_query(caller.importer, body_of(request))
    return empty(HTTPStatus.CREATED, Location=f"/epcis/queries/{quote(made.name, safe='')}")


def one_query(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """A kept query."""
    return shown(_query_said(_query(caller, name)))


def drop_query(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """End a kept query and its subscriptions."""
    standing.end_query(_query(caller, name))
    return empty(HTTPStatus.NO_CONTENT)


def query_events(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """The events of a kept query; a stream of them is told by a subscription only."""
    if "websocket" in request.headers.get("Upgrade", "").lower():
        raise NotAcceptable(fault="WebSockets are not offered; subscribe with an address")
    if {*FIELDS, "stream", "initialRecordTime", "reportIfEmpty"} & set(request.GET):
        raise SubscriptionWrong(fault="a schedule needs a subscription with an address")
    kept = _query(caller, name)
    return answered(request, caller, standing.query_of(kept), name=kept.name)


def _query(caller: Caller, name: str) -> NamedQuery:
    rows = NamedQuery.objects.filter(
        importer_id=caller.importer.pk, name=name, ended_at__isnull=True
    )
    found: NamedQuery = _found(rows, name)
    return found


def _query_said(query: NamedQuery) -> Body:
    return {"name": query.name, "query": json.loads(query.body)}


# subscriptions -------------------------------------------------------------------------------


def subscriptions(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """The subscriptions to a query."""
    return _page(request, _live(_query(caller, name)), told_of)


def add_subscription(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """Have a query's events told."""
    query = _query(caller, name)
    made = standing.subscribe(query, body_of(request), caller.epc_format)
    where = f"/epcis/queries/{quote(query.name, safe='')}/subscriptions/{made.subscription_id}"
    return shown(told_of(made), HTTPStatus.CREATED, Location=where)


def one_subscription(request: HttpRequest, caller: Caller, name: str, value: str) -> HttpResponse:
    """One subscription."""
    return shown(told_of(_subscription(caller, name, value)))


def drop_subscription(request: HttpRequest, caller: Caller, name: str, value: str) -> HttpResponse:
    """End a subscription."""
    standing.end_subscription(_subscription(caller, name, value))
    return empty(HTTPStatus.NO_CONTENT)


def _live(query: NamedQuery) -> QuerySet[Any]:
    return QuerySubscription.objects.filter(query=query, ended_at__isnull=True)


def _subscription(caller: Caller, name: str, value: str) -> QuerySubscription:
    rows = _live(_query(caller, name)).filter(subscription_id=value)
    found: QuerySubscription = _found(rows, value)
    return found


def told_of(made: QuerySubscription) -> Body:
    """A subscription as its owner sees it; never its token."""
    how: Body = {"stream": True}
    if made.schedule:
        how = {"schedule": made.schedule, "reportIfEmpty": made.reports_if_empty}
    times = {
        "createdAt": made.created_at,
        "initialRecordTime": made.initial_record_time,
        "lastNotifiedAt": made.last_told_at,
    }
    return {
        "subscriptionID": made.subscription_id,
        "queryName": made.query.name,
        "dest": made.address,
        "epcFormat": made.epc_format,
        **how,
        **{name: spelled(at) for name, at in times.items() if at},
    }


@require_http_methods(["DELETE"])
def release_token(request: HttpRequest, token: str) -> HttpResponse:
    """Nothing is kept for a token, so there is nothing to release."""
    return empty(HTTPStatus.NO_CONTENT)


_MISSING = HTTPStatus.NOT_FOUND
_MEDIA = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
CAPTURES = endpoint(
    takes_captures=True,
    GET=reads(captures),
    POST=writes(take_in, HTTPStatus.BAD_REQUEST, _TOO_LARGE, _MEDIA),
)
CAPTURE = endpoint(GET=reads(one_capture, _MISSING))
QUERIES = endpoint(GET=reads(queries), POST=writes(add_query, HTTPStatus.CONFLICT, _MEDIA))
QUERY = endpoint(GET=reads(one_query, _MISSING, _TOO_LARGE), DELETE=writes(drop_query, _MISSING))
QUERY_EVENTS = endpoint(
    GET=reads(
        query_events,
        HTTPStatus.BAD_REQUEST,
        _MISSING,
        _TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
    )
)
SUBSCRIPTIONS = endpoint(
    GET=reads(subscriptions, HTTPStatus.BAD_REQUEST, _MISSING),
    POST=writes(add_subscription, _MISSING, _MEDIA),
)
SUBSCRIPTION = endpoint(
    GET=reads(one_subscription, _MISSING), DELETE=writes(drop_subscription, _MISSING)
)
