"""What the planning commands have in common: a file in, JSON out, an error object when declined."""

import json
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core.domain.errors import Refusal
from imports.domain.tool_files import OutOfReach, as_error


class ToolCommand(BaseCommand, ABC):
    """Reads ``--input``, writes only JSON, and needs no database."""

    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The one option of every tool."""
        parser.add_argument("--input", required=True, type=Path, help="file to read")

    @abstractmethod
    def answer(self, content: bytes) -> dict[str, Any]:
        """What the tool finds out from the file's content."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answer; exit with 1 and an error object where the file is declined."""
        try:
            answer = self.answer(_content(options["input"]))
        except Refusal as refusal:
            self.stdout.write(_written(as_error(refusal)))
            raise SystemExit(1) from None
        self.stdout.write(_written(answer))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise OutOfReach(place=str(path), what=said) from None


def _written(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2)
