"""What the commands share that answer a file of JSON lines without a database."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from customs.domain.json_lines import answers

_ENCODER = json.JSONEncoder(ensure_ascii=False)


class JsonLinesCommand(BaseCommand):
    """Reads JSON lines, answers each with one line, exits with 1 where a line was bad."""

    requires_system_checks: list[str] = []  # noqa: RUF012 - as the base class declares it
    answer: Callable[[dict[str, Any]], dict[str, Any]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file to be answered."""
        parser.add_argument("--input", required=True, type=Path, help="JSON lines, UTF-8")

    def handle(self, *args: Any, input: Path, **options: Any) -> None:
        """Answer every line in the order of the file."""
        all_good = True
        try:
            with input.open("rb") as lines:
                for found, is_good in answers(lines, type(self).answer):
                    self.stdout.write(_ENCODER.encode(found))
                    all_good = all_good and is_good
        except OSError as error:
            self.stdout.write(json.dumps(_unreadable(input, error), ensure_ascii=False))
            all_good = False
        if not all_good:
            raise SystemExit(1)


def _unreadable(path: Path, error: OSError) -> dict[str, Any]:
    return {
        "error": {
            "code": "file-not-read",
            "field": "--input",
            "value": str(path),
            "reason": f"The file cannot be read: {error.strerror}.",
            "remedy": "Name a file of JSON lines that can be read.",
        }
    }
