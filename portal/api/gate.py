"""The gate of the API: who calls, how often, with which scope, and in whose name."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.security.http import HttpAuthBase

from core import api_keys, tenancy, throttle
from core.api_keys import Scope
from core.domain.errors import Refusal
from core.models import ApiKey, Importer

CALLS = 600
WINDOW = timedelta(minutes=1)

api = NinjaAPI(
    title="Bondpool",
    version="1",
    description="What an importer's shop may ask and tell the pool.",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
)

View = Callable[..., Any]


class KeyMissing(Refusal):
    """Raised when a call bears no live key."""

    code = "key-missing"
    reason = "The call bears no key that is valid now."
    remedy = "Send “Authorization: Bearer bp_…” with a key from the shop page of your account."


class ScopeMissing(Refusal):
    """Raised when a key may not do what the call asks."""

    code = "scope-missing"
    reason = "The key does not have the scope “{scope}”."
    remedy = "Make a key with this scope on the shop page of your account."


class Bearer(HttpAuthBase):
    """Lets a live key with a scope in, so many times a minute."""

    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> ApiKey:
        """The key of a call.

        Raises:
            KeyMissing, ScopeMissing, TooManyTries: the call is not let in.
        """
        key = api_keys.presented(request.headers.get("Authorization", ""))
        if key is None:
            raise KeyMissing
        throttle.refuse_above(CALLS, "api", key.prefix, window=WINDOW)
        throttle.note("api", key.prefix, window=WINDOW)
        if self.scope not in key.scopes:
            raise ScopeMissing(scope=self.scope)
        return key


def importer_of(request: HttpRequest) -> Importer:
    """The importer in whose name a call is made."""
    return request.auth.importer  # type: ignore[attr-defined,no-any-return]


def operation(
    method: str,
    path: str,
    *,
    scope: Scope,
    answers: dict[int, Any],
    declines: Iterable[int] = (),
) -> Callable[[View], View]:
    """Add an operation to the API; it runs in the name of the importer whose key calls.

    ``declines`` are the statuses of its refusals beyond those that every operation has.
    """

    def add(view: View) -> View:
        @wraps(view)
        def in_scope(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            key = request.auth  # type: ignore[attr-defined]
            with tenancy.acting_for(key.importer, actor=f"key:{key.pk}"):
                return view(request, *args, **kwargs)

        notes = {"x-scope": str(scope), "x-declines": sorted(map(int, declines))}
        summary = (view.__doc__ or "").strip().split("\n", 1)[0]
        register = api.api_operation(
            [method],
            path,
            auth=Bearer(scope),
            response=answers,
            operation_id=view.__name__,
            summary=summary,
            openapi_extra=notes,
        )
        return register(in_scope)

    return add


ALWAYS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
"""Statuses with which every operation may decline."""
