"""What the settlement tools print: one JSON object, and exit 1 where the input is refused."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core.domain.errors import Refusal
from fx_settlement.domain.xml_tree import UnreadableFile

MOST_BYTES = 50_000_000


def read_bytes(name: str) -> bytes:
    """A file's bytes.

    Raises:
        UnreadableFile: when it is absent, no file, or too large.
    """
    try:
        path = Path(name)
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    except (OSError, ValueError):
        pass
    raise UnreadableFile(value=name, place="file")


def error(refusal: Refusal) -> dict[str, str]:
    """A refusal as the object that every tool prints."""
    return {
        "code": refusal.code,
        "place": str(refusal.params.get("place", "")),
        "value": str(refusal.params.get("value", "")),
        "reason": refusal.reason_text(),
        "remedy": refusal.remedy_text(),
    }


class JsonAnswerCommand(BaseCommand):
    """Needs no migrated database."""

    requires_system_checks = ()

    def say(self, answer: Callable[[], tuple[dict[str, Any], bool]]) -> None:
        """Print what ``answer`` gives, or its refusal; exit 1 unless all is well."""
        try:
            said, good = answer()
        except Refusal as refusal:
            said, good = {"error": error(refusal)}, False
        self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
        if not good:
            sys.exit(1)

    def tell(self, answer: Callable[[], str]) -> None:
        """Print what ``answer`` gives as text; of a refusal its words, and exit 1."""
        try:
            said = answer()
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)
        self.stdout.write(said)
