"""EPCIS files: say whether a document holds, and name its events by hash. Needs no database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from traceability.domain.cbv.hashing import event_hash
from traceability.domain.cbv.schema import reasons

_REMEDY = "Correct the document at this place and try again."


class Command(BaseCommand):
    help = "Validate an EPCIS 2.0 JSON document, or hash its events; exit 1 with reasons."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        for step, text in (("validate", "check the shape"), ("hash", "name each event")):
            one = steps.add_parser(step, help=text)
            one.add_argument("file", type=Path)
            one.add_argument("--json", action="store_true", help="print JSON (always so)")

    def handle(self, *args: Any, **options: Any) -> None:
        document, errors = _read(options["file"])
        act = {"validate": _validate, "hash": _hash}[options["step"]]
        answer = {"valid": False, "errors": errors} if errors else act(document)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if answer.get("errors"):
            raise SystemExit(1)


def _error(place: str, value: str, reason: str) -> dict[str, str]:
    return {"place": place, "value": value, "reason": reason, "remedy": _REMEDY}


def _read(path: Path) -> tuple[Any, list[dict[str, str]]]:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig")), []
    except OSError as wrong:
        return None, [_error(str(path), "", f"The file cannot be read: {wrong.strerror}.")]
    except (ValueError, RecursionError) as wrong:
        return None, [_error(str(path), "", f"The file is not JSON: {wrong}.")]


def _validate(document: Any) -> dict[str, Any]:
    found = [_error(r["place"], r["value"], r["reason"]) for r in reasons(document)]
    return {"valid": not found, "errors": found}


def _events(document: dict[str, Any]) -> Any:
    body = document.get("epcisBody", {})
    results = body.get("queryResults", {}).get("resultsBody", {})
    events = body.get("eventList", results.get("eventList", [])) if body else [document]
    return events if isinstance(events, list) else [events]


def _hash(document: Any) -> dict[str, Any]:
    try:
        return {"hashes": [event_hash(e, document.get("@context")) for e in _events(document)]}
    except (AttributeError, TypeError, ValueError, KeyError, ArithmeticError):
        found = _validate(document)["errors"]
        return {"errors": found or [_error("/", "", "An event has a shape that cannot be hashed.")]}
