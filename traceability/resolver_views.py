"""The resolver: from what a symbol says to what is meant, by redirect or as a list of links."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Final

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock
from core.domain.errors import Refusal
from core.models import Membership, Party, Right
from core.web.refusals import answer_with, render_refusal
from traceability import complaints, goods, resolver, way
from traceability.domain import resolving
from traceability.domain.gs1.elements import BadElement
from traceability.domain.resolving import Asked, Identifier
from traceability.forms import COMPLAINTS, LinkForm
from traceability.models import ResolverLink

answer_with(HTTPStatus.BAD_REQUEST, BadElement.code)
answer_with(HTTPStatus.NOT_FOUND, resolving.NoSuchLink.code)

METHODS: Final = ["GET", "HEAD", "OPTIONS"]
CONTEXT_PATH = "/.well-known/gs1resolver-context.jsonld"


@access.public
@require_http_methods(METHODS)
def resolve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Where an identifier leads: a redirect, a list of links, 400 for no identifier, or 404.

    Raises:
        BadElement: answered with 400 and the place.
        NoSuchLink: answered with 404.
    """
    if request.method == "OPTIONS":
        return _open_to_all(HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": _ALLOW}))
    identifier = resolving.identify(f"{resolver.root()}{_asked_path(request)}")
    links = resolver.links_of(identifier)
    asked = _asked(request)
    if asked.wants_linkset:
        return _linkset(identifier, links)
    chosen = resolving.choose(links, asked, identifier.path)
    target = _with_query(chosen.href, request.META.get("QUERY_STRING", ""))
    response = HttpResponseRedirect(target, preserve_request=True)
    response["Vary"] = "Accept, Accept-Language"
    return _open_to_all(_described(response, identifier))


_ALLOW = ", ".join(METHODS)


def _asked_path(request: HttpRequest) -> str:
    """The path as it was sent: an escaped slash belongs to a value."""
    sent = request.META.get("RAW_URI") or request.META.get("REQUEST_URI") or ""
    whole = sent if sent.startswith("/") else request.get_full_path()
    path, _, query = whole.partition("?")
    own = "&".join(pair for pair in query.split("&") if pair.partition("=")[0].isdigit())
    return f"{path}?{own}" if own else path


def _asked(request: HttpRequest) -> Asked:
    languages = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    accepted = [str(each) for each in request.accepted_types]
    return Asked(
        link_type=request.GET.get("linkType", ""),
        languages=tuple(_spoken(each) for each, _ in languages if each != "*"),
        media_types=tuple(each.partition(";")[0].strip() for each in accepted),
    )


def _spoken(language: str) -> str:
    """The language of ours for readers of ``language``, as zh-hans for zh-CN; else itself."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return language


def _with_query(href: str, query: str) -> str:
    if not query:
        return href
    address, mark, fragment = href.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{query}{mark}{fragment}"


def _linkset(identifier: Identifier, links: list[resolving.Link]) -> HttpResponse:
    """All links; an identifier that is not known here has none.

    Raises:
        NoSuchLink: there is no link at any level.
    """
    if not links:
        raise resolving.NoSuchLink(anchor=identifier.path, link_type="linkset")
    told = resolving.linkset(
        links, root=resolver.root(), descriptions=resolver.descriptions(identifier)
    )
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = resolving.LINKSET
    response["Vary"] = "Accept"
    described = _described(response, identifier)
    described["Link"] += (
        f", <{resolver.root()}{CONTEXT_PATH}>; "
        'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    )
    return _open_to_all(described)


def _described(response: HttpResponse, identifier: Identifier) -> HttpResponse:
    """Say where the list of links is, and what a compressed address stands for."""
    own = f"{resolver.root()}{identifier.path}"
    links = [f'<{own}?linkType=linkset>; rel="linkset"; type="{resolving.LINKSET}"']
    if identifier.was_compressed:
        whole = f"{own}?{identifier.query}" if identifier.query else own
        links.append(f'<{whole}>; rel="owl:sameAs"')
    response["Link"] = ", ".join(links)
    return response


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = _ALLOW
    response["Access-Control-Expose-Headers"] = "Link, Location"
    return response


@access.public
@require_http_methods(METHODS)
def description(request: HttpRequest) -> HttpResponse:
    """The resolver description file: who runs it, and which keys it has links for."""
    told = {
        "name": "Bondpool",
        "resolverRoot": resolver.root(),
        "supportedPrimaryKeys": list(resolving.SUPPORTED_KEYS),
        "supportedLinkType": [
            {
                "namespace": resolving.VOCABULARY,
                "prefix": "gs1:",
                "profile": "https://www.gs1.org/voc/?show=linktypes",
            }
        ],
        "linkTypeDefaultCanBeLinkset": False,
        "supportedContextValuesEnumerated": [],
        "jsonLdContext": f"{resolver.root()}{CONTEXT_PATH}",
    }
    return _open_to_all(JsonResponse(told))


@access.public
@require_http_methods(METHODS)
def context(request: HttpRequest) -> HttpResponse:
    """The context that reads a linkset as JSON-LD."""
    terms = {
        "linkset": {"@id": "@graph", "@context": {"anchor": "@id", "href": "@id"}},
        "itemDescription": "https://schema.org/description",
        "title": "http://purl.org/dc/terms/title",
        "type": "http://purl.org/dc/terms/format",
        "hreflang": "http://purl.org/dc/terms/language",
    }
    return _open_to_all(JsonResponse({"@context": terms}, content_type="application/ld+json"))


@access.public
@require_safe
@never_cache
def goods_page(request: HttpRequest, gtin: str, lot: str = "") -> HttpResponse:
    """What anybody may read about a product, or about one lot of it."""
    page = _found(gtin, lot)
    language = get_language() or "en"
    named = {
        "product": page.product.in_language(language),
        "origin": page.origin.in_language(language),
        "zone": page.lot.zone.in_language(language) if page.lot else "",
    }
    journey = (page.lot.steps, page.lot.voyage) if page.lot else ((), None)
    answers = complaints.answers_about(gtin, lot) if lot else []
    told = [{**vars(each), "words": COMPLAINTS[each.kind]} for each in answers]
    context = {
        "page": page,
        "named": named,
        "answers": told,
        "way": way.context(*journey, language),
    }
    return render(request, "traceability/goods.html", context)


@access.public
@require_safe
@never_cache
def goods_as_json(request: HttpRequest, gtin: str, lot: str = "") -> JsonResponse:
    """The same for a program."""
    told = asdict(_found(gtin, lot))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _found(gtin: str, lot: str) -> goods.GoodsPage:
    page = goods.goods_page(gtin, lot, at=clock.now())
    if page is None:
        raise Http404
    return page


@access.action("traceability.links.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def kept_links(request: HttpRequest) -> HttpResponse:
    """The operator's links beside those from the records; a new one is entered here."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    form = LinkForm(request.POST or None)
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid() and _kept(form, membership.party):
            return redirect("resolver-links")
    own = ResolverLink.objects.filter(operator_id=membership.party_id, ended_at__isnull=True)
    rows = list(own.order_by("anchor", "pk")[:200])
    status = 422 if form.errors else 200
    return render(request, "traceability/links.html", {"form": form, "rows": rows}, status=status)


def _kept(form: LinkForm, operator: Party) -> bool:
    try:
        resolver.keep_link(form.link(), operator)
    except Refusal as refusal:
        told = render_refusal(refusal)
        form.add_error(None, f"{told.reason} {told.remedy}")
        return False
    return True


@access.action("traceability.links.keep")
@require_POST
def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a link no more."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    access.need(membership, Right.MANAGE)
    resolver.end_link(get_object_or_404(ResolverLink, pk=pk, operator_id=membership.party_id))
    return redirect("resolver-links")
