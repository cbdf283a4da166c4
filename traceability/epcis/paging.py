"""Pages of long answers: a token in the address says where the next page begins.

A token is sealed by the server and good for a day, for the same question only; nothing is kept
for it, so that there is nothing to release.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from core import clock, keys
from traceability.domain.repository.said import QueryWrong
from traceability.domain.repository.values import instant, spelled

USUAL, MOST = 30, 1000
LASTS = timedelta(days=1)
OWN = ("perPage", "nextPageToken", "lang")


@dataclass(frozen=True)
class Place:
    """Where a page begins: after a value and an id, so many things having been shown."""

    size: int
    after: Any = None
    shown: int = 0


def place_of(request: HttpRequest) -> Place:
    """The page that an address asks for; sizes beyond the bounds become the bounds.

    Raises:
        QueryWrong: no whole number, or a token that is not of this question or too old.
    """
    text = request.GET.get("perPage", str(USUAL)).strip()
    sign, digits = text[:1] == "-", text.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise QueryWrong(name="perPage", value=_plain(text))
    size = 1 if sign else max(1, min(int(digits[:9]), MOST))
    token = request.GET.get("nextPageToken")
    if not token:
        return Place(size)
    after, shown = _read(token, _question(request))
    return Place(size, after, shown)


def _plain(text: str) -> str:
    return text[:60].encode("ascii", "replace").decode().replace("{", "(").replace("}", ")")


def _question(request: HttpRequest) -> str:
    """What a token belongs to: the caller's key, the address, and what is asked."""
    asked = sorted((name, values) for name, values in request.GET.lists() if name not in OWN)
    who = request.headers.get("Authorization", "")
    return hashlib.sha256(json.dumps([who, request.path, asked]).encode()).hexdigest()


def _seal(text: bytes) -> str:
    return base64.urlsafe_b64encode(keys.ring().hmac("links", b"epcis:" + text)[:16]).decode()


def _read(token: str, question: str) -> tuple[Any, int]:
    wrong = QueryWrong(name="nextPageToken", value=_plain(token))
    coded, _, seal = token.partition(".")
    try:
        text = base64.urlsafe_b64decode(coded.encode("ascii"))
        is_ours = hmac.compare_digest(_seal(text).encode(), seal.encode("ascii"))
    except ValueError:
        raise wrong from None
    if not is_ours:
        raise wrong
    said, after, shown, until = json.loads(text)
    ends = instant(until)
    if said != question or ends is None or ends < clock.now():
        raise wrong
    return after, shown


def linked(request: HttpRequest, response: HttpResponse, after: Any, shown: int) -> HttpResponse:
    """The answer with the address of the next page, when there is one."""
    if after is None:
        return response
    until = spelled(clock.now() + LASTS)
    text = json.dumps([_question(request), after, shown, until]).encode()
    query = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        query.setlist(name, values)
    query["nextPageToken"] = f"{base64.urlsafe_b64encode(text).decode()}.{_seal(text)}"
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    response.headers["Link"] = f'<{address}>; rel="next"'
    response.headers["GS1-Next-Page-Token-Expires"] = until
    return response


def sliced(rows: Sequence[Any], size: int) -> tuple[list[Any], bool]:
    """The rows of one page out of one more, and whether there are more."""
    return list(rows[:size]), len(rows) > size
