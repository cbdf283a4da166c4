"""The scan screen for a phone, and where it sends its scans."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.domain.errors import Refusal
from core.models import Party
from core.web.refusals import render_refusal
from warehouse import words
from warehouse.domain.scanning import FIELDS, MAY_BE_EMPTY, Sent, Task
from warehouse.services import scanning

MOST_SCANS = 100
LONGEST_KEY = 64
LONGEST_TEXT = 4000
STYLES = ("core/tokens.css", "core/common.css", "core/app.css")
FILES = (
    *STYLES,
    "core/charts.css",
    "core/favicon.svg",
    "core/vendor/inter-latin-wght-normal.woff2",
    "django_htmx/htmx-2.min.js",
    "warehouse/scan.js",
)
"""What the scan page loads, with and without network."""

KEPT = {"consignment", "parcel", "target"}
"""Fields that stay filled in from one scan to the next."""


class ScansUnreadable(Refusal):
    """Raised when what was sent is no list of scans."""

    code = "scans-unreadable"
    reason = "The scans that were sent cannot be read: {fault}."
    remedy = "Load the scan page again; it sends what it kept."


@access.action("warehouse.scan.send")
@require_safe
def scan(request: HttpRequest) -> HttpResponse:
    """Receive, put away, move, pick, pack and ship by scanning."""
    return render(request, "warehouse/scan.html", _screen())


def _screen() -> dict[str, Any]:
    tasks = [
        {
            "name": task,
            "word": words.TASKS[task],
            "advice": words.TASK_ADVICE[task],
            "fields": [_field(task, name) for name in names],
        }
        for task, names in FIELDS.items()
    ]
    return {"tasks": tasks, "conditions": words.CONDITIONS}


@access.action("warehouse.scan.send")
@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """The scan page as a phone keeps it for when there is no network; it names nobody."""
    return HttpResponse(_away())


def _away() -> str:
    return render_to_string(
        "warehouse/scan_away.html",
        {**_screen(), "styles": [static(name) for name in STYLES]},
    )


@access.action("warehouse.scan.send")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page without network, anew whenever the page or a file changes."""
    told = sha256(_away().encode())
    for name in FILES:
        told.update(_content(name))
    context = {
        "version": told.hexdigest()[:12],
        "page": reverse("warehouse:scan"),
        "away": reverse("warehouse:scan-away"),
        "files": [static(name) for name in FILES],
    }
    return render(request, "warehouse/scan_worker.js", context, content_type="text/javascript")


def _content(name: str) -> bytes:
    found = finders.find(name)
    return Path(found).read_bytes() if found else b""


def _field(task: Task, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"{task}-{name}",
        "label": words.SCANNED[name],
        "is_needed": name not in MAY_BE_EMPTY,
        "keeps": name in KEPT,
    }


@access.action("warehouse.scan.send")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take scans, each in a transaction of its own; each gets its answer."""
    operator: Party = access.membership_of(request).party  # type: ignore[union-attr]
    answers = [_answered(operator, sent) for sent in _read(request.POST.get("scans", ""))]
    return JsonResponse({"answers": answers})


def _answered(operator: Party, sent: Sent) -> dict[str, Any]:
    try:
        answer = scanning.take(operator, sent, _told)
    except Refusal as refusal:
        return {"key": sent.key, "state": "refused", **_told(refusal)}
    return {"key": sent.key, **answer.told}


def _told(refusal: Refusal) -> dict[str, Any]:
    said = render_refusal(refusal)
    return {"code": said.code, "reason": said.reason, "remedy": said.remedy}


def _read(text: str) -> list[Sent]:
    """The scans in a text.

    Raises:
        ScansUnreadable: it is no list of at most a hundred scans.
    """
    try:
        rows = json.loads(text)
        if not isinstance(rows, list) or len(rows) > MOST_SCANS:
            raise ScansUnreadable(fault=_("it is no list of at most a hundred"))
        return [_sent(row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ScansUnreadable(fault=_("its form is not that of a scan")) from None


def _sent(row: dict[str, Any]) -> Sent:
    key, at = row["key"], row.get("at") or ""
    texts = {name: value for name, value in row["texts"].items() if _fits(name) and _fits(value)}
    if not (isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key.isascii()):
        raise ValueError(key)
    return Sent(key=key, task=Task(row["task"]), texts=texts, scanned_at=parse_datetime(at))


def _fits(text: object) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST_TEXT
