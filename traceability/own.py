"""What a trace page says of its one unit; all else it shares with the lot in the same dispatch.

The page can so be made with marks instead of these few words, kept, and filled in for each look-up.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import ngettext

from core.web import locale
from traceability.domain.page import Evidence, TracePage

READABLE: Final = {"ensure_ascii": False, "indent": 1}
"""How JSON is written that people may look at."""

GIVEN = "bondpool.trace_page"
"""Under this name a request brings a :class:`Given` along; no header of a client gets this name."""

_TOKEN = secrets.token_hex(16)
_JSON = DjangoJSONEncoder(ensure_ascii=False)


class Words(NamedTuple):
    """A unit's own words on the page, in its reader's language; empty where there is nothing."""

    code: str
    note: str
    times: str
    first: str
    first_iso: str


@dataclass(frozen=True)
class Given:
    """An answer that is already there: its page is made of it, and nothing is looked up."""

    page: TracePage
    words: Words


def mark(number: int) -> str:
    """What stands for one of a unit's own words; drawn anew in each process."""
    return f"{_TOKEN}x{number}"


def worded(page: TracePage, language: str) -> Words:
    """The unit's own words in a language."""
    note = page.evidence.note if page.evidence else ""
    first = page.first_looked_up_at
    return Words(
        page.code,
        note,
        _times(page.lookups, language),
        *(_first(first, language) if first else ("", "")),
    )


@lru_cache(maxsize=4096)
def _times(lookups: int, language: str) -> str:
    with translation.override(language):
        text = ngettext("Looked up %(times)s time.", "Looked up %(times)s times.", lookups)
        return text % {"times": locale.number(lookups)}


@lru_cache(maxsize=4096)
def _first(at: datetime, language: str) -> tuple[str, str]:
    """When the first look-up was, for people and for programs."""
    with translation.override(language):
        return locale.instant(at), timezone.localtime(at).isoformat()


def page_values(page: TracePage, language: str) -> list[bytes]:
    """The unit's own words as they stand in the page."""
    return [_escaped(word) for word in worded(page, language)]


@lru_cache(maxsize=1_000)
def _escaped(word: str) -> bytes:
    return escape(word).encode()


def marked_page(page: TracePage) -> Given:
    """The answer with a mark for each of the unit's own words."""
    words = worded(page, locale.language())
    return Given(page, Words(*(mark(number) if word else "" for number, word in enumerate(words))))


def json_values(page: TracePage) -> list[bytes]:
    """The unit's own values as they stand in the answer for programs."""
    return [_written(value) for value in _values(page)]


@lru_cache(maxsize=1_000)
def _written(value: Any) -> bytes:
    return _JSON.encode(value).encode()


def _values(page: TracePage) -> Sequence[Any]:
    values = (page.code, page.lookups, page.first_looked_up_at)
    head = page.evidence
    return (*values, head.log_size, head.signed_at, head.note) if head else values


def marked_json(page: TracePage) -> Given:
    """The answer with a mark, as text, for each of the unit's own values."""
    code, lookups, first, *head = (mark(number) for number in range(len(_values(page))))
    evidence = page.evidence and Evidence(
        *cast("tuple[Any, Any, str]", tuple(head)), page.evidence.verifier_key
    )
    marks = cast("Any", {"lookups": lookups, "first_looked_up_at": first})
    return Given(
        replace(page, code=code, evidence=evidence, **marks), worded(page, locale.language())
    )
