"""GS1 Digital Link URIs: read, write, and bring to canonical form.

Source: GS1 Digital Link Standard, URI Syntax, release 1.2 and later (uncompressed form;
names such as /gtin/ are no longer part of it).
"""

import re
from urllib.parse import quote

from traceability.domain.gs1.elements import (
    BadElement,
    Elements,
    check_together,
    check_value,
    table,
)

CANONICAL_STEM = "https://id.gs1.org"
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_START = re.compile(
    r"(?:https|http|HTTPS|HTTP)://([A-Za-z0-9\-.:\[\]]+)(/[^?]*)(?:\?(.*))?", re.DOTALL
)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")


def unescape(text: str, *, query: bool) -> str:
    """Undo percent-encoding; in a query ``+`` is a space. A broken sequence stays as it is."""
    if query:
        text = text.replace("+", " ")
    return _PERCENT.sub(lambda m: chr(int(m[1], 16)), text)


def escape(text: str, *, query: bool) -> str:
    """Percent-encode all but unreserved characters; in a query a space becomes ``+``."""
    done = quote(text, safe="-._~")
    return done.replace("%20", "+") if query else done


def _path_elements(path: str) -> Elements:
    """The key and its qualifiers: the last ``/AI/value`` pair, from the end, that is a key."""
    steps = path.split("/")[1:]
    known = table()
    for at in range(len(steps) - 2, -1, -2):
        found = known.get(steps[at])
        if found is not None and found.qualifiers is not None:
            tail = steps[at:]
            pairs = list(zip(tail[::2], tail[1::2], strict=True))
            return [(ai, unescape(value, query=False)) for ai, value in pairs]
    raise BadElement(place=path[:60], why="the path holds no GS1 key")


def _in_order(qualifiers: list[str], rows: tuple[tuple[str, ...], ...]) -> bool:
    for row in rows:
        left = iter(row)
        if all(q in left for q in qualifiers):
            return True
    return False


def _check_path(path: Elements) -> None:
    key, *rest = [ai for ai, _ in path]
    rows = table()[key].qualifiers or ()
    if not _in_order(rest, rows):
        raise BadElement(
            place="/".join([key, *rest]), why="not the qualifiers of this key in their order"
        )


def _query_elements(query: str) -> Elements:
    found = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(r"[0-9]+", name):
            continue
        if name not in table():
            raise BadElement(
                place=f"?{name}", why="numeric names are kept for application identifiers"
            )
        found.append((name, unescape(value, query=True)))
    return found


def _check_attributes(path: Elements, attributes: Elements) -> None:
    key, *qualifiers = [ai for ai, _ in path]
    rows = table()[key].qualifiers or ()
    seen = {key, *qualifiers}
    for ai, _ in attributes:
        if ai in seen:
            raise BadElement(place=f"?{ai}", why="it is given twice")
        seen.add(ai)
        if not table()[ai].attribute:
            raise BadElement(place=f"?{ai}", why="it is no attribute of a Digital Link")
        spots = range(len(qualifiers) + 1)
        if any(_in_order([*qualifiers[:i], ai, *qualifiers[i:]], rows) for i in spots):
            raise BadElement(place=f"?{ai}", why="this qualifier belongs in the path")


def parse(uri: str) -> Elements:
    """Read an uncompressed Digital Link into its elements: path first, then attributes, as written.

    Raises:
        BadElement: with the place and why.
    """
    if not _URI.fullmatch(uri):
        raise BadElement(place=uri[:60], why="a character is not allowed in a URI")
    found = _START.fullmatch(uri.split("#", 1)[0])
    if found is None:
        raise BadElement(place=uri[:60], why="not http(s)://domain/path")
    path = _path_elements(found[2])
    _check_path(path)
    attributes = _query_elements(found[3] or "")
    _check_attributes(path, attributes)
    elements = path + attributes
    for ai, value in elements:
        check_value(ai, value)
    check_together(elements)
    return elements


def _best_row(key: str, held: dict[str, str]) -> list[str]:
    rows = table()[key].qualifiers or ()
    fits = [[q for q in row if q in held] for row in rows]
    whole = [
        row
        for row in fits
        if all(table()[ai].attribute for ai in held if ai != key and ai not in row)
    ]
    return max(whole or fits, key=len)


def build(elements: Elements, stem: str = CANONICAL_STEM) -> str:
    """Write elements as a Digital Link; without a stem of one's own, the canonical one.

    A GTIN of 8, 12 or 13 digits is not padded: callers state the 14 digits.

    Raises:
        BadElement: no key among them, or an element that the link cannot carry.
    """
    for ai, value in elements:
        check_value(ai, value)
    check_together(elements)
    held = dict(elements)
    key = next((ai for ai in held if table()[ai].qualifiers is not None), None)
    if key is None:
        raise BadElement(place="elements", why="there is no GS1 key among them")
    inside = [key, *_best_row(key, held)]
    outside = [ai for ai in held if ai not in inside]
    for ai in outside:
        if not table()[ai].attribute:
            raise BadElement(place=f"({ai})", why="it is no attribute of a Digital Link")
    outside.sort(key=lambda ai: not table()[ai].fixed)
    path = "".join(f"/{ai}/{escape(held[ai], query=False)}" for ai in inside)
    query = "&".join(f"{ai}={escape(held[ai], query=True)}" for ai in outside)
    return stem.rstrip("/") + path + (f"?{query}" if query else "")
