"""A GS1-conformant resolver's decisions: which links an identifier has, and which one is meant.

Source: GS1-Conformant Resolver Standard 1.0; linksets as in RFC 9264.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.errors import Refusal
from traceability.domain.gs1 import compressed, link
from traceability.domain.gs1.elements import (
    BadElement,
    Elements,
    check_together,
    check_value,
)

VOCABULARY = "https://gs1.org/voc/"
DEFAULT = f"{VOCABULARY}defaultLink"
LINKSET = "application/linkset+json"
SUPPORTED_KEYS = ("00", "01", "414")
"""Keys that links are kept for: logistic units, trade items, places."""


class NoSuchLink(Refusal):
    """Raised when an identifier has no link, or none of the type that is asked for."""

    code = "no-such-link"
    reason = "{anchor} has no link of the type “{link_type}”."
    remedy = "Leave linkType out for the default link, or ask for linkType=linkset to see all."


@dataclass(frozen=True)
class Link:
    """One link of an identifier; ``relation`` is a term of the GS1 Web Vocabulary, as ``pip``."""

    anchor: str
    relation: str
    href: str
    title: str
    hreflang: tuple[str, ...] = ()
    media_type: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class Asked:
    """What a request tells besides the identifier; lists are in order of preference."""

    link_type: str = ""
    languages: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()

    @property
    def wants_linkset(self) -> bool:
        """Whether the whole list is asked for."""
        return self.link_type in ("linkset", "all") or LINKSET in self.media_types[:1]

    @property
    def relation(self) -> str:
        """The term asked for, without prefix or vocabulary."""
        return self.link_type.removeprefix("gs1:").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Identifier:
    """What an address names: its GS1 elements, and whether they stood there compressed."""

    elements: Elements
    was_compressed: bool = False

    @property
    def levels(self) -> tuple[str, ...]:
        """Paths of this identifier and of each level above it, the narrowest first."""
        inside = self._inside()
        counts = range(len(inside), 0, -1)
        return tuple(link.build(inside[:count], stem="") for count in counts)

    @property
    def path(self) -> str:
        """The uncompressed path, without attributes."""
        return self.levels[0]

    @property
    def query(self) -> str:
        """The attributes, as a query."""
        return link.build(self.elements, stem="").partition("?")[2]

    def value(self, ai: str) -> str:
        """The value of an AI; empty when it is not there."""
        return dict(self.elements).get(ai, "")

    def _inside(self) -> Elements:
        path = link.build(self.elements, stem="").partition("?")[0]
        ais = path.strip("/").split("/")[::2]
        return [(ai, self.value(ai)) for ai in ais]


def identify(uri: str) -> Identifier:
    """The identifier in an address, compressed or not; a slash at its end does no harm.

    Raises:
        BadElement: no GS1 Digital Link; the reason names the place.
    """
    path, _, query = uri.partition("?")
    tidy = path.rstrip("/") + (f"?{query}" if query else "")
    try:
        return Identifier(link.parse(tidy))
    except BadElement as fault:
        unpacked = _decompressed(tidy)
        if unpacked is None:
            raise fault from None
        return Identifier(unpacked, was_compressed=True)


def _decompressed(uri: str) -> Elements | None:
    """Elements of a wholly or partly compressed address; None when it is none."""
    path, _, query = uri.partition("?")
    steps = path.split("/")[3:]
    if len(steps) not in (1, 3):
        return None
    try:
        elements = compressed.decompress(steps[-1])
        if len(steps) == 3:
            elements = [(steps[0], link.unescape(steps[1], query=False)), *elements]
        for ai, value in elements:
            check_value(ai, value)
        check_together(elements)
        text = link.build(elements, stem="https://resolver")
        return link.parse(text + (("&" if "?" in text else "?") + query if query else ""))
    except BadElement:
        return None


def has_key(identifier: Identifier) -> bool:
    """Whether the identifier's key is one that links are kept for."""
    return identifier.elements[0][0] in SUPPORTED_KEYS


def choose(links: Sequence[Link], asked: Asked, anchor: str) -> Link:
    """The link that a request means: of the type asked for, else the default.

    Links come with the narrowest level first. Among several of one level the accepted media
    types decide, then the languages.

    Raises:
        NoSuchLink: none of this type, or the identifier is not known here.
    """
    if asked.link_type and asked.relation not in ("defaultLink", "defaultLinkMulti"):
        meant = [each for each in links if each.relation == asked.relation]
        return _best(_narrowest(meant, anchor, asked), asked)
    defaults = _narrowest([each for each in links if each.is_default], anchor, asked)
    alike = (
        each
        for each in links
        if (each.anchor, each.relation) == (defaults[0].anchor, defaults[0].relation)
    )
    return _best([*defaults, *alike], asked)


def _narrowest(links: Sequence[Link], anchor: str, asked: Asked) -> list[Link]:
    if not links:
        raise NoSuchLink(anchor=anchor, link_type=asked.link_type or "defaultLink")
    return [each for each in links if each.anchor == links[0].anchor]


def _best(links: Sequence[Link], asked: Asked) -> Link:
    """The first of the links that fit best; ``min`` keeps their order where they tie."""
    return min(
        links,
        key=lambda each: (
            _rank([each.media_type], asked.media_types),
            _rank(each.hreflang, asked.languages),
        ),
    )


def _rank(offered: Iterable[str], wanted: Sequence[str]) -> int:
    """The place of the first wish that is met; those not met are alike."""
    ranks = [at for at, wish in enumerate(wanted) for each in offered if _meets(each, wish)]
    return min(ranks, default=len(wanted))


def _meets(offered: str, wish: str) -> bool:
    """Whether zh-Hans meets zh-Hans-CN or zh, and text/html meets text/html."""
    one, other = offered.lower(), wish.lower()
    return bool(one) and (
        one == other or other.startswith(f"{one}-") or one.startswith(f"{other}-")
    )


def linkset(links: Sequence[Link], *, root: str, descriptions: dict[str, str]) -> dict[str, Any]:
    """The links as a linkset, one context object for each level, the narrowest first.

    ``root`` is the resolver's address; ``descriptions`` are names of levels by their paths.
    """
    found: dict[str, dict[str, Any]] = {}
    for each in links:
        context = found.setdefault(each.anchor, {"anchor": root + each.anchor})
        if each.anchor in descriptions:
            context["itemDescription"] = descriptions[each.anchor]
        if each.is_default:
            context[DEFAULT] = [{"href": each.href, "title": each.title}]
        context.setdefault(VOCABULARY + each.relation, []).append(_target(each))
    return {"linkset": list(found.values())}


def _target(each: Link) -> dict[str, Any]:
    target: dict[str, Any] = {"href": each.href, "title": each.title}
    if each.media_type:
        target["type"] = each.media_type
    if each.hreflang:
        target["hreflang"] = list(each.hreflang)
    return target
