"""Refusals as the reader sees them: their words, their numbers, their remedy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from core.domain.errors import Phrase, Refusal
from core.web import locale
from core.web.audience import back_address, layout_for, problem, wants_fragment, wants_problem

STATUSES: dict[str, int] = {}
"""The status each refusal code answers with, where it is not 422."""

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

PLAIN_PARAMS = frozenset({"year", "row", "column", "line", "number", "position"})
"""Parameters that name something: their digits are never grouped."""


@dataclass(frozen=True)
class Rendered:
    """A refusal in the reader's language."""

    code: str
    reason: str
    remedy: str
    status: int


class _Said(str):
    """A localised value that ignores the template's own format specification."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self)


def answer_with(status: int, *codes: str) -> None:
    """Refusals with these codes answer with ``status`` instead of 422."""
    STATUSES.update(dict.fromkeys(codes, status))


answer_with(HTTPStatus.TOO_MANY_REQUESTS, "too-many-tries")
answer_with(HTTPStatus.NOT_FOUND, "nobody-in-view")
answer_with(HTTPStatus.UNAUTHORIZED, "key-missing")
answer_with(HTTPStatus.FORBIDDEN, "right-missing", "scope-missing")
answer_with(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-offered")
answer_with(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "sheet-too-large", "sheet-bomb")
answer_with(HTTPStatus.TOO_MANY_REQUESTS, "too-many-tries", "too-many-unknown-codes")
answer_with(
    HTTPStatus.CONFLICT,
    "already-received",
    "batch-changed-meanwhile",
    "order-number-ambiguous",
    "too-many-webhooks",
    "document-differs",
    "draft-changed-meanwhile",
    "key-used-for-other",
    "months-already-in-round",
    "name-taken",
    "order-taken-otherwise",
    "paper-used-before",
    "party-code-taken",
    "same-key-other-body",
    "same-reference-other-goods",
    "same-reference-other-units",
    "same-request-other-goods",
    "step-not-allowed",
    "still-in-progress",
    "taken-meanwhile",
    "upload-already-published",
    "upload-still-read",
)


def _say(name: str, value: Any) -> Any:
    if isinstance(value, Refusal):
        return _Said(render_refusal(value).reason)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        plain = name in PLAIN_PARAMS or name.endswith(("_id", "_no"))
        return _Said(value) if plain else _Said(locale.number(value))
    if isinstance(value, date):
        return _Said(locale.day(value))
    return _say_text(value) if isinstance(value, str) else value


def _say_text(text: str) -> str:
    """Words in their translation, a day in ISO form as a day, names and numbers as they are."""
    if isinstance(text, Phrase):
        parts = {name: _say(name, part) for name, part in text.params.items()}
        return _Said(gettext(text.template).format(**parts))
    if ISO_DAY.fullmatch(text):
        return _Said(locale.day(date.fromisoformat(text)))
    return _Said(_say_words(text)) if text else ""


def _say_words(text: str) -> str:
    """The translation of a word, or of each word of a list whose words all have one."""
    whole = gettext(text)
    parts = text.split(", ")
    said = [gettext(part) for part in parts if part]
    if whole != text or any(old == new for old, new in zip(parts, said, strict=False)):
        return whole
    return "、".join(said)


def render_refusal(refusal: Refusal) -> Rendered:
    """The refusal in the active language, numbers and dates written as its readers write them."""
    said = {name: _say(name, value) for name, value in refusal.params.items()}
    return Rendered(
        code=refusal.code,
        reason=gettext(refusal.reason).format(**said),
        remedy=gettext(refusal.remedy).format(**said),
        status=STATUSES.get(refusal.code, HTTPStatus.UNPROCESSABLE_ENTITY),
    )


def render_stored(code: str, params: Mapping[str, Any]) -> Rendered:
    """A refusal that was written down as code and parameters, in the active language.

    A code that is no longer known is said as a plain refusal, its parameters left out.
    """
    kind = Refusal.registry.get(code)
    return render_refusal(kind(**params)) if kind else replace(render_refusal(Refusal()), code=code)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The response that tells a person, htmx or a program what was declined and what to do."""
    said = render_refusal(refusal)
    if wants_problem(request):
        return problem(said.status, said.code, said.reason, remedy=said.remedy)
    if wants_fragment(request):
        return _fragment(request, said)
    context = {"refusal": said, "layout": layout_for(request), "back": back_address(request)}
    return render(request, "core/refusal.html", context, status=said.status)


def _fragment(request: HttpRequest, said: Rendered) -> HttpResponse:
    response = render(request, "core/parts/refusal.html", {"refusal": said}, status=said.status)
    response.headers["HX-Retarget"] = "#notices"
    response.headers["HX-Reswap"] = "innerHTML show:window:top"
    return response
