"""The public trace page and its twin for programs. No session, no cookie, no script."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core import access, clock
from core.web import locale
from core.web.refusals import answer_with
from traceability import own, pins, services, way, words
from traceability.domain import codes
from traceability.domain.digital_link import BadDigitalLink, ItemKey, parse
from traceability.domain.label import symbol_svg
from traceability.domain.page import TracePage
from traceability.domain.verdict import Verdict
from traceability.proofs import NothingToProve
from traceability.resolver import unit_address

answer_with(HTTPStatus.TOO_MANY_REQUESTS, services.TooManyUnknownCodes.code)
answer_with(HTTPStatus.TOO_MANY_REQUESTS, pins.TooManyPins.code)
answer_with(HTTPStatus.NOT_FOUND, NothingToProve.code)

STATUSES = {Verdict.BAD_CHECK: HTTPStatus.BAD_REQUEST, Verdict.UNKNOWN: HTTPStatus.NOT_FOUND}
"""A verdict on a code of ours answers 200; what is no code of ours never does."""


@access.public
@require_safe
@never_cache
def code_page(request: HttpRequest, code: str) -> HttpResponse:
    """The trace page of a code, typed or scanned; counts the look-up.

    What a scanned label says besides the code comes along as ``gtin`` and ``lot``.
    """
    if given := request.META.get(own.GIVEN):
        return shown(request, given.page, given.words)
    gtin = request.GET.get("gtin", "")
    label = ItemKey(gtin, lot=request.GET.get("lot", "")) if gtin else None
    page = _look_up(request, code, kind="page", label=label)
    return shown(request, page, own.worded(page, locale.language()))


@access.public
@csrf_exempt
@require_POST
@never_cache
def code_pin(request: HttpRequest, code: str) -> HttpResponse:
    """The trace page with what the digits under the label's panel say; counts no look-up.

    Without cookie there is no token to ask for, and nothing that a forged form could gain.
    """
    at, address = clock.now(), request.META.get("REMOTE_ADDR", "")
    page = services.look_up(code, at=at, address=address, counts=False)
    pin = pins.check_pin(code, request.POST.get("pin", "")[:12], at=at) if page.unit else None
    return shown(request, page, own.worded(page, locale.language()), pin=pin)


@access.public
@require_safe
@never_cache
def code_as_json(request: HttpRequest, code: str) -> JsonResponse:
    """The same answer for a program; counts the look-up as well."""
    given = request.META.get(own.GIVEN)
    page = given.page if given else _look_up(request, code, kind="api")
    return JsonResponse(asdict(page), status=_status(page), json_dumps_params=own.READABLE)


@access.public
@require_safe
@never_cache
def code_proof(request: HttpRequest, code: str) -> HttpResponse:
    """The proof of a unit's last step, as a file to check offline; never counts."""
    made = services.proof_of_code(code, at=clock.now(), address=request.META.get("REMOTE_ADDR", ""))
    response = HttpResponse(made.proof, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="proof.tlog-proof"'
    return response


@access.public
@require_safe
def find(request: HttpRequest) -> HttpResponseBase:
    """From a form with a code, or with what a scanner read, to the code's own page."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "traceability/find.html")
    try:
        address = _address_of(typed)
    except (codes.NotACode, codes.BadCheck):
        return code_page(request, code=typed)
    mark = "&" if "?" in address else "?"
    query = f"{mark}lang={translation.get_language()}" if "lang" in request.GET else ""
    return redirect(address + query)


@access.action("traceability.labels.print")
@require_safe
@never_cache
def label_symbol(request: HttpRequest, code: str) -> HttpResponse:
    """The QR symbol of a unit's label, to print a damaged one again. Counts no look-up."""
    address = services.symbol_address(code)
    if address is None:
        raise Http404
    return HttpResponse(symbol_svg(address), content_type="image/svg+xml")


def _look_up(
    request: HttpRequest, code: str, *, kind: str, label: ItemKey | None = None
) -> TracePage:
    return services.look_up(
        code,
        at=clock.now(),
        address=request.META.get("REMOTE_ADDR", ""),
        counts=services.is_a_look(request.META),
        kind=kind,
        label=label,
    )


def _address_of(typed: str) -> str:
    """Where the page of a typed code, or of a scanned symbol, lies.

    Raises:
        NotACode, BadCheck: it is neither.
    """
    try:
        item = parse(typed)
    except BadDigitalLink:
        return reverse("trace", args=[codes.read_code(typed)])
    if not item.serial:
        return reverse("trace", args=[codes.read_code(typed)])
    return unit_address(item.gtin, item.lot, item.serial)


def shown(
    request: HttpRequest,
    page: TracePage,
    unit_words: own.Words,
    *,
    pin: pins.PinAnswer | None = None,
) -> HttpResponse:
    """A look-up's answer as a page."""
    context = {**_context(page), "own": unit_words, "pin": pin}
    return render(request, "traceability/trace.html", context, status=_status(page))


def _status(page: TracePage) -> HTTPStatus:
    return STATUSES.get(page.verdict, HTTPStatus.OK)


def _context(page: TracePage) -> dict[str, Any]:
    language = translation.get_language() or "en"
    return {
        "page": page,
        "words": words.VERDICTS[page.verdict],
        "suspicion": words.RULES[page.rule] if page.rule else "",
        "named": _names(page, language),
        "way": way.context(page.steps, page.voyage, language),
    }


def _names(page: TracePage, language: str) -> dict[str, str]:
    """Names in the reader's language, by what they name."""
    named = {}
    if page.unit:
        named["product"] = page.unit.product.in_language(language)
        named["origin"] = page.unit.origin.in_language(language)
    if page.entry:
        named["zone"] = page.entry.zone.in_language(language)
        named["entry"] = _grouped(page.entry.number)
    if page.voyage:
        named["loading"] = page.voyage.origin.in_language(language)
        named["landing"] = page.voyage.destination.in_language(language)
    if page.seller:
        named["seller"] = page.seller.name.in_language(language)
        named["contact"] = page.brand.contact.in_language(language) if page.brand else ""
        named["agent"] = page.seller.agent.in_language(language) if page.seller.agent else ""
    return named


def _grouped(number: str) -> str:
    """An entry number as customs prints it: office, year, direction, serial."""
    if len(number) != 18:
        return number
    return f"{number[:4]} {number[4:8]} {number[8]} {number[9:]}"
