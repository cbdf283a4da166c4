"""Restores a backup on an empty machine, or checks that it could be."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from core import backup
from core.domain.errors import Refusal


class Command(BaseCommand):
    help = "Restore a backup into this empty installation; --check tries it elsewhere first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("--check", action="store_true", help="try it in a scratch place only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._restore(options["source"], is_check=options["check"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _restore(self, source: Path, *, is_check: bool) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch, "unpacked")
            manifest = backup.unpack(source, folder)
            ring = backup.open_keys(folder, backup.passphrase(os.environ))
            if is_check and manifest["database"] == "sqlite":
                environment = self._try_elsewhere(folder, ring, Path(scratch))
            elif is_check:
                self.stdout.write(
                    "Every member is whole and the keys open; the dump was not loaded."
                )
                return
            else:
                backup.put_in_place(folder, ring, _here())
                environment = dict(os.environ)
            self._check_books(environment)
        self.stdout.write(f"The books hold; {manifest['log_size']} facts under the signed head.")

    def _try_elsewhere(
        self, folder: Path, ring: Mapping[str, bytes], scratch: Path
    ) -> dict[str, str]:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": scratch / "tried.sqlite3"}
        place = backup.Place(database, scratch / "tried" / "keys", scratch / "tried" / "documents")
        place.keys.parent.mkdir()
        backup.put_in_place(folder, ring, place)
        return {**os.environ, "DATABASE_URL": f"sqlite:///{database['NAME']}"} | {
            "BONDPOOL_KEYS": str(place.keys),
            "BONDPOOL_DOCUMENTS": str(place.documents),
        }

    def _check_books(self, environment: Mapping[str, str]) -> None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "check_books"]
        outcome = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, check=False
        )
        if outcome.returncode:
            raise CommandError(f"the restored books do not hold: {outcome.stderr.strip()[-400:]}")


def _here() -> backup.Place:
    return backup.Place(
        connection.settings_dict, Path(settings.KEY_DIR), Path(settings.DOCUMENT_DIR)
    )
