"""``manage.py export_ledger``: the books as a file that another program checks."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from core.ledger_export import beancount_lines


class Command(BaseCommand):
    help = "Write every account and posting as a beancount file, each balance asserted exactly."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["beancount"], default="beancount")
        parser.add_argument("--out", required=True, metavar="FILE")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["out"])
        with path.open("w", encoding="utf-8") as file:
            file.writelines(beancount_lines())
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes; check it with bean-check")
