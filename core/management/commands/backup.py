"""Writes a backup of this installation."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backup
from core.domain.errors import Refusal


class Command(BaseCommand):
    help = "Write database, documents and sealed keys to one .tar file; safe while in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, help="the .tar file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["target"].absolute()
        try:
            manifest = backup.make(target, backup.passphrase(os.environ))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        members = len(manifest["sha256"])
        self.stdout.write(f"{target}: {members} members, {manifest['log_size']} facts.")
