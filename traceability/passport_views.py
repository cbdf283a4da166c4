"""Product passports and pallets, for anybody: pages, and the same as data."""

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import access, clock
from imports.models import Certificate
from traceability import pallets, product_passports, resolver, services
from traceability.domain import codes
from traceability.domain.label import symbol_svg
from traceability.product_passports import ProductPassport

LINKED_DATA = "application/ld+json"
PAPERS: dict[str, object] = {
    Certificate.Kind.HEALTH: _("Health certificate"),
    Certificate.Kind.ORIGIN: _("Certificate of origin"),
    Certificate.Kind.ANALYSIS: _("Certificate of analysis"),
    Certificate.Kind.QUALITY: _("Quality system"),
    Certificate.Kind.LICENCE: _("Licence of brand or sale"),
    Certificate.Kind.SAFETY: _("Safety data sheet"),
}
LEVELS = {"model": _("Product"), "batch": _("Lot"), "item": _("Single unit")}


@access.public
@require_safe
@never_cache
def passport(request: HttpRequest, gtin: str, lot: str = "") -> HttpResponseBase:
    """The passport of a product or a lot: a page, or JSON-LD where that is asked for."""
    found = product_passports.passport(gtin, lot, at=clock.now())
    if found is None:
        raise Http404
    return _answered(request, found)


@access.public
@require_safe
@never_cache
def unit_passport(request: HttpRequest, code: str) -> HttpResponseBase:
    """The passport of one unit; reading it is no look-up of the code.

    Raises:
        TooManyUnknownCodes: the address guesses.
    """
    at, address = clock.now(), request.META.get("REMOTE_ADDR", "")
    unit = services.look_up(code, at=at, address=address, counts=False).unit
    serial = codes.read_code(code) if unit else ""
    found = product_passports.passport(unit.gtin, unit.lot_number, serial, at=at) if unit else None
    if found is None:
        raise Http404
    return _answered(request, found)


def _answered(request: HttpRequest, found: ProductPassport) -> HttpResponseBase:
    page = f"{resolver.root()}{request.path}"
    wanted = request.headers.get("Accept", "").partition(",")[0].partition(";")[0].strip()
    if request.GET.get("as") == "jsonld" or wanted == LINKED_DATA:
        told = product_passports.as_linked_data(found, page=page)
        shape = {"ensure_ascii": False, "indent": 1}
        response: HttpResponse = JsonResponse(told, json_dumps_params=shape)
        response["Content-Type"] = LINKED_DATA
        response["Access-Control-Allow-Origin"] = "*"
    else:
        response = render(request, "traceability/passport.html", _context(found))
    response["Vary"] = "Accept, Accept-Language"
    return response


def _context(found: ProductPassport) -> dict[str, object]:
    language = get_language() or "en"
    goods = found.goods
    own = found.identifier.replace("https://id.gs1.org", resolver.root())
    named = {
        "level": LEVELS[found.level],
        "product": goods.product.in_language(language),
        "origin": goods.origin.in_language(language),
        "zone": goods.lot.zone.in_language(language) if goods.lot else "",
        "holder": found.holder.name.in_language(language) if found.holder else "",
    }
    return {
        "passport": found,
        "named": named,
        "papers": [{**vars(paper), "words": PAPERS[paper.kind]} for paper in found.papers],
        "symbol": mark_safe(_inline(symbol_svg(own))),  # noqa: S308  drawn here from digits
        "carrier": own,
        "more": _goods_address(found),
    }


def _goods_address(found: ProductPassport) -> str:
    goods = found.goods
    if goods.lot is None:
        return reverse("goods", args=[goods.gtin])
    return reverse("goods-lot", args=[goods.gtin, goods.lot.number])


def _inline(svg: bytes) -> str:
    """The symbol as part of a page: hidden from readers who are told its address beside it."""
    text = svg.decode().partition("?>")[2].strip()
    return text.replace("<svg ", '<svg aria-hidden="true" ', 1)


@access.public
@require_safe
@never_cache
def pallet_page(request: HttpRequest, sscc: str) -> HttpResponseBase:
    """Which lots stand on a pallet: a page, or JSON where that is asked for."""
    found = pallets.pallet(sscc)
    if found is None:
        raise Http404
    if request.GET.get("as") == "json":
        return JsonResponse(asdict(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    language = get_language() or "en"
    lots = [{**vars(each), "named": each.product.in_language(language)} for each in found.lots]
    context = {"pallet": found, "zone": found.zone.in_language(language), "lots": lots}
    return render(request, "traceability/pallet.html", context)
