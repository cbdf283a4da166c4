"""GS1 Digital Link addresses of trade items: GTIN, and what narrows it to a lot or one unit.

Source: GS1 Digital Link Standard, URI Syntax. Data attributes (the query) are not read.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from core.domain.errors import Refusal
from core.domain.trade import BadGTIN, gtin

CANONICAL = "https://id.gs1.org"
PRIMARY = "01"
QUALIFIERS = {"22": "variant", "10": "lot", "21": "serial"}
"""Key qualifiers of a GTIN, in the order in which an address must give them."""

_URI = re.compile(r"(?:https?|HTTPS?)://[A-Za-z0-9._\-\[\]:]+(?P<path>/[^?#]*)(?P<rest>.*)")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CSET_82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")


class BadDigitalLink(Refusal):
    """Raised when an address is not the Digital Link of a trade item."""

    code = "bad-digital-link"
    reason = "“{value}” is not the GS1 address of a product."
    remedy = "Scan the symbol again, or type the sixteen characters printed under it."


@dataclass(frozen=True)
class ItemKey:
    """What an address names: a kind of item, one of its lots, or one unit."""

    gtin: str
    lot: str = ""
    serial: str = ""
    variant: str = ""


def parse(address: str) -> ItemKey:
    """The item that a Digital Link, or its path alone, names.

    A path may stand before the key; the upper-case scheme that QR symbols use is accepted.

    Raises:
        BadDigitalLink: no GTIN key, a wrong GTIN, or qualifiers unknown, empty or out of order.
    """
    segments = _path(address).strip("/").split("/")
    start = _key_position(segments)
    if start is None:
        raise BadDigitalLink(value=address)
    keys = segments[start::2]
    if keys != [ai for ai in (PRIMARY, *QUALIFIERS) if ai in keys]:
        raise BadDigitalLink(value=address)
    values = dict(zip(keys, map(unquote, segments[start + 1 :: 2]), strict=True))
    try:
        item = _fourteen_digits(values.pop(PRIMARY))
    except BadGTIN as fault:
        raise BadDigitalLink(value=address) from fault
    if not all(_CSET_82.fullmatch(value) for value in values.values()):
        raise BadDigitalLink(value=address)
    return ItemKey(item, **{QUALIFIERS[ai]: value for ai, value in values.items()})


def _path(address: str) -> str:
    if address.startswith("/"):
        path = address
    else:
        match = _URI.fullmatch(address)
        if match is None:
            raise BadDigitalLink(value=address)
        path = match["path"]
    if _ESCAPE.search(path) or "\\" in path:
        raise BadDigitalLink(value=address)
    return path


def _key_position(segments: list[str]) -> int | None:
    """Where the GTIN key begins: the last 01 that leaves whole pairs behind it."""
    for start in range(len(segments) - 2, -1, -2):
        if segments[start] == PRIMARY:
            return start
    return None


def _fourteen_digits(value: str) -> str:
    if len(value) != 14:
        raise BadGTIN(value=value, fault=f"it has {len(value)} digits, not 14")
    return gtin(value)


def path_of(item: ItemKey) -> str:
    """The path of an item's address, keys in the order of the standard."""
    parts = [PRIMARY, item.gtin]
    for ai, name in QUALIFIERS.items():
        if value := getattr(item, name):
            parts += [ai, quote(value, safe="")]
    return "/" + "/".join(parts)


def canonical(item: ItemKey) -> str:
    """The identifier of an item wherever its address is served: on id.gs1.org."""
    return CANONICAL + path_of(item)


def printed(item: ItemKey, host: str) -> str:
    """The address for a QR symbol: in upper case, which packs into alphanumeric mode.

    Only for GTIN and trace code, which have no lower case of their own.
    """
    return f"HTTPS://{host.upper()}{path_of(ItemKey(item.gtin, serial=item.serial))}"
