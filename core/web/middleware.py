"""What every response carries, and how a refusal becomes a page."""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers

from core import logs
from core.domain.errors import Refusal
from core.web import errors, refusals
from core.web.audience import REPOSITORY, wants_fragment

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
"""Nothing inline, nothing from elsewhere, nobody may frame us."""


class RequestId:
    """Every request gets an id: in its log lines, its answer and the page of a failure."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = secrets.token_hex(8)
        with logs.about(request=name):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = name
        return response


class ContentSecurityPolicy:
    """Every response carries the policy; early in the list, so redirects carry it as well.

    What a member sees is not kept by browsers or proxies: it is gone after signing out.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if getattr(request, "membership", None) is not None:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class BodyLimit:
    """A request larger than the largest sheet is declined before any of it is read or stored."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or "0"
        if not told.isdecimal() or len(told) > 12:
            return errors.answer(request, HTTPStatus.BAD_REQUEST)
        if int(told) > settings.MOST_REQUEST_BYTES:
            return errors.answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.get_response(request)


class LanguageInAddress:
    """``?lang=zh-hans`` in the address decides the language of that page, without a cookie.

    Public pages use it for their language links, so that scanning a code sets no cookie.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        if asked in dict(settings.LANGUAGES):
            translation.activate(asked)
            request.LANGUAGE_CODE = asked
        return self.get_response(request)


class WholeAddress:
    """An address that holds a NUL is declined: nothing has such a name, and no database looks.

    The event repository declines it itself, with a status that its description has.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        holds_nul = "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")
        if holds_nul and not request.path.startswith(REPOSITORY):
            return errors.bad_request(request)
        return self.get_response(request)


class RefusalPages:
    """A refusal, a missing page or a forbidden one is answered in the reader's language.

    Pages get a page, htmx a fragment for the notice area, programs ``application/problem+json``.
    The session is never read here, so public pages stay free of cookies.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.resolver_match is None:
            response = errors.not_found(request)
        if wants_fragment(request) and _leads_to_sign_in(response):
            response = _whole_page_signs_in(request)
        patch_vary_headers(response, ("Accept", "HX-Request"))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to what a view declined; anything else rises as the bug it is."""
        if isinstance(exception, Refusal):
            return refusals.answer(request, exception)
        if isinstance(exception, Http404):
            return errors.not_found(request, exception)
        if isinstance(exception, PermissionDenied):
            return errors.forbidden(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request, exception)
        return None


def _leads_to_sign_in(response: HttpResponse) -> bool:
    is_redirect = response.status_code == HTTPStatus.FOUND
    return is_redirect and urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)


def _whole_page_signs_in(request: HttpRequest) -> HttpResponse:
    """The session ended while a page was open: its reader signs in and comes back to it."""
    open_page = urlsplit(request.headers.get("HX-Current-URL", ""))
    query = urlencode({"next": open_page.path or "/"})
    sign_in = f"{resolve_url(settings.LOGIN_URL)}?{query}"
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": sign_in})
