"""How the repository declines: problem documents with the exceptions of EPCIS."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

from core.web.audience import PROBLEM
from core.web.refusals import render_refusal
from traceability.domain.repository.faults import EpcisFault

EXCEPTIONS = {
    HTTPStatus.BAD_REQUEST: "ValidationException",
    HTTPStatus.UNAUTHORIZED: "SecurityException",
    HTTPStatus.FORBIDDEN: "SecurityException",
    HTTPStatus.NOT_FOUND: "NoSuchNameException",
    HTTPStatus.METHOD_NOT_ALLOWED: "ImplementationException",
    HTTPStatus.NOT_ACCEPTABLE: "NotAcceptableException",
    HTTPStatus.CONFLICT: "ResourceAlreadyExistsException",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "CaptureLimitExceededException",
    HTTPStatus.REQUEST_URI_TOO_LONG: "URITooLongException",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaTypeException",
    HTTPStatus.NOT_IMPLEMENTED: "ImplementationException",
}
"""The exception that the description gives each status."""
ALWAYS = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
"""Statuses that every operation may decline with."""


class KeyNotValid(EpcisFault):
    """Raised when a call bears no key that is valid now."""

    code = "epcis-key-missing"
    exception = "SecurityException"
    statuses = (HTTPStatus.UNAUTHORIZED,)
    reason = "The call bears no key that is valid now."
    remedy = "Send “Authorization: Bearer bp_…” with a key from the shop page of your account."


class KeyMayNot(EpcisFault):
    """Raised when a key has not the scope that a call needs."""

    code = "epcis-scope-missing"
    exception = "SecurityException"
    statuses = (HTTPStatus.FORBIDDEN,)
    reason = "The key does not have the scope “{scope}”."
    remedy = "Make a key with this scope on the shop page of your account."


class TooManyCalls(EpcisFault):
    """Raised when a key called too often; the description knows no 429."""

    code = "epcis-too-many-calls"
    exception = "SecurityException"
    statuses = (HTTPStatus.FORBIDDEN,)
    reason = "The key called more than {limit} times a minute."
    remedy = "Wait a minute, and send more events in one document."


class NothingThere(EpcisFault):
    """Raised for a thing that does not exist, or that the caller may not see."""

    code = "epcis-nothing-there"
    exception = "NoSuchNameException"
    statuses = (HTTPStatus.NOT_FOUND,)
    reason = "There is nothing of this name."
    remedy = "Look the name up in the collection above it."


class NotAcceptable(EpcisFault):
    """Raised when an answer is asked for in a way that is not offered."""

    code = "epcis-not-acceptable"
    exception = "NotAcceptableException"
    statuses = (HTTPStatus.NOT_ACCEPTABLE,)
    reason = "The answer cannot be given as it is asked for: {fault}."
    remedy = "Ask for application/json and EPCIS 2.0; OPTIONS tells what is offered."


class NotJson(EpcisFault):
    """Raised when something else than JSON is sent."""

    code = "epcis-not-json-type"
    exception = "UnsupportedMediaTypeException"
    statuses = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE,)
    reason = "Bodies of the type “{media}” are not read."
    remedy = "Send application/json or application/ld+json, not compressed."


class AddressTooLong(EpcisFault):
    """Raised for an address that is longer than is read."""

    code = "epcis-address-too-long"
    exception = "URITooLongException"
    statuses = (HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.NOT_ACCEPTABLE)
    reason = "The address is longer than {most} characters."
    remedy = "Keep the query under a name and ask for its events."


class MethodMissing(EpcisFault):
    """Raised when an address is called in a way that it does not offer."""

    code = "epcis-method"
    statuses = (HTTPStatus.METHOD_NOT_ALLOWED,)
    reason = "This address offers: {offered}."
    remedy = "Use one of these methods."


class SoapMissing(EpcisFault):
    """Raised for the SOAP binding, which is not offered."""

    code = "epcis-soap"
    statuses = (HTTPStatus.NOT_IMPLEMENTED,)
    reason = "The SOAP binding is not offered."
    remedy = "Use the REST binding of EPCIS 2.0 under /epcis/."


def answer(fault: EpcisFault, documented: frozenset[HTTPStatus]) -> JsonResponse:
    """The problem document of a refusal, with the first of its statuses that is documented.

    Its ``type`` is what the description gives that status; where this is another exception than
    the refusal's own, ``cause`` names the own one.
    """
    offered = documented | ALWAYS
    status = next((s for s in fault.statuses if s in offered), fault.statuses[0])
    is_own = status == fault.statuses[0]
    told = fault.exception if is_own else EXCEPTIONS[status]
    said = render_refusal(fault)
    body: dict[str, Any] = {
        "type": f"epcisException:{told}",
        "title": told,
        "status": int(status),
        "detail": f"{said.reason} {said.remedy}",
        "code": said.code,
    }
    if not is_own:
        body["cause"] = f"epcisException:{fault.exception}"
    if fault.places:
        body["errors"] = fault.places
    return JsonResponse(
        body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False}
    )
