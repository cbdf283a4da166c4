"""Trace pages answered before the middleware: from the page that Django made for another look-up.

The look-up itself is the one of every other way (``services.look``): throttled, counted, judged.
Only the making of the page is spared. All units of a lot in one dispatch share a page but for a few
words (``traceability.own``); so Django makes it once, through its whole chain, with marks for those
words, and they are filled in. What is unusual about a request is left to Django.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, QueryDict, parse_cookie
from django.utils import timezone, translation
from django.utils.http import http_date

from core import clock, facts, logs
from traceability import own, quick, services
from traceability.domain.digital_link import ItemKey
from traceability.domain.page import TracePage
from traceability.models import ScanRecord
from traceability.services import Looked, TooManyUnknownCodes, is_a_look

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

MOST_SKELETONS, MOST_HOSTS = 1_000, 100
"""Pages and hosts that a process remembers; when full it begins anew."""

_HOST = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")
_UNUSUAL = ("HTTP_HX_REQUEST", "HTTP_TRANSFER_ENCODING", "SCRIPT_NAME")
_PATH = re.compile(r"/(t|api/trace)/([0-9A-Za-z-]{16,24})", re.ASCII)
_QUERY = re.compile(r"(?!.*%00)[\w.~=&%+-]{0,200}", re.ASCII)
_KINDS = {"t": ScanRecord.Kind.PAGE, "api/trace": ScanRecord.Kind.API}


@dataclass(frozen=True)
class Asked:
    """A request that can be answered here; ``host`` is all that decides whether we are meant."""

    code: str
    kind: str
    query: str
    language: str
    label: ItemKey | None
    host: tuple[Any, ...]


@dataclass(frozen=True)
class Skeleton:
    """A page with gaps: text at even places, the number of a unit's own word at odd ones."""

    status: str
    headers: list[tuple[str, str]]
    pieces: list[bytes]
    gaps: list[tuple[int, int]]

    def filled(self, values: list[bytes]) -> bytes:
        """The page of a unit."""
        pieces = self.pieces.copy()
        for place, number in self.gaps:
            pieces[place] = values[number]
        return b"".join(pieces)


class Front:
    """A WSGI application before Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.skeletons: dict[tuple[Any, ...], Skeleton] = {}
        self.hosts: set[tuple[Any, ...]] = set()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        asked = read_request(environ)
        if asked is None:
            return self.application(environ, start)
        if asked.host not in self.hosts:
            return self._try_host(asked, environ, start)
        looked = _look(asked, environ)
        if looked is None:
            return self.application(environ, start)
        name = secrets.token_hex(8)
        with logs.about(request=name):
            skeleton = self._skeleton(asked, looked, environ)
        body = skeleton.filled(_values(asked, looked.page))
        fresh = {"Content-Length": str(len(body)), "X-Request-Id": name, "Expires": http_date()}
        start(skeleton.status, [(key, fresh.get(key, value)) for key, value in skeleton.headers])
        return [body]

    def _try_host(self, asked: Asked, environ: Environ, start: Start) -> Iterable[bytes]:
        """Let Django say first whether it answers under this host and scheme."""

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if status.startswith("200"):
                if len(self.hosts) >= MOST_HOSTS:
                    self.hosts.clear()
                self.hosts.add(asked.host)
            return start(status, headers, *more)

        return self.application(environ, noted)

    def _skeleton(self, asked: Asked, looked: Looked, environ: Environ) -> Skeleton:
        page = looked.page
        key = (
            *(asked.kind, asked.query, asked.language, asked.host, looked.body),
            *(page.verdict, page.rule, page.first_looked_up_at is None, page.evidence is None),
            facts.log_verifier_key(),
        )
        found = self.skeletons.get(key)
        if found is None:
            found = self._made(asked, page, environ)
            if looked.body and found.status.startswith("200"):
                if len(self.skeletons) >= MOST_SKELETONS:
                    self.skeletons.clear()
                self.skeletons[key] = found
        return found

    def _made(self, asked: Asked, page: TracePage, environ: Environ) -> Skeleton:
        """Django's own answer, with marks instead of the unit's own words."""
        given = own.marked_json(page) if _is_json(asked) else own.marked_page(page)
        said: list[Any] = []
        answer = self.application({**environ, own.GIVEN: given}, lambda *all_: said.append(all_))
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers, *_ = said[0]
        pieces = re.split(_JSON_MARK if _is_json(asked) else _PAGE_MARK, body)
        gaps = [(place, int(pieces[place])) for place in range(1, len(pieces), 2)]
        return Skeleton(status, headers, pieces, gaps)


_PAGE_MARK = re.compile(own.mark(0)[:-1].encode() + rb"(\d)")
_JSON_MARK = re.compile(b'"' + own.mark(0)[:-1].encode() + rb'(\d)"')


def read_request(environ: Environ) -> Asked | None:
    """What is asked, where it is the page of what may be a code and nothing is unusual."""
    path = _PATH.fullmatch(environ["PATH_INFO"])
    query = environ.get("QUERY_STRING", "")
    if path is None or environ["REQUEST_METHOD"] != "GET" or not _QUERY.fullmatch(query):
        return None
    if any(environ.get(name) for name in _UNUSUAL) or environ.get("CONTENT_LENGTH") not in _EMPTY:
        return None
    kind, (label, chosen) = _KINDS[path[1]], _read_query(query)
    language = chosen or _language(
        _language_cookie(environ.get("HTTP_COOKIE", "")), environ.get("HTTP_ACCEPT_LANGUAGE", "")
    )
    host = tuple(environ.get(name) for name in _HOST)
    return Asked(
        path[2], kind, query, language, None if kind == _KINDS["api/trace"] else label, host
    )


_EMPTY = (None, "", "0")


def _look(asked: Asked, environ: Environ) -> Looked | None:
    """The look-up, on a connection as old as Django lets one be; None leaves it to Django."""
    database = quick.database()
    quick.renew(database)
    try:
        return services.look(
            asked.code,
            at=timezone.localtime(clock.now()),
            address=environ.get("REMOTE_ADDR", ""),
            counts=is_a_look(environ),
            kind=asked.kind,
            label=asked.label,
        )
    except (TooManyUnknownCodes, OperationalError, InterfaceError):
        return None
    finally:
        quick.renew(database)


def _values(asked: Asked, page: TracePage) -> list[bytes]:
    if _is_json(asked):
        return own.json_values(page)
    return own.page_values(page, asked.language)


def _is_json(asked: Asked) -> bool:
    return asked.kind == ScanRecord.Kind.API


@lru_cache(maxsize=1_000)
def _read_query(query: str) -> tuple[ItemKey | None, str]:
    """What a label says besides the code, and the language asked for in the address."""
    read = QueryDict(query)
    gtin, chosen = read.get("gtin", ""), read.get("lang", "")
    label = ItemKey(gtin, lot=read.get("lot", "")) if gtin else None
    return label, chosen if chosen in dict(settings.LANGUAGES) else ""


def _language_cookie(cookies: str) -> str:
    name = settings.LANGUAGE_COOKIE_NAME
    return parse_cookie(cookies).get(name, "") if name in cookies else ""


@lru_cache(maxsize=1_000)
def _language(chosen: str, accepted: str) -> str:
    """The language that Django gives a reader with this cookie and this header."""
    request = HttpRequest()
    request.COOKIES = {settings.LANGUAGE_COOKIE_NAME: chosen}
    request.META = {"HTTP_ACCEPT_LANGUAGE": accepted}
    return translation.get_language_from_request(request)
