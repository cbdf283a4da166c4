"""``manage.py translations``: the catalogues hold all that the product says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.web import catalogue


class Command(BaseCommand):
    """Collects every word the product says into the catalogues and compiles them."""

    help = "Update the translation catalogues; --check only says what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch: look, but write nothing."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when incomplete"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write the catalogues unless only asked to look, then list what is missing."""
        for language in catalogue.LANGUAGES:
            if not check:
                catalogue.write(language)
            found = catalogue.faults(language)
            for line in found:
                self.stderr.write(f"{language}: {line}")
            if found and check:
                raise CommandError(f"{language}: {len(found)} entries need a translator")
            self.stdout.write(f"{language}: {len(list(catalogue.read(language))) - 1} entries")
