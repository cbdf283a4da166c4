"""The web applications beside ours: a plain Django view, and a bare WSGI function."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from threading import local
from typing import Any

import psycopg
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
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


_ROW = "SELECT id, state, lot_id FROM warehouse_unitidentity WHERE code_hmac = "
_mine = local()


def _on_sqlite(code: bytes) -> Any:
    if not hasattr(_mine, "wire"):
        _mine.wire = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    return _mine.wire.execute(f"{_ROW}?", [code]).fetchone()


def _on_postgresql(code: bytes) -> Any:
    if not hasattr(_mine, "wire"):
        _mine.wire = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return _mine.wire.execute(f"{_ROW}%s", [code], prepare=True).fetchone()


_row = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite


def bare(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The code's row by its keyed hash, as JSON: one SELECT, nothing written."""
    code = environ["PATH_INFO"].rsplit("/", 1)[-1]
    body = json.dumps(_row(services.code_hmac(code))).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
