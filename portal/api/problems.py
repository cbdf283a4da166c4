"""How the API declines: every refusal as ``application/problem+json``, nothing echoed unchecked."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from core.domain.errors import Refusal
from core.web import errors, refusals
from core.web.audience import problem
from portal.api.gate import WINDOW, api
from portal.api.shapes import Fault

MOST_FAULTS = 100


class RequestNotValid(Refusal):
    """Raised when a request does not have the form that the description gives."""

    code = "request-not-valid"
    reason = "The request does not have the form that the API describes; faults: {count}."
    remedy = "Correct each place that is named; the description stands at /api/v1/openapi.json."


class MethodNotOffered(Refusal):
    """Raised when an address is called in a way that it does not offer."""

    code = "method-not-offered"
    reason = "This address offers: {offered}."
    remedy = "Use one of these methods, as the description at /api/v1/openapi.json shows."


def declined(refusal: Refusal, faults: list[Fault], status: int | None = None) -> HttpResponse:
    """A refusal with the places that are at fault."""
    said = refusals.render_refusal(refusal)
    found = [fault.model_dump() for fault in faults[:MOST_FAULTS]]
    return problem(status or said.status, said.code, said.reason, remedy=said.remedy, errors=found)


@api.exception_handler(Refusal)
def _on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = refusals.answer(request, refusal)
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    if response.status_code == 429:
        response["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


@api.exception_handler(Http404)
def _on_missing(request: HttpRequest, exception: Http404) -> HttpResponse:
    return errors.not_found(request, exception)


@api.exception_handler(HttpError)
def _on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return errors.answer(request, error.status_code)


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [_fault(each) for each in error.errors]
    return declined(RequestNotValid(count=len(faults)), faults)


@api.exception_handler(Exception)
def _on_bug(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A bug rises, as everywhere else."""
    raise exception


def _fault(error: dict[str, Any]) -> Fault:
    where = ".".join(str(part) for part in error["loc"])
    return Fault(where=_plain(where), detail=_plain(error["msg"]), code=error["type"])


def _plain(text: str) -> str:
    """Text that can be sent: half characters replaced, cut to a length."""
    return text[:200].encode("utf-8", "replace").decode()
