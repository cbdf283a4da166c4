"""GS1 identifiers by the line: read Digital Links, write them. Needs no database."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from traceability.domain.gs1 import elements as gs1
from traceability.domain.gs1 import link


class Command(BaseCommand):
    help = "Read and write GS1 Digital Links: JSON lines on standard input, JSON lines out."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("parse", help='{"id","uri"} → {"id","ok","elements"|"error"}')
        steps.add_parser("link", help='{"id","elements"} → {"id","ok","uri"|"error"}')

    def handle(self, *args: Any, **options: Any) -> None:
        act = {"parse": _parse, "link": _link}[options["step"]]
        for line in _lines():
            self.stdout.write(json.dumps(_answer(line, act), ensure_ascii=False))


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        text = line.decode("utf-8-sig", "replace").strip()
        if text:
            yield text


def _answer(line: str, act: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    try:
        asked = _asked(line)
        return {"id": asked.get("id"), "ok": True, **act(asked)}
    except gs1.BadElement as refusal:
        return {"id": asked.get("id"), "ok": False, "error": _error(refusal)}


def _asked(line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise gs1.BadElement(place=line[:60], why="not JSON") from None
    if not isinstance(asked, dict):
        raise gs1.BadElement(place=line[:60], why="not a JSON object")
    return asked


def _error(refusal: gs1.BadElement) -> dict[str, str]:
    return {
        "code": refusal.code,
        "place": str(refusal.params["place"]),
        "reason": refusal.reason_text(),
        "remedy": refusal.remedy_text(),
    }


def _parse(asked: dict[str, Any]) -> dict[str, Any]:
    uri = asked.get("uri")
    if not isinstance(uri, str):
        raise gs1.BadElement(place="uri", why="a text is needed")
    found = link.parse(uri)
    return {
        "elements": [{"ai": ai, "value": value} for ai, value in found],
        "elements_caret": gs1.to_caret(found),
        "ai_bracketed": gs1.to_bracketed(found),
    }


def _link(asked: dict[str, Any]) -> dict[str, Any]:
    stem = asked.get("stem") or link.CANONICAL_STEM
    if not isinstance(stem, str):
        raise gs1.BadElement(place="stem", why="a text is needed")
    return {"uri": link.build(_elements(asked), stem)}


def _elements(asked: dict[str, Any]) -> gs1.Elements:
    given = asked.get("elements", asked.get("ai_bracketed", asked.get("elements_caret")))
    if isinstance(given, str):
        return gs1.from_caret(given) if given.startswith("^") else gs1.from_bracketed(given)
    if isinstance(given, dict):
        given = list(given.items())
    if not isinstance(given, list):
        raise gs1.BadElement(place="elements", why="a list of AI and value is needed")
    return [_pair(item) for item in given]


def _pair(item: Any) -> tuple[str, str]:
    pair = (item.get("ai"), item.get("value")) if isinstance(item, dict) else item
    if isinstance(pair, list | tuple) and len(pair) == 2:
        ai, value = pair
        if isinstance(ai, str) and isinstance(value, str):
            return ai, value
    raise gs1.BadElement(place="elements", why="each needs an AI and a value, both texts")
