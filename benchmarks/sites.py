"""The web applications beside ours: a plain Django view, and a bare WSGI function."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.test.utils import override_settings
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
plain_application = get_wsgi_application()

from benchmarks.rows.trace_count import plain_count  # noqa: E402  Django stands first
from core import tenancy  # noqa: E402
from traceability import services  # noqa: E402
from traceability.domain import codes  # noqa: E402

Start = Callable[[str, list[tuple[str, str]]], object]


def plain_view(request: HttpRequest, code: str) -> JsonResponse:
    """The look-up as it is written first: objects, one relation after the other."""
    with tenancy.as_operator("benchmark"):
        return JsonResponse(plain_count(codes.read_code(code)))


urlpatterns = [path("api/trace/<str:code>", plain_view)]
if os.environ.get("BENCHMARK_SITE") == "plain":
    override_settings(ROOT_URLCONF="benchmarks.sites", MIDDLEWARE=[]).enable()
    plain_application = get_wsgi_application()


@cache
def _connection() -> sqlite3.Connection:
    return sqlite3.connect(settings.DATABASES["default"]["NAME"], check_same_thread=False)


def bare(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The code's row by its keyed hash, as JSON: one SELECT, nothing written."""
    code = environ["PATH_INFO"].rsplit("/", 1)[-1]
    row = (
        _connection()
        .execute(
            "SELECT id, state, lot_id FROM warehouse_unitidentity WHERE code_hmac = ?",
            [services.code_hmac(code)],
        )
        .fetchone()
    )
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(row).encode()]
