"""EPCIS files: say whether a document holds, and name its events by hash. Needs no database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from traceability.domain.cbv.hashing import event_hash
from traceability.domain.cbv.schema import reasons
from traceability.domain.cbv.xml_events import NotEpcisXml, events_in

_REMEDY = "Correct the document at this place and try again."


class Command(BaseCommand):
    help = "Validate an EPCIS 2.0 JSON document, or hash the events of one in JSON or XML."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        for step, text in (("validate", "check the shape"), ("hash", "name each event")):
            one = steps.add_parser(step, help=text)
            one.add_argument("file", type=Path)
            one.add_argument("--json", action="store_true", help="print JSON (always so)")

    def handle(self, *args: Any, **options: Any) -> None:
        raw, errors = _read(options["file"])
        act = {"validate": _validate, "hash": _hash}[options["step"]]
        answer = {"valid": False, "errors": errors} if errors else act(raw, str(options["file"]))
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if answer.get("errors"):
            raise SystemExit(1)


def _error(place: str, value: str, reason: str) -> dict[str, str]:
    return {"place": place, "value": value, "reason": reason, "remedy": _REMEDY}


def _read(path: Path) -> tuple[bytes, list[dict[str, str]]]:
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf").strip(), []
    except OSError as wrong:
        return b"", [_error(str(path), "", f"The file cannot be read: {wrong.strerror}.")]


def _parsed(raw: bytes, place: str) -> tuple[Any, list[dict[str, str]]]:
    try:
        return json.loads(raw.decode("utf-8")), []
    except (ValueError, RecursionError) as wrong:
        return None, [_error(place, "", f"The file is not JSON: {wrong}.")]


def _validate(raw: bytes, place: str) -> dict[str, Any]:
    document, errors = _parsed(raw, place)
    found = errors or [_error(r["place"], r["value"], r["reason"]) for r in reasons(document)]
    return {"valid": not found, "errors": found}


def _events(document: dict[str, Any]) -> Any:
    body = document.get("epcisBody", {})
    results = body.get("queryResults", {}).get("resultsBody", {})
    events = body.get("eventList", results.get("eventList", [])) if body else [document]
    return events if isinstance(events, list) else [events]


def _hash(raw: bytes, place: str) -> dict[str, Any]:
    try:
        return {"hashes": _names_in(raw)}
    except NotEpcisXml as wrong:
        return {"errors": [_error(place, "", f"The file is no EPCIS document in XML: {wrong}.")]}
    except (AttributeError, TypeError, ValueError, KeyError, ArithmeticError, RecursionError):
        found = _validate(raw, place)["errors"]
        return {"errors": found or [_error("/", "", "An event has a shape that cannot be hashed.")]}


def _names_in(raw: bytes) -> list[str]:
    """The hash of each event, in the order of the document."""
    if raw.startswith(b"<"):
        return [event_hash(event) for event in events_in(raw)]
    document = json.loads(raw.decode("utf-8"))
    return [event_hash(event, document.get("@context")) for event in _events(document)]
