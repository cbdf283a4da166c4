"""For whom an answer is: a person, htmx, or a program; inside the shell or outside."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

PROBLEM = "application/problem+json"
REPOSITORY = "/epcis/"
PROGRAMS = ("/api/", REPOSITORY)
SHELL = "core/base.html"
PUBLIC = "core/public.html"


def wants_problem(request: HttpRequest) -> bool:
    """Whether a program asks: an address of programs, or a request that accepts problem+json."""
    return request.path.startswith(PROGRAMS) or PROBLEM in request.headers.get("Accept", "")


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of a page that is already on the screen."""
    return request.headers.get("HX-Request") == "true"


def problem(status: int, code: str, detail: str, **more: Any) -> JsonResponse:
    """A problem document (RFC 9457); ``code`` is stable, ``detail`` is for people."""
    body = {
        "type": f"urn:bondpool:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        **more,
    }
    return JsonResponse(
        body,
        status=status,
        content_type=PROBLEM,
        json_dumps_params={"ensure_ascii": False},
    )


def layout_for(request: HttpRequest) -> str:
    """The frame of a page: the shell where the gate let somebody in, else the public one."""
    return SHELL if getattr(request, "membership", None) is not None else PUBLIC


def back_address(request: HttpRequest) -> str:
    """The page of ours that the reader came from, else the front page."""
    origin = f"{request.scheme}://{request.get_host()}"
    came_from = request.headers.get("Referer", "")
    return came_from.removeprefix(origin) if came_from.startswith(f"{origin}/") else "/"
