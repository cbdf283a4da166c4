"""Identifiers in the one form that is kept: canonical GS1 Digital Link URIs.

EPC URNs become links of id.gs1.org; links of any domain lose their domain, query and
qualifiers coarser than the finest. What is neither stays as it is.

Source: GS1 EPC Tag Data Standard, section 6 (URN forms); CBV 2.0, section 8.9 (constrained links).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from traceability.domain.gs1.elements import table
from traceability.domain.gs1.link import CANONICAL_STEM, escape
from traceability.domain.gs1.linters import check_digit

_URN = re.compile(r"urn:epc:(id|idpat|class):([a-z]+):(.+)")
_FINEST = {"01": ("21", "10", "235"), "414": ("254",), "8006": ("21", "10"), "8010": ("8011",)}


def _key(ai: str, body: str) -> str:
    return f"/{ai}/{body}{check_digit(body)}"


def _serial(ai: str, value: str) -> str:
    return "" if value in ("", "*") else f"/{ai}/{escape(unquote(value), query=False)}"


def _gtin(prefix: str, item: str) -> str:
    return _key("01", item[:1] + prefix + item[1:])


def _sgtin(prefix: str, item: str, serial: str = "*") -> str:
    return _gtin(prefix, item) + _serial("21", serial)


def _sgln(prefix: str, location: str, extension: str = "0") -> str:
    return _key("414", prefix + location) + ("" if extension == "0" else _serial("254", extension))


def _document(ai: str) -> Callable[[str, str, str], str]:
    def write(prefix: str, kind: str, serial: str = "*") -> str:
        tail = "" if serial == "*" else escape(unquote(serial), query=False)
        return _key(ai, prefix + kind) + tail

    return write


def _itip(prefix: str, item: str, piece: str, total: str, serial: str = "*") -> str:
    if "*" in (piece, total):
        return _gtin(prefix, item)
    body = item[:1] + prefix + item[1:]
    return f"/8006/{body}{check_digit(body)}{piece}{total}" + _serial("21", serial)


def _plain(ai: str) -> Callable[[str, str], str]:
    return lambda prefix, rest: f"/{ai}/{prefix}{escape(unquote(rest), query=False)}"


_WRITE: dict[str, Callable[..., str]] = {
    "sgtin": _sgtin,
    "lgtin": lambda prefix, item, lot="*": _gtin(prefix, item) + _serial("10", lot),
    "upui": lambda prefix, item, tpx="*": _gtin(prefix, item) + _serial("235", tpx),
    "sscc": lambda prefix, serial: _key("00", serial[:1] + prefix + serial[1:]),
    "sgln": _sgln,
    "pgln": lambda prefix, party: _key("417", prefix + party),
    "gdti": _document("253"),
    "sgcn": _document("255"),
    "grai": lambda prefix, kind, serial="*": _document("8003")("0" + prefix, kind, serial),
    "giai": _plain("8004"),
    "ginc": _plain("401"),
    "gsin": lambda prefix, reference: _key("402", prefix + reference),
    "gsrn": lambda prefix, reference: _key("8018", prefix + reference),
    "gsrnp": lambda prefix, reference: _key("8017", prefix + reference),
    "itip": _itip,
    "cpi": lambda prefix, part, serial="*": _plain("8010")(prefix, part) + _serial("8011", serial),
}


def _from_urn(urn: str) -> str:
    found = _URN.fullmatch(urn)
    write = _WRITE.get(found[2]) if found else None
    if found is None or write is None:
        return urn
    pieces = found[3].split(".")
    width = {"sgtin": 3, "lgtin": 3, "upui": 3, "sgln": 3, "gdti": 3, "sgcn": 3, "grai": 3}
    width |= {"itip": 5, "cpi": 3}
    most = width.get(found[2], 2)
    pieces = [*pieces[: most - 1], ".".join(pieces[most - 1 :])] if len(pieces) > most else pieces
    if "*" in pieces[:2]:
        return urn
    try:
        return CANONICAL_STEM + write(*pieces)
    except (TypeError, ValueError):
        return urn


def _from_link(uri: str) -> str:
    path = re.split(r"[?#]", uri, maxsplit=1)[0]
    steps = path.split("/")[3:]
    known = table()
    for at in range(len(steps) - 2, -1, -2):
        entry = known.get(steps[at])
        if entry is None or entry.qualifiers is None:
            continue
        if not re.fullmatch(r"[^/]+", steps[at + 1]):
            return uri
        held = dict(zip(steps[at + 2 :: 2], steps[at + 3 :: 2], strict=False))
        if not all(ai in known for ai in held):
            return uri
        fine = next((ai for ai in _FINEST.get(steps[at], ()) if ai in held), None)
        tail = f"/{fine}/{held[fine]}" if fine else ""
        return f"{CANONICAL_STEM}/{steps[at]}/{steps[at + 1]}{tail}"
    return uri


@lru_cache(maxsize=65536)
def canonical_uri(uri: str) -> str:
    """The identifier as a canonical link with the finest key only; anything else unchanged."""
    if uri.startswith("urn:epc:"):
        return _from_urn(uri)
    if uri.startswith(("http://", "https://", "HTTP://", "HTTPS://")):
        return _from_link(uri)
    return uri
