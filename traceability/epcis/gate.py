"""The gate of the repository: which methods an address offers, who calls, and in which version."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from core import api_keys, tenancy, throttle
from core.api_keys import Scope
from core.models import ApiKey, Importer
from core.throttle import TooManyTries
from traceability.domain.repository.documents import AS_SENT, LINKS
from traceability.domain.repository.faults import EpcisFault
from traceability.epcis import problems
from traceability.epcis.capture import MOST_BYTES, MOST_EVENTS
from traceability.epcis.problems import (
    AddressTooLong,
    KeyMayNot,
    KeyNotValid,
    MethodMissing,
    NotAcceptable,
    NotJson,
    TooManyCalls,
)

CALLS = 600
WINDOW = timedelta(minutes=1)
LONGEST_ADDRESS = 8000
VERSION = "2.0.0"
JSON_TYPES = ("application/json", "application/ld+json")
_ACCEPTED = {"*/*", "application/*", "application/problem+json", *JSON_TYPES}
_OFFERED = {
    "GS1-EPCIS-Version": VERSION,
    "GS1-EPCIS-Min": "2.0.0",
    "GS1-EPCIS-Max": "2.0.1",
    "GS1-CBV-Version": VERSION,
    "GS1-CBV-Min": "2.0.0",
    "GS1-CBV-Max": "2.0.1",
    "GS1-EPC-Format": LINKS,
    "GS1-CBV-XML-Format": "Never_Translates",
    "GS1-Vendor-Version": "bondpool-1",
}
LIMITS = {
    "GS1-EPCIS-Capture-Limit": str(MOST_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(MOST_BYTES),
}
_CAPTURE = {**LIMITS, "GS1-Capture-Error-Behaviour": "rollback"}
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}", re.ASCII)
FORMATS = {"": LINKS, "No_Preference": LINKS, LINKS: LINKS, AS_SENT: AS_SENT}

Handler = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Operation:
    """What an address does under one method, and which statuses its description has for refusals.

    401, 403 and 406 are in every description.
    """

    does: Handler
    scope: Scope = Scope.EVENTS_READ
    declines: frozenset[HTTPStatus] = frozenset()


@dataclass(frozen=True)
class Caller:
    """In whose name a call is made, and how it wants identifiers written."""

    importer: Importer
    epc_format: str


def reads(does: Handler, *declines: int) -> Operation:
    """An operation that changes nothing."""
    return Operation(does, Scope.EVENTS_READ, frozenset(map(HTTPStatus, declines)))


def writes(does: Handler, *declines: int) -> Operation:
    """An operation that adds or ends something."""
    return Operation(does, Scope.EVENTS_WRITE, frozenset(map(HTTPStatus, declines)))


def endpoint(*, takes_captures: bool = False, **offered: Operation) -> Handler:
    """The view of an address: operations by method; OPTIONS and HEAD come by themselves."""

    def view(request: HttpRequest, **named: str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else str(request.method)
        operation = offered.get(method)
        declines = operation.declines if operation else frozenset()
        try:
            response = _answered(request, method, operation, offered, named)
        except EpcisFault as fault:
            response = problems.answer(fault, declines)
        _state(request, response, offered, takes_captures=takes_captures)
        return response

    view.action = "epcis"  # type: ignore[attr-defined]
    return csrf_exempt(view)


def _answered(
    request: HttpRequest,
    method: str,
    operation: Operation | None,
    offered: Mapping[str, Operation],
    named: Mapping[str, str],
) -> HttpResponse:
    if operation is None and method != "OPTIONS":
        raise MethodMissing(offered=_allowed(offered))
    key = _let_in(request, operation.scope if operation else Scope.EVENTS_READ)
    _refuse_unacceptable(request)
    if operation is None:
        return empty(HTTPStatus.NO_CONTENT)
    caller = Caller(key.importer, _format(request))
    with tenancy.acting_for(key.importer, actor=f"key:{key.pk}"):
        return operation.does(request, caller, **named)


def _allowed(offered: Mapping[str, Operation]) -> str:
    head = ["HEAD"] if "GET" in offered else []
    return ", ".join(["OPTIONS", *head, *offered])


def _state(
    request: HttpRequest,
    response: HttpResponse,
    offered: Mapping[str, Operation],
    *,
    takes_captures: bool,
) -> None:
    """The headers that say what is offered, and of which version the answer is."""
    told = _OFFERED if request.method == "OPTIONS" else {}
    if request.method == "OPTIONS" and takes_captures:
        told = {**told, **_CAPTURE}
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        told = {**told, **LIMITS}
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        told = {**told, "WWW-Authenticate": "Bearer"}
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED or request.method == "OPTIONS":
        told = {**told, "Allow": _allowed(offered)}
    versions = {"GS1-EPCIS-Version": VERSION, "GS1-CBV-Version": VERSION}
    for name, value in {**versions, **told, "Cache-Control": "private, no-store"}.items():
        response.headers[name] = value


def _let_in(request: HttpRequest, scope: Scope) -> ApiKey:
    """The key of a call.

    Raises:
        KeyNotValid, TooManyCalls, KeyMayNot: the call is not let in.
    """
    key = api_keys.presented(request.headers.get("Authorization", ""))
    if key is None:
        raise KeyNotValid
    try:
        throttle.refuse_above(CALLS, "epcis", key.prefix, window=WINDOW)
    except TooManyTries:
        raise TooManyCalls(limit=CALLS) from None
    throttle.note("epcis", key.prefix, window=WINDOW)
    if scope not in key.scopes:
        raise KeyMayNot(scope=scope)
    return key


def _refuse_unacceptable(request: HttpRequest) -> None:
    """Raises:
    AddressTooLong, NotAcceptable: the address, the media type or a version cannot be served.
    """
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        raise AddressTooLong(most=LONGEST_ADDRESS)
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise NotAcceptable(fault="the address holds a NUL character")
    accepted = {
        part.partition(";")[0].strip().lower()
        for part in request.headers.get("Accept", "*/*").split(",")
    }
    if not accepted & _ACCEPTED and accepted != {""}:
        raise NotAcceptable(fault="only application/json is offered")
    for of in ("EPCIS", "CBV"):
        _refuse_versions(request, of)


def _refuse_versions(request: HttpRequest, of: str) -> None:
    """Ours must be the version that was sent, and lie between the bounds that were asked for."""
    said = {
        bound: request.headers.get(f"GS1-{of}-{bound}", "") for bound in ("Version", "Min", "Max")
    }
    for bound, text in said.items():
        if text and not _NUMBER.fullmatch(text):
            raise NotAcceptable(fault=f"GS1-{of}-{bound} is no version")
    read = {bound: _version(text) for bound, text in said.items() if text}
    newest, oldest = _version("2.0.1"), _version("2")
    fits = (
        read.get("Version", oldest)[:2] == (2, 0)
        and read.get("Min", oldest) <= newest
        and read.get("Max", newest) >= oldest
    )
    if not fits:
        raise NotAcceptable(fault=f"{of} 2.0 is offered")


def _version(text: str) -> tuple[int, ...]:
    numbers = [int(part) for part in text.split(".")]
    return tuple([*numbers, 0, 0, 0][:4])


def _format(request: HttpRequest) -> str:
    said = request.headers.get("GS1-EPC-Format", "")
    if said not in FORMATS:
        raise NotAcceptable(fault="EPCs are given as GS1 Digital Links, or as they were sent")
    return FORMATS[said]


def body_of(request: HttpRequest) -> bytes:
    """The JSON that was sent.

    Raises:
        NotJson: it says that it is something else.
    """
    media = (request.content_type or "").lower()
    coding = request.headers.get("Content-Encoding", "identity").lower()
    if media not in JSON_TYPES or coding != "identity":
        shown = media if media not in JSON_TYPES else coding
        raise NotJson(media=shown[:60].encode("ascii", "replace").decode())
    return bytes(request.body)


def shown(body: Any, status: int = HTTPStatus.OK, **headers: str) -> JsonResponse:
    """An answer in JSON."""
    made = JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    for name, value in headers.items():
        made.headers[name.replace("_", "-")] = value
    return made


def empty(status: int, **headers: str) -> HttpResponse:
    """An answer without a body."""
    made = HttpResponse(status=status)
    del made.headers["Content-Type"]
    for name, value in headers.items():
        made.headers[name.replace("_", "-")] = value
    return made
