"""Single values as the index keeps and compares them: instants, words, identifiers, texts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from traceability.domain.cbv.canonical import canonical_uri

LONGEST_TEXT = 400
"""Longer texts are kept and asked for by their digest."""
LONGEST_NAME = 160
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WORD = re.compile(
    r"(?:urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er):"
    r"|https?://(?:ref|ns)\.gs1\.org/cbv/(?:BizStep|Disp|BTT|SDT|ER)-"
    r"|cbv:(?:BizStep|Disp|BTT|SDT|ER)-"
    r"|https?://(?:www\.)?(?:ref\.)?gs1\.org/voc/|gs1:)([A-Za-z_]+)"
)
_STANDARD = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
}


def instant(text: Any) -> datetime | None:
    """A date-time of RFC 3339 in UTC, to the microsecond; None where it is none we can keep."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def spelled(at: datetime) -> str:
    """An instant in UTC with microseconds, so that texts compare as instants do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"


def word(text: str, prefixes: Mapping[str, str] | None = None) -> str:
    """A standard word bare, however it was written; any other word in full."""
    found = _WORD.fullmatch(text)
    if found:
        return found[1]
    return expanded(text, prefixes or {}) if ":" in text else text


@lru_cache(maxsize=8192)
def identifier(text: str) -> str:
    """An EPC, class, place or document in the form that is kept: a canonical Digital Link."""
    return fit(canonical_uri(text.strip()))


def fit(text: str, most: int = LONGEST_TEXT) -> str:
    """A text that an index can hold; one that is too long by its digest."""
    return text if len(text) <= most else "sha256:" + sha256(text.encode()).hexdigest()


def expanded(name: str, prefixes: Mapping[str, str]) -> str:
    """A prefixed name in full; one whose prefix nobody declared stays."""
    prefix, colon, local = name.partition(":")
    if not colon or local.startswith("//"):
        return name
    base = prefixes.get(prefix) or _STANDARD.get(prefix)
    return base + local if base else name


def prefixes_of(context: Any) -> dict[str, str]:
    """The prefixes that a JSON-LD context declares."""
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            named = {k: v.get("@id") if isinstance(v, dict) else v for k, v in part.items()}
            found |= {k: v for k, v in named.items() if isinstance(v, str)}
    return found
