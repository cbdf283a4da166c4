"""The pages behind 400, 403, 404, 413, 429, 500 and 503."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core import logs
from core.web.audience import PUBLIC, layout_for, problem, wants_problem

log = logging.getLogger(__name__)

WORDS = {
    400: (
        _("The request could not be read"),
        _("Go back, check what was sent, and send it again."),
    ),
    403: (
        _("This request was not accepted"),
        _("The page may have been open too long: load it again and repeat the step."),
    ),
    404: (
        _("There is nothing at this address"),
        _("Check the address, or start again from the front page."),
    ),
    413: (_("The file is too large"), _("Send a smaller file, or split it into parts.")),
    429: (_("Too many requests"), _("Wait a minute and try again.")),
    500: (
        _("Something went wrong on our side"),
        _("Nothing was changed. Try again; if it happens again, tell the operator the reference."),
    ),
    503: (_("The database does not answer"), _("Nothing was changed. Try again in a minute.")),
}
"""Title and remedy of each error page."""


def answer(request: HttpRequest, status: int, *, reference: str = "") -> HttpResponse:
    """The error page of ``status``, or its problem document for a program."""
    title, remedy = WORDS[status]
    if wants_problem(request):
        more = {"reference": reference} if reference else {}
        code = HTTPStatus(status).name.lower().replace("_", "-")
        return problem(status, code, str(title), remedy=str(remedy), **more)
    context = {
        "status": status,
        "title": title,
        "remedy": remedy,
        "reference": reference,
        "layout": PUBLIC if status >= HTTPStatus.INTERNAL_SERVER_ERROR else layout_for(request),
    }
    return render(request, "core/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return answer(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, for a form whose token is missing or old."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what does not exist and for what is another's."""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, with the id of the request, which every line of the log about it shares."""
    return answer(request, 500, reference=logs.request_id())


def unavailable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """503: the database is away or was busy for too long; the log tells which."""
    log.error("the database does not answer: %s", type(exception).__name__)
    return answer(request, 503, reference=logs.request_id())
