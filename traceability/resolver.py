"""What the resolver knows: links that follow from the records, and links that are kept."""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction

from core import clock, facts
from core.domain.errors import Refusal
from core.models import Party
from imports.models import Product
from traceability.domain.gs1.elements import BadElement
from traceability.domain.resolving import SUPPORTED_KEYS, Identifier, Link, identify
from traceability.models import ResolverLink
from warehouse.models import Location, Lot

RELATIONS: Final = (
    "certificationInfo", "dpp", "epcis", "faqs", "instructions", "locationInfo", "masterData",
    "nutritionalInfo", "pip", "recallStatus", "recipeInfo", "registerProduct", "safetyInfo",
    "serviceInfo", "sustainabilityInfo", "traceability", "verificationService",
)  # fmt: skip
"""Terms of the GS1 Web Vocabulary for which links are kept."""

_TITLES = {
    "pip": ("Product information", "产品信息"),
    "traceability": ("Origin and journey", "来源与全程"),
    "recallStatus": ("Recalls", "召回信息"),
    "dpp": ("Product passport", "产品护照"),
    "verificationService": ("Check of this unit", "本件核验"),
}


class LinkNotKept(Refusal):
    """Raised when a link cannot be kept as it was given."""

    code = "resolver-link-not-kept"
    reason = "{anchor}: {why}."
    remedy = "Give the identifier as a GS1 path, one default link for each, and an https address."


def root() -> str:
    """The resolver's own address."""
    return f"https://{settings.PUBLIC_HOST}"


def links_of(identifier: Identifier) -> list[Link]:
    """All links of an identifier and of the levels above it, the narrowest first.

    At most three queries.
    """
    known = list(_from_records(identifier))
    kept = _kept(identifier.levels)
    defaults = {each.anchor for each in kept if each.is_default}
    shown = [
        Link(**{**vars(each), "is_default": each.is_default and each.anchor not in defaults})
        for each in known
    ]
    by_level = {level: at for at, level in enumerate(identifier.levels)}
    return sorted([*kept, *shown], key=lambda each: by_level[each.anchor])


def descriptions(identifier: Identifier) -> dict[str, str]:
    """Names of the levels that have one. One query."""
    product = Product.objects.filter(gtin=identifier.value("01")).first()
    return {identifier.levels[-1]: product.name} if product else {}


def _kept(levels: Iterable[str]) -> list[Link]:
    rows = ResolverLink.objects.filter(anchor__in=levels, ended_at__isnull=True).order_by("pk")
    return [
        Link(
            anchor=row.anchor,
            relation=row.relation,
            href=row.href,
            title=row.title,
            hreflang=(row.hreflang,) if row.hreflang else (),
            media_type=row.media_type,
            is_default=row.is_default,
        )
        for row in rows
    ]


def _from_records(identifier: Identifier) -> Iterator[Link]:
    gtin, lot = identifier.value("01"), identifier.value("10")
    sscc = identifier.value("00")
    if sscc and Location.objects.filter(code=sscc, kind=Location.Kind.PALLET).exists():
        yield from _pallet_links(identifier.path, sscc)
    if not gtin:
        return
    if serial := identifier.value("21"):
        yield from _unit_links(identifier.path, gtin, lot, serial)
    levels = {level.strip("/").split("/")[-2]: level for level in identifier.levels}
    if lot and Lot.objects.filter(product__gtin=gtin, number=lot).exists():
        yield from _lot_links(levels["10"], gtin, lot)
    if Product.objects.filter(gtin=gtin).exists():
        yield from _product_links(levels["01"], gtin)


def unit_address(gtin: str, lot: str, serial: str) -> str:
    """The page of a unit, told what its label says besides the code."""
    label = {"gtin": gtin, "lot": lot} if lot else {"gtin": gtin}
    return f"/t/{quote(serial, safe='')}?{urlencode(label)}"


def _unit_links(anchor: str, gtin: str, lot: str, serial: str) -> Iterator[Link]:
    page = unit_address(gtin, lot, serial)
    yield from _pages(anchor, "traceability", page, is_default=True)
    yield from _pages(anchor, "verificationService", page)
    yield from _passports(anchor, f"/t/{quote(serial, safe='')}/passport")


def _lot_links(anchor: str, gtin: str, lot: str) -> Iterator[Link]:
    page = f"/p/{gtin}/{quote(lot, safe='')}"
    yield from _pages(anchor, "traceability", page, is_default=True)
    yield from _pages(anchor, "recallStatus", f"{page}#recalls")
    yield from _passports(anchor, f"/passport/{gtin}/{quote(lot, safe='')}")


def _product_links(anchor: str, gtin: str) -> Iterator[Link]:
    page = f"/p/{gtin}"
    yield from _pages(anchor, "pip", page, is_default=True)
    yield from _pages(anchor, "recallStatus", f"{page}#recalls")
    yield from _passports(anchor, f"/passport/{gtin}")


def _pallet_links(anchor: str, sscc: str) -> Iterator[Link]:
    page = f"/p/00/{sscc}"
    yield from _pages(anchor, "traceability", page, is_default=True)
    yield _data(anchor, "traceability", f"{page}?as=json", "application/json")


def _passports(anchor: str, path: str) -> Iterator[Link]:
    """The passport's page in both languages, and the same as JSON-LD."""
    yield from _pages(anchor, "dpp", path)
    yield _data(anchor, "dpp", f"{path}?as=jsonld", "application/ld+json")


def _pages(anchor: str, relation: str, page: str, *, is_default: bool = False) -> Iterator[Link]:
    """A page in both languages; the default link itself names none."""
    href, titles = root() + page, _TITLES[relation]
    if is_default:
        yield Link(anchor, relation, href, titles[0], is_default=True)
    for language, title in zip(("en", "zh-Hans"), titles, strict=True):
        spoken = f"{'&' if '?' in page else '?'}lang={language.lower()}"
        address, mark, fragment = href.partition("#")
        target = f"{address}{spoken}{mark}{fragment}"
        yield Link(anchor, relation, target, title, (language,), "text/html")


def _data(anchor: str, relation: str, path: str, media_type: str) -> Link:
    return Link(anchor, relation, root() + path, _TITLES[relation][0], (), media_type)


@transaction.atomic
def keep_link(link: Link, operator: Party) -> ResolverLink:
    """Keep an operator's link for an identifier; the same one again is kept once.

    Raises:
        LinkNotKept: no key that links are kept for, no https address, or a second default link.
    """
    anchor = _anchor(link.anchor)
    if link.relation not in RELATIONS:
        raise LinkNotKept(anchor=anchor, why=f"“{link.relation}” is no known link type")
    if not link.href.startswith("https://"):
        raise LinkNotKept(anchor=anchor, why="the address does not begin with https://")
    rows = ResolverLink.objects.select_for_update().filter(anchor=anchor, ended_at__isnull=True)
    if link.is_default and rows.filter(is_default=True).exists():
        raise LinkNotKept(anchor=anchor, why="it has a default link already")
    row, is_new = rows.get_or_create(
        anchor=anchor,
        relation=link.relation,
        href=link.href,
        hreflang=link.hreflang[0] if link.hreflang else "",
        defaults={
            "title": link.title,
            "media_type": link.media_type,
            "is_default": link.is_default,
            "kept_at": clock.now(),
            "operator": operator,
        },
    )
    if is_new:
        _append("kept", row)
    return row


@transaction.atomic
def end_link(row: ResolverLink) -> bool:
    """Stop leading to a link; whether it was led to until now."""
    ended = ResolverLink.objects.filter(pk=row.pk, ended_at__isnull=True).update(
        ended_at=clock.now()
    )
    if ended:
        _append("ended", row)
    return bool(ended)


def _append(what: str, row: ResolverLink) -> None:
    data = {"link": row.pk, "anchor": row.anchor, "relation": row.relation}
    facts.append(f"traceability.link.{what}", subject=f"link:{row.pk}", data=data)


def _anchor(typed: str) -> str:
    """The canonical path of what an operator typed, a path or a whole address."""
    try:
        identifier = identify(typed if "://" in typed else f"{root()}/{typed.lstrip('/')}")
    except BadElement as fault:
        raise LinkNotKept(anchor=typed[:80], why=str(fault.params.get("why", fault))) from fault
    if identifier.elements[0][0] not in SUPPORTED_KEYS:
        raise LinkNotKept(anchor=typed[:80], why="links are kept for keys 00, 01 and 414")
    return identifier.path
