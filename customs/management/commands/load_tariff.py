"""``manage.py load_tariff FILE.csv``: take a tariff's rows, all of them or none."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.domain.errors import Refusal
from customs import services
from customs.domain.tariff_files import Defaults
from customs.territories import TERRITORIES

MOST_BYTES = 50_000_000
FAULTS_SHOWN = 200


class Command(BaseCommand):
    """Faults go to standard error, one a line, with row, column, value and remedy; exit 1."""

    help = "Load tariff rows and measures from a CSV file; nothing is loaded if one has a fault."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, its territory, and what it leaves unsaid of all its rows."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--territory", default="cn", choices=sorted(TERRITORIES))
        parser.add_argument("--valid-from", default="", help="first day in force, YYYY-MM-DD")
        parser.add_argument("--source", default="", help="where rows that name none come from")
        parser.add_argument("--trust", default="medium", choices=["high", "medium", "low"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what became of the rows."""
        defaults = Defaults(options["valid_from"], options["source"], options["trust"])
        headings, rows = _rows(options["file"])
        try:
            loaded = services.load_tariff(
                TERRITORIES[options["territory"]], headings, rows, defaults=defaults
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for fault in loaded.faults[:FAULTS_SHOWN]:
            self.stderr.write(str(fault))
        if loaded.faults:
            raise CommandError(f"{len(loaded.faults)} faults; nothing was loaded.")
        self.stdout.write(f"{loaded.new} new, {loaded.known} known, {loaded.ended} ended")


def _rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CommandError(f"{path} is larger than {MOST_BYTES} bytes; split it.")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            return list(reader.fieldnames or ()), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
