"""The log for programs: checkpoint and tiles; and the page that checks a proof in a browser."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import access, facts
from core.web.refusals import answer_with
from traceability import publishing
from traceability.domain import tiles

answer_with(HTTPStatus.NOT_FOUND, publishing.NothingPublished.code)

IMMUTABLE = "public, max-age=31536000, immutable"


@access.public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed head with its witnesses' lines; programs may keep it a few seconds."""
    response = HttpResponse(publishing.checkpoint(), content_type="text/plain; charset=utf-8")
    return _for_programs(response, "public, max-age=5")


@access.public
@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries; it never changes."""
    wanted, head = tiles.read_path(f"tile/{path}"), facts.head()
    data = publishing.tile(wanted, head.size) if wanted and head else None
    if data is None:
        raise Http404
    return _for_programs(HttpResponse(data, content_type="application/octet-stream"), IMMUTABLE)


@access.public
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed the log, the one in force first."""
    text = facts.log_verifier_keys() + "\n"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    return _for_programs(response, "public, max-age=60")


@access.public
@require_safe
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """The page on which a browser checks a proof by itself; the file never leaves it."""
    return render(request, "traceability/check.html", {"vkeys": facts.log_verifier_keys()})


def _for_programs(response: HttpResponse, caching: str) -> HttpResponse:
    """Any page's script may read it, and caches know for how long."""
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    return response
