"""The addresses of the API. Every operation stands behind a key with a scope."""

from functools import wraps
from typing import Any, TypeGuard

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from core import access
from core.web import refusals
from portal.api.description import description, operations
from portal.api.gate import View, api
from portal.api.problems import MethodNotOffered


@access.public
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of the API, for programs."""
    return JsonResponse(description())


@access.public
@require_safe
def docs(request: HttpRequest) -> HttpResponseBase:
    """The operations of the API, for people."""
    return render(request, "portal/api_docs.html", {"operations": operations()})


def _is_operation(pattern: URLPattern | URLResolver) -> TypeGuard[URLPattern]:
    return isinstance(pattern, URLPattern) and pattern.name != "api-root"


def _behind_a_key(pattern: URLPattern) -> URLPattern:
    """An address of operations, marked for the access table; wrong methods are told as problems."""
    view: View = pattern.callback

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        offered = response["Allow"]
        told = refusals.answer(request, MethodNotOffered(offered=offered))
        told["Allow"] = offered
        return told

    answered.action = "api"  # type: ignore[attr-defined]
    pattern.callback = answered
    return pattern


urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi, name="api-openapi"),
    path("docs/", docs, name="api-docs"),
    *(_behind_a_key(each) for each in api.urls[0] if _is_operation(each)),
]
